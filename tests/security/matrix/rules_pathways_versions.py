"""Editions beside each other, and what became of their competencies."""

from typing import Any

from accounts.models import Role
from pathways.selectors.crosswalks import state_of
from tests.security.matrix.rules import Access, Place, Rule, about_organisation
from tests.security.matrix.rules_accounts import page_of
from tests.security.matrix.ties import Tie, there

# What an organisation owns is seen there and below, and by those whose role covers it.
_OWNED = frozenset({Tie.MEMBER, Tie.CLIENT}) | there(*Role)
_WRITES = there(Role.FRAMEWORK_AUTHOR)
_CHANGE = ("action", "kind", "lineage", "code", "field", "before", "after")
_CHANGES = frozenset({"before", "after", "changes"}) | {f"changes.{name}" for name in _CHANGE}
_RULE = frozenset(
    {
        *("id", "kind", "before", "before_code", "before_framework", "after", "after_code"),
        *("reason", "confirmed_at", "carried_at", "levels", "levels.rank", "levels.becomes"),
        "revision",
    }
)
_PROGRESS = frozenset({"competencies", "unsaid", "stayed", "unconfirmed", "confirmed", "carried"})
_FATE = frozenset({"id", "code", "title", "goes_on_as", "seen", "rules"})
_FATES = _FATE | {f"rules.{name}" for name in _RULE}
# What became of it was said anew, so no level stands for another yet.
_SAID_ANEW = _FATES - {"rules.levels.rank", "rules.levels.becomes"}
_ITS_PROGRAM = _WRITES | {Tie.CLIENT}


def _write(fields: frozenset[str], **more: Any) -> Access:
    return Access(_OWNED, may=_ITS_PROGRAM, scope="frameworks:write", fields=fields, **more)


def _became(place: Place) -> dict[str, Any]:
    rule = place.row("rule")
    return {
        "before_id": rule.before_id,
        "after_ids": [rule.after_id],
        "kind": "MERGED",
        "reason": "It says more.",
        "seen": state_of([rule]),
    }


def _equivalent(place: Place) -> dict[str, Any]:
    # Whoever asks reads this one: the framework that everybody there is measured by.
    elsewhere = place.row("spare_competency")
    return {"before_id": elsewhere.pk, "after_id": place.row("rule").after_id}


RULES: list[Rule] = [
    about_organisation("pathways:edition_compare", "edition", get=Access(_OWNED)),
    about_organisation(
        "pathways:edition_draft",
        "edition",
        get=Access(_OWNED, may=_WRITES),
        post=Access(_OWNED, may=_WRITES, body=lambda place: {"label": "2031"}),
    ),
    about_organisation("pathways:crosswalk_show", "edition", get=Access(_OWNED)),
    about_organisation(
        "pathways:crosswalk_say",
        "edition",
        get=Access(_OWNED, may=_WRITES),
        post=Access(_OWNED, may=_WRITES),
    ),
    about_organisation(
        "pathways:crosswalk_confirm_stayed", "edition", post=Access(_OWNED, may=_WRITES)
    ),
    about_organisation("pathways:crosswalk_carry", "edition", post=Access(_OWNED, may=_WRITES)),
    about_organisation(
        "pathways:crosswalk_confirm",
        "rule",
        get=Access(_OWNED, may=_WRITES),
        post=Access(_OWNED, may=_WRITES, body=lambda place: {"level_1": "2", "revision": "0"}),
    ),
    about_organisation(
        "v1:edition_changes",
        "edition",
        get=Access(_OWNED, scope="frameworks:read", fields=_CHANGES),
    ),
    about_organisation(
        "v1:crosswalk_list",
        "edition",
        get=Access(_OWNED, scope="frameworks:read", fields=page_of(_RULE)),
    ),
    about_organisation(
        "v1:crosswalk_fates",
        "edition",
        get=Access(_OWNED, scope="frameworks:read", fields=page_of(_FATES)),
        post=_write(_SAID_ANEW, body=_became),
    ),
    about_organisation(
        "v1:crosswalk_progress",
        "edition",
        get=Access(_OWNED, scope="frameworks:read", fields=_PROGRESS),
    ),
    about_organisation("v1:crosswalk_stayed", "edition", post=_write(frozenset({"confirmed"}))),
    about_organisation(
        "v1:crosswalk_equivalents",
        "edition",
        post=_write(_RULE - {"levels.rank", "levels.becomes"}, body=_equivalent),
    ),
    about_organisation(
        "v1:crosswalk_confirm",
        "rule",
        post=_write(_RULE, body=lambda place: {"revision": 0}),
    ),
]
