"""Data protection: one's own copy, and how long an organisation keeps records."""

from typing import Any

from accounts.models import Role
from tests.security.matrix.rules import Access, Place, Rule, about_organisation, ones_own
from tests.security.matrix.ties import holding, there

_OFFICER = there(Role.AUDITOR)
_ANY_OFFICER = holding(Role.AUDITOR)


def _rule(place: Place) -> dict[str, Any]:
    return {"keep_months": 24, "action": "REVIEW", "source": "Board paper", "reason": "Agreed"}


def _somebody(place: Place) -> dict[str, Any]:
    return {"email": place.town.targets["colleague"].person.email}


RULES: list[Rule] = [
    ones_own("accounts:retention_list", get=Access(_ANY_OFFICER)),
    ones_own(
        "jobs:information_ask_for",
        get=Access(_ANY_OFFICER),
        post=Access(_ANY_OFFICER, body=_somebody),
    ),
    about_organisation("accounts:retention_show", "organisation", get=Access(_OFFICER)),
    about_organisation("accounts:retention_look", "organisation", post=Access(_OFFICER)),
    Rule(
        "accounts:retention_rule_change",
        {"get": Access(_OFFICER), "post": Access(_OFFICER, body=_rule)},
        "organisation",
        "organisation",
        further={"record_class": lambda place: "TALENT"},
    ),
    about_organisation(
        "accounts:hold_set",
        "organisation",
        get=Access(_OFFICER),
        post=Access(_OFFICER, body=lambda place: {"reason": "An inquiry"}),
    ),
    about_organisation("accounts:hold_lift", "hold", post=Access(_OFFICER)),
]
