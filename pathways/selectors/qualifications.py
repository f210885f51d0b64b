"""The qualifications of a person, and who may say that they have seen the certificates."""

from datetime import date

from accounts.actors import Actor
from accounts.models import Person
from accounts.selectors.relations import relations_to
from accounts.visibility import people_visible_to
from pathways.models import Qualification, RoleProfile
from pathways.policies.role_profiles import may_check_qualification
from pathways.selectors.conditions import JudgedGroup, conditions_met


def qualifications_of(*, person: Person, actor: Actor, on: date) -> list[Qualification]:
    """Those ``actor`` may see, the latest first."""
    seen = Qualification.objects.visible_to(actor, on=on).filter(person=person)
    return list(seen.select_related("checked_by").order_by("-awarded_on", "title", "pk"))


def conditions_shown(
    *, person: Person, role: RoleProfile, actor: Actor, day: date, on: date
) -> tuple[JudgedGroup, ...]:
    """How far ``person`` met on ``day`` what ``role`` asks for beside levels, for whoever may see
    their qualifications on ``on``; nothing for anybody else, as half of it would be wrong."""
    seen = people_visible_to(actor, on=on)
    if actor != person and not Person.objects.filter(seen, pk=person.pk).exists():
        return ()
    return conditions_met(person_id=person.pk, role=role, on=day)


def may_check_of(*, person: Person, actor: Actor, on: date) -> bool:
    return may_check_qualification(relations_to(actor, person, on=on))
