"""Found people and readings with the names a page shows instead of their numbers."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

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
