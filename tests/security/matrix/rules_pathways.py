"""Frameworks, roles, the gap and the self-assessment."""

from accounts.models import Role
from tests.security.matrix.rules import (
    OWN,
    Access,
    Rule,
    about_organisation,
    about_person,
    ones_own,
)
from tests.security.matrix.rules_accounts import page_of
from tests.security.matrix.ties import SEES_RECORD, Tie, there

# What an organisation owns is seen there and below, and by those whose role covers it.
_OWNED = frozenset({Tie.MEMBER, Tie.CLIENT}) | there(*Role)
_EDITION = frozenset(
    {"id", "code", "title", "publisher", "nation", "edition", "state", "valid_from", "valid_to"}
)
_DOMAINS = frozenset({"domains", "domains.code", "domains.title", "domains.summary"})
_COMPETENCIES = frozenset(
    f"domains.competencies{name}" for name in ("", ".id", ".code", ".title", ".summary", ".levels")
)
_TREE = (
    _EDITION
    | {"scale", "scale.id", "scale.rank", "scale.label", "scale.meaning"}
    | _DOMAINS
    | _COMPETENCIES
    | {f"domains.competencies.levels.{name}" for name in ("level", "rank", "text", "indicators")}
)
_ANSWERS = Access(frozenset({Tie.MEMBER}))

RULES: list[Rule] = [
    ones_own("pathways:gap_mine", get=OWN),
    ones_own("pathways:map_show", get=OWN),
    ones_own("pathways:assessment_show", get=OWN),
    # Only the framework of one's own role or organisation is there to be answered.
    about_organisation("pathways:assessment_answer", "domain", get=_ANSWERS, post=_ANSWERS),
    ones_own("pathways:role_leave", post=OWN),
    about_person("pathways:gap_show", "person", get=Access(SEES_RECORD | {Tie.DELEGATE})),
    ones_own("pathways:role_list", get=OWN),
    about_organisation("pathways:role_show", "role", get=Access(_OWNED)),
    about_organisation("pathways:role_choose", "role", post=Access(_OWNED)),
    ones_own("pathways:framework_list", get=OWN),
    about_organisation("pathways:framework_show", "framework", get=Access(_OWNED)),
    ones_own("v1:framework_list", get=Access(scope="frameworks:read", fields=page_of(_EDITION))),
    about_organisation(
        "v1:framework_show", "framework", get=Access(_OWNED, scope="frameworks:read", fields=_TREE)
    ),
]
