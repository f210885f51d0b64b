"""The qualifications of a person, and who may say that they have seen the certificates."""

from datetime import date

from accounts.actors import Actor
from accounts.models import Person
from accounts.selectors.relations import relations_to
from pathways.models import Qualification
from pathways.policies.role_profiles import may_check_qualification


def qualifications_of(*, person: Person, actor: Actor, on: date) -> list[Qualification]:
    """Those ``actor`` may see, the latest first."""
    seen = Qualification.objects.visible_to(actor, on=on).filter(person=person)
    return list(seen.select_related("checked_by").order_by("-awarded_on", "title", "pk"))


def may_check_of(*, person: Person, actor: Actor, on: date) -> bool:
    return may_check_qualification(relations_to(actor, person, on=on))
