"""Found people and readings with the names a page shows instead of their numbers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from accounts.models import Event, Organisation, Person
from talent.models import Readiness
from talent.selectors.match import Target
from talent.selectors.scope import LeadScope
from talent.selectors.search import Found, SearchPage


@dataclass(frozen=True, slots=True)
class ResultRow:
    found: Found
    organisation: str
    aspires_to: str
    readiness: str
    target_id: int | None


def result_rows(result: SearchPage, *, scope: LeadScope, target: Target | None) -> list[ResultRow]:
    return [
        ResultRow(
            found=found,
            organisation=scope.organisations.get(found.organisation_id, ""),
            aspires_to=_title(found.aspires_to_id, scope),
            readiness=_readiness(found.readiness),
            target_id=target.role.pk if target else None,
        )
        for found in result.found
    ]


def _title(role_id: int | None, scope: LeadScope) -> str:
    role = scope.roles.get(role_id) if role_id else None
    return role.title if role else ""


def _readiness(value: str) -> str:
    return str(Readiness(value).label) if value else _("Readiness not judged yet")


@dataclass(frozen=True, slots=True)
class Reading:
    """Somebody opened the profile, as a talent lead of the organisations of ``through``."""

    who: str
    through: list[str]
    at: datetime


def reading_rows(events: Iterable[Event], *, person: Person, on: date) -> list[Reading]:
    """Name who read and for whom; one statement for all the organisations."""
    events = list(events)
    ids = {pk for event in events for pk in event.facts.get("through", ())}
    names = dict(
        Organisation.objects.visible_to(person, on=on).filter(pk__in=ids).values_list("pk", "name")
    )
    return [
        Reading(
            who=event.by_person.full_name if event.by_person else _("Somebody"),
            through=[names[pk] for pk in event.facts.get("through", ()) if pk in names],
            at=event.happened_at,
        )
        for event in events
    ]
