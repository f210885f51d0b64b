"""Writing frameworks: authors and reviewers see a draft, and authors alone change it."""

from typing import Any

from accounts.models import Role
from tests.security.matrix.rules import (
    OWN,
    Access,
    Place,
    Rule,
    about_organisation,
    ones_own,
)
from tests.security.matrix.ties import NOBODY, Tie, holding, there

_OWNED = frozenset({Tie.MEMBER, Tie.CLIENT}) | there(*Role)
_SEES = there(Role.FRAMEWORK_AUTHOR, Role.REVIEWER)
_WRITES = there(Role.FRAMEWORK_AUTHOR)
_STARTS = holding(Role.FRAMEWORK_AUTHOR)
_READ = Access(_SEES)
_CHANGE = Access(_SEES, may=_WRITES)
# Nothing is sent: whoever may is told what is missing.
_EMPTY = Access(_SEES, may=_WRITES, as_things_are=422)


def _as_it_is(place: Place) -> dict[str, Any]:
    return {"revision": place.row("writing").revision, "step": "up"}


_SAVED = Access(_SEES, may=_WRITES, body=_as_it_is)
_SAID = Access(_SEES, body=lambda place: {"text": "Two things?"})
# Of a draft: what is asked for comes before or after that.
_TOO_EARLY = Access(_SEES, may=_WRITES, as_things_are=409)


def _form(name: str, row: str) -> Rule:
    return about_organisation(f"pathways:{name}", row, get=_CHANGE, post=_EMPTY)


RULES: list[Rule] = [
    ones_own("pathways:authoring_list", get=OWN),
    ones_own(
        "pathways:authoring_create",
        get=Access(may=_STARTS),
        post=Access(may=_STARTS, as_things_are=422),
    ),
    ones_own("pathways:scale_list", get=Access(may=_STARTS)),
    ones_own(
        "pathways:scale_create",
        get=Access(may=_STARTS),
        post=Access(may=_STARTS, as_things_are=422),
    ),
    about_organisation("pathways:authoring_show", "writing", get=_READ),
    _form("authoring_edit", "writing"),
    _form("edition_edit", "writing"),
    _form("domain_add", "writing"),
    _form("domain_edit", "writing_domain"),
    about_organisation("pathways:domain_move", "writing_domain", post=_SAVED),
    about_organisation("pathways:domain_remove", "writing_domain", get=_CHANGE, post=_SAVED),
    _form("competency_add", "writing_domain"),
    _form("competency_edit", "writing_competency"),
    _form("levels_edit", "writing_competency"),
    about_organisation("pathways:competency_move", "writing_competency", post=_SAVED),
    _form("competency_move_to", "writing_competency"),
    about_organisation(
        "pathways:competency_remove", "writing_competency", get=_CHANGE, post=_SAVED
    ),
    about_organisation("pathways:people_list", "writing", get=_READ, post=_EMPTY),
    about_organisation("pathways:people_end", "collaborator", get=_CHANGE, post=_CHANGE),
    about_organisation("pathways:comment_list", "writing", get=_READ, post=_SAID),
    about_organisation("pathways:comment_reply", "comment", get=_READ, post=_SAID),
    about_organisation("pathways:comment_settle", "comment", post=_READ),
    about_organisation("pathways:review_list", "writing", get=_READ),
    _form("review_ask", "writing"),
    about_organisation("pathways:review_take_back", "in_review", post=_CHANGE),
    # Only the reviewer who was asked answers, and that is nobody of these.
    about_organisation(
        "pathways:review_show",
        "review",
        get=_READ,
        post=Access(_SEES, may=NOBODY, body=lambda place: {"step": "sign_off"}),
    ),
    _form("framework_publish", "writing"),
    about_organisation("pathways:framework_retire", "writing", get=_TOO_EARLY, post=_TOO_EARLY),
    about_organisation("pathways:framework_print", "framework", get=Access(_OWNED)),
]
