"""Funds, and the rules by which organisations pay."""

from dataclasses import replace
from datetime import date
from typing import Any

from accounts.models import Role
from tests.security.matrix.rules import OWN, Access, Place, Rule, about_organisation, ones_own
from tests.security.matrix.rules_accounts import days, page_of
from tests.security.matrix.ties import Tie, holding, there

_KEEPS = there(Role.LEARNING_LEAD)
_SEES = there(Role.LEARNING_LEAD, Role.ORGANISATION_ADMINISTRATOR, Role.AUDITOR)
_RUNS = there(Role.LEARNING_LEAD, Role.PROGRAMME_LEAD)
_ON_SESSION = Access(_RUNS | {Tie.MEMBER, Tie.CLIENT, Tie.ENROLLED}, may=_RUNS)
_KEEPS_ANY = holding(Role.LEARNING_LEAD)
_FUND = frozenset(
    {
        *("id", "organisation_id", "title", "kind", "starts_on", "ends_on"),
        *("amount_pence", "reserved_pence", "spent_pence", "left_pence", "owed_pence"),
    }
)


_STATEMENT = frozenset(
    {
        *("id", "kind", "state", "reference", "host_id", "payer_id", "corrects_id"),
        *("starts_on", "ends_on", "issued_at", "total_pence", "places"),
    }
)
_LINE = frozenset(
    {
        *("id", "reference", "programme", "session_on", "reason", "price_pence", "pence"),
        *("corrects_id", "is_credited"),
    }
)


def _fund(place: Place) -> dict[str, Any]:
    return {
        "organisation": place.town.houses["ours"].organisation.pk,
        "kind": "TRAINING",
        "title": "Training budget",
        "amount": "5,000",
        **days(starts_on=date(2026, 4, 1), ends_on=date(2027, 3, 31)),
    }


def _seats(place: Place) -> dict[str, Any]:
    return {
        "organisation": place.house.organisation.pk,
        "seats": "2",
        **days(releases_on=date(2027, 1, 4)),
    }


def _draft(place: Place) -> dict[str, Any]:
    """Nothing of this town is left to be charged, and that is said on the form."""
    return {
        "host": place.town.houses["ours"].organisation.pk,
        **days(first=date(2025, 1, 1), last=date(2025, 1, 31)),
    }


def _rule(place: Place) -> dict[str, Any]:
    return {
        "organisation": place.town.houses["ours"].organisation.pk,
        **days(starts_on=date(2027, 4, 1)),
        "first": "TRAINING",
        "when_short": "REFUSE",
        "missed_percent": "100",
        "late_percent": "50",
        "late_days": "7",
    }


RULES: list[Rule] = [
    ones_own("courses:fund_list", get=OWN),
    ones_own(
        "courses:fund_add",
        get=Access(_KEEPS_ANY, unseen=403),
        post=Access(_KEEPS_ANY, unseen=403, body=_fund),
    ),
    about_organisation(
        "courses:fund_show",
        "fund",
        get=Access(_SEES),
        post=Access(_SEES, may=_KEEPS, body=lambda place: {"amount": "20,000"}),
    ),
    ones_own("courses:money_rules", get=OWN, post=Access(_KEEPS_ANY, unseen=403, body=_rule)),
    about_organisation(
        "courses:session_seats",
        "session",
        get=_ON_SESSION,
        post=replace(_ON_SESSION, body=_seats),
    ),
    ones_own(
        "courses:statement_list",
        get=OWN,
        post=Access(_KEEPS_ANY, unseen=403, body=_draft, refused=403, as_things_are=422),
    ),
    about_organisation(
        "courses:statement_show",
        "statement",
        get=Access(_SEES),
        post=Access(_SEES, may=_KEEPS, body=lambda place: {"issue": "yes"}),
    ),
    about_organisation("courses:statement_pdf", "statement", post=Access(_SEES)),
    ones_own("v1:statement_list", get=Access(scope="funds:read", fields=page_of(_STATEMENT))),
    about_organisation(
        "v1:statement_lines",
        "statement",
        get=Access(_SEES | {Tie.CLIENT}, scope="funds:read", fields=page_of(_LINE)),
    ),
    ones_own("v1:fund_list", get=Access(scope="funds:read", fields=page_of(_FUND))),
]
