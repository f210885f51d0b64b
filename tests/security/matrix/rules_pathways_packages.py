"""Packages that are fetched for drafts, frameworks that start from one, and ties of drafts."""

from typing import Any

from accounts.models import Role
from tests.security.matrix.rules import Access, Place, Rule, about_organisation, ones_own
from tests.security.matrix.ties import holding, there

_WRITES = there(Role.FRAMEWORK_AUTHOR)
_TAKES_PART = there(Role.FRAMEWORK_AUTHOR, Role.REVIEWER)
_MAY_START = holding(Role.FRAMEWORK_AUTHOR)
_CHANGE = Access(_TAKES_PART, may=_WRITES)


def _address(place: Place) -> dict[str, Any]:
    return {"address": "https://case.example.org/package"}


def _tied(place: Place) -> dict[str, Any]:
    edition = place.row("tied_draft").pk
    return {"kind": "precedes", "edition": edition, "code": "A.2"}


RULES: list[Rule] = [
    about_organisation(
        "pathways:fetch_new",
        "tied_draft",
        get=Access(_TAKES_PART),
        post=Access(_TAKES_PART, may=_WRITES, body=_address),
    ),
    Rule(
        "pathways:fetch_show",
        {"get": Access(_TAKES_PART)},
        "package_fetch",
        "organisation",
        attribute="public_id",
    ),
    ones_own(
        "pathways:package_start",
        get=Access(may=_MAY_START),
        post=Access(may=_MAY_START, as_things_are=422),
    ),
    about_organisation(
        "pathways:tie_list",
        "tied",
        get=_CHANGE,
        post=Access(_TAKES_PART, may=_WRITES, body=_tied),
    ),
    about_organisation(
        "pathways:equivalence_list",
        "tied_draft",
        get=_CHANGE,
        post=Access(_TAKES_PART, may=_WRITES, as_things_are=422),
    ),
    about_organisation("pathways:equivalence_remove", "equivalence", post=_CHANGE),
    about_organisation("pathways:tie_remove", "tie", post=_CHANGE),
]
