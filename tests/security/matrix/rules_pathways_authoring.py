"""Writing frameworks: authors and reviewers see a draft, and authors alone change it."""

from typing import Any

from accounts.models import Role
from tests.factories.clock import TODAY
from tests.security.matrix.rules import (
    OWN,
    Access,
    Body,
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


def _today_as(name: str) -> dict[str, str]:
    parts = (("day", TODAY.day), ("month", TODAY.month), ("year", TODAY.year))
    return {f"{name}_{part}": str(number) for part, number in parts}


_TEXT = {"code": "Z.9", "title": "Money"}
_FRAMEWORK = {**_TEXT, "nation": "England", "counting_rule": "LATEST"}
_SCALE = {"code": "CONFIDENCE", "title": "How confident", "levels": "Not yet\nNearly\nQuite"}
_REVIEWER = {"part": "REVIEWER", **_today_as("starts_on")}
_EDITION = {"label": "2027", **_today_as("valid_from")}


def _as_it_is(place: Place) -> dict[str, Any]:
    return {"revision": place.row("writing").revision, "step": "up"}


def _said(**fields: Any) -> Body:
    return lambda place: {"revision": place.row("writing").revision, **fields}


def _said_of_framework(place: Place) -> dict[str, Any]:
    return {**_FRAMEWORK, "revision": place.row("writing").framework.revision}


def _started(place: Place) -> dict[str, Any]:
    scale = place.row("writing").scale_id
    return {**_FRAMEWORK, **_EDITION, "owner": place.house.organisation.pk, "scale": scale}


def _levels(place: Place) -> dict[str, Any]:
    levels = place.row("writing").scale.levels.all()
    return {**_as_it_is(place), **{f"text_{level.pk}": "Does it alone" for level in levels}}


def _moved(place: Place) -> dict[str, Any]:
    return {**_as_it_is(place), "to": f"domain:{place.row('writing_domain').pk}"}


def _invited(place: Place) -> dict[str, Any]:
    return {**_REVIEWER, "email": place.town.targets["colleague"].person.email}


def _asked(place: Place) -> dict[str, Any]:
    return {**_as_it_is(place), "reviewers": [place.row("collaborator").person_id]}


def _published(place: Place) -> dict[str, Any]:
    return {"revision": place.row("signed_off").revision, **_today_as("valid_from")}


_SAVED = Access(_SEES, may=_WRITES, body=_as_it_is)
_SAID = Access(_SEES, body=lambda place: {"text": "Two things?"})


def _form(name: str, row: str, body: Body) -> Rule:
    post = Access(_SEES, may=_WRITES, body=body)
    return about_organisation(f"pathways:{name}", row, get=_CHANGE, post=post)


RULES: list[Rule] = [
    ones_own("pathways:authoring_list", get=OWN),
    ones_own(
        "pathways:authoring_create",
        get=Access(may=_STARTS),
        post=Access(may=_STARTS, body=_started),
    ),
    ones_own("pathways:scale_list", get=Access(may=_STARTS)),
    ones_own(
        "pathways:scale_create",
        get=Access(may=_STARTS),
        post=Access(may=_STARTS, body=lambda place: _SCALE),
    ),
    about_organisation("pathways:authoring_show", "writing", get=_READ),
    _form("authoring_edit", "writing", _said_of_framework),
    _form("edition_edit", "writing", _said(**_EDITION)),
    _form("domain_add", "writing", _said(**_TEXT)),
    _form("domain_edit", "writing_domain", _said(**_TEXT)),
    about_organisation("pathways:domain_move", "writing_domain", post=_SAVED),
    about_organisation("pathways:domain_remove", "writing_domain", get=_CHANGE, post=_SAVED),
    _form("competency_add", "writing_domain", _said(**_TEXT)),
    _form("competency_edit", "writing_competency", _said(**_TEXT)),
    _form("levels_edit", "writing_competency", _levels),
    about_organisation("pathways:competency_move", "writing_competency", post=_SAVED),
    _form("competency_move_to", "writing_competency", _moved),
    about_organisation(
        "pathways:competency_remove", "writing_competency", get=_CHANGE, post=_SAVED
    ),
    about_organisation(
        "pathways:people_list",
        "writing",
        get=_READ,
        post=Access(_SEES, may=_WRITES, body=_invited),
    ),
    about_organisation("pathways:people_end", "collaborator", get=_CHANGE, post=_CHANGE),
    about_organisation("pathways:comment_list", "writing", get=_READ, post=_SAID),
    about_organisation("pathways:comment_reply", "comment", get=_READ, post=_SAID),
    about_organisation("pathways:comment_settle", "comment", post=_READ),
    about_organisation("pathways:review_list", "writing", get=_READ),
    _form("review_ask", "writing", _asked),
    about_organisation("pathways:review_take_back", "in_review", post=_CHANGE),
    # Only the reviewer who was asked answers, and that is nobody of these.
    about_organisation(
        "pathways:review_show",
        "review",
        get=_READ,
        post=Access(_SEES, may=NOBODY, body=lambda place: {"step": "sign_off"}),
    ),
    _form("framework_publish", "signed_off", _published),
    _form("framework_retire", "spare_edition", lambda place: {"reason": "Nobody uses it"}),
    about_organisation("pathways:framework_print", "framework", get=Access(_OWNED)),
]
