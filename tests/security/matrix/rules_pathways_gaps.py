"""Gaps of teams and organisations, and where a gap can be closed."""

from typing import Any

from accounts.models import Role
from tests.security.matrix.rules import (
    OWN,
    Access,
    Place,
    Rule,
    about_organisation,
    about_person,
    ones_own,
)
from tests.security.matrix.rules_accounts import page_of
from tests.security.matrix.ties import SEES_RECORD, Tie, holding, there

# What an organisation owns is seen there and below, and by those whose role covers it.
_OWNED = frozenset({Tie.MEMBER}) | there(*Role)
_KEEPS = there(Role.LEARNING_LEAD)
_KEEPS_ANY = holding(Role.LEARNING_LEAD)
_SEES_GAP = SEES_RECORD | {Tie.DELEGATE}
_GAP_ROW = (
    "competency",
    "code",
    "title",
    "domain",
    "required",
    "held",
    "is_essential",
    "state",
    "light",
    "attained_on",
    "source",
)
_GAP_FIELDS = frozenset({"person", "role_profile", "on", "rows"}) | {
    f"rows.{name}" for name in _GAP_ROW
}
_SIGNPOST = ("competency", "kind", "title", "href", "note", "score", "reasons")
_SIGNPOST_FIELDS = (
    frozenset({"person", "role_profile", "signposts"})
    | {f"signposts.{name}" for name in _SIGNPOST}
    | {f"signposts.reasons.{name}" for name in ("words", "points")}
)
_FIGURE_FIELDS = (
    frozenset({"on", "groups", "hidden_groups", "hidden_people"})
    | {f"groups.{name}" for name in ("name", "people", "figures")}
    | {f"groups.figures.{name}" for name in ("domain", "met", "below", "not_shown")}
)
_LIGHTS = ("red", "amber", "green", "grey")
_TEAM_FIELDS = frozenset({"manager", "on", "people", "competencies"}) | {
    f"competencies.{name}"
    for name in (
        *("competency", "code", "title", "domain", "people"),
        *(f"people.{light}" for light in _LIGHTS),
    )
}
_CELL = ("competency", "required", "held", "is_essential", "light")
_MEMBER_FIELDS = (
    frozenset({"person", "role_profile", "levels", "rows"})
    | {f"levels.{light}" for light in _LIGHTS}
    | {f"rows.{name}" for name in _CELL}
)
_TOLD = holding(Role.LEARNING_LEAD, Role.HR_ADMINISTRATOR) | {Tie.CLIENT}


def _resource(place: Place) -> dict[str, Any]:
    house = place.house if place.row("resource") else place.town.houses["ours"]
    requirement = house.rows["role"].requirements.order_by("pk")[0]
    return {
        "owner": house.organisation.pk,
        "title": "Delegating",
        "kind": "READING",
        "competencies": [requirement.competency_id],
        "rank": "1",
    }


def _added(place: Place) -> dict[str, Any]:
    return _resource(Place(place.town, place.actor, place.town.houses["ours"]))


def _changed(place: Place) -> dict[str, Any]:
    """What it helps with has a level each already; nothing is added."""
    body = _resource(place)
    [competency] = body["competencies"]
    return {**body, f"level_{competency}": body["rank"], "competencies": [], "rank": ""}


RULES: list[Rule] = [
    ones_own("pathways:gap_team", get=OWN),
    ones_own("pathways:gap_team_file", get=OWN),
    ones_own(
        "pathways:gap_organisation",
        get=Access(holding(Role.LEARNING_LEAD, Role.HR_ADMINISTRATOR), unseen=403),
    ),
    ones_own("pathways:signpost_mine", get=OWN),
    about_person("pathways:signpost_show", "person", get=Access(_SEES_GAP)),
    ones_own("pathways:resource_list", get=OWN),
    ones_own(
        "pathways:resource_add",
        get=Access(_KEEPS_ANY, unseen=403),
        post=Access(_KEEPS_ANY, unseen=403, body=_added),
    ),
    about_organisation(
        "pathways:resource_change",
        "resource",
        get=Access(_OWNED, may=_KEEPS),
        post=Access(_OWNED, may=_KEEPS, body=_changed),
    ),
    about_organisation("pathways:resource_withdraw", "resource", post=Access(_OWNED, may=_KEEPS)),
    about_person(
        "v1:person_gap",
        "person",
        get=Access(_SEES_GAP | {Tie.CLIENT}, scope="attainments:read", fields=_GAP_FIELDS),
    ),
    about_person(
        "v1:person_signposts",
        "person",
        get=Access(_SEES_GAP | {Tie.CLIENT}, scope="attainments:read", fields=_SIGNPOST_FIELDS),
    ),
    about_person(
        "v1:team_gap",
        "person",
        get=Access(_SEES_GAP | {Tie.CLIENT}, scope="attainments:read", fields=_TEAM_FIELDS),
    ),
    about_person(
        "v1:team_gap_people",
        "person",
        get=Access(
            _SEES_GAP | {Tie.CLIENT}, scope="attainments:read", fields=page_of(_MEMBER_FIELDS)
        ),
    ),
    ones_own(
        "v1:organisations_gap",
        get=Access(
            _TOLD,
            unseen=403,
            scope="attainments:read",
            fields=_FIGURE_FIELDS,
            # A program is told of its own organisations, wherever they are.
            but={("program_elsewhere", "ours"): None},
        ),
    ),
    ones_own("pathways:coach_list", get=OWN),
    # Nobody here has reached a level that they could coach in.
    ones_own("pathways:coach_offer", get=OWN, post=Access(as_things_are=422, body=_added)),
    about_person("pathways:coach_end", "coach_offer", post=Access(frozenset({Tie.SELF}))),
]
