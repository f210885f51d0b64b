"""Editions beside each other, and what became of their competencies."""

from accounts.models import Role
from tests.security.matrix.rules import Access, Rule, about_organisation
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
    }
)

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
]
