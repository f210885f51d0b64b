"""What a talent lead may choose from in the search: organisations, bands and roles."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Organisation, Person
from accounts.visibility import standing
from common.errors import Forbidden
from pathways.models import RoleProfile
from talent.models.panels import pools_on_whose_panel
from talent.policies import may_search


@dataclass(frozen=True, slots=True)
class LeadScope:
    """The organisations below the lead's grants, and the roles there are, each in name order."""

    organisations: dict[int, str]
    roles: dict[int, RoleProfile]


def is_talent_lead(actor: Actor, *, on: date) -> bool:
    return may_search(standing(actor, on=on).granted.keys())


def seats_on_panels(person: Person, on: date) -> QuerySet[Any, Any]:
    """Return the seats in which ``person`` reads who is put forward."""
    return pools_on_whose_panel(person.pk, on=on)


def lead_scope(actor: Actor, *, on: date) -> LeadScope:
    """Return what ``actor`` may choose from; refuse whoever is no talent lead on ``on``."""
    place = standing(actor, on=on)
    if not may_search(place.granted.keys()):
        raise Forbidden(
            _("Only talent leads can search. Ask your organisation's administrator for the role."),
            code="may_not_search",
        )
    covered = Organisation.objects.visible_to(actor, on=on).filter(
        pk__in=place.covered_by("TALENT_LEAD")
    )
    roles = RoleProfile.objects.visible_to(actor, on=on).order_by("title", "pk")
    return LeadScope(
        organisations=dict(covered.order_by("name", "pk").values_list("pk", "name")),
        roles={role.pk: role for role in roles},
    )
