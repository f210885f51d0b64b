"""Role profiles and career pathways as programs read them."""

from typing import Any

from accounts.models import Role
from tests.security.matrix.rules import (
    Access,
    Body,
    Place,
    Rule,
    about_organisation,
    about_person,
    ones_own,
)
from tests.security.matrix.rules_accounts import page_of
from tests.security.matrix.ties import SEES_RECORD, Tie, holding, there

# What an organisation owns is seen there and below, and by those whose role covers it.
_OWNED = frozenset({Tie.MEMBER, Tie.CLIENT}) | there(*Role)
_READ, _WRITE = "frameworks:read", "roles:write"


def _inside(name: str, *fields: str) -> frozenset[str]:
    return frozenset({name, *(f"{name}.{field}" for field in fields)})


ROLE = frozenset(
    {
        *("id", "code", "title", "summary", "family", "band", "top_band", "staff_groups", "stage"),
        *("framework", "organisation_id", "in_use_from", "replaces"),
    }
)
_LEVEL = (
    *("competency", "code", "title", "domain", "rank", "level", "is_essential"),
    *("from_family", "is_override"),
)
_GROUP = ("operator", "background", "is_essential", "conditions", "groups")
_CONDITION = (
    *("kind", "title", "awarding_body", "level", "months"),
    *("staff_group", "in_management"),
)
ASKED = (
    _inside("requirements", *_LEVEL)
    | _inside("conditions", *_GROUP)
    | _inside("conditions.conditions", *_CONDITION)
)
_STEP = ("id", "role_profile", "title", "kind", "usual_months", "adds", "note")
_WHOLE = ROLE | ASKED | _inside("comes_from", *_STEP) | _inside("leads_to", *_STEP)
_WRITTEN = ROLE | {"is_published", "is_family", "family_profile", "withdrawn_on"}
_LISTS = frozenset({"leads_to", "left_behind"})
_BEGUN = _WRITTEN | _LISTS | {"requirements", "conditions"}
# The role in use takes nothing from a family, and its steps go with it to whatever succeeds it.
_USED = _WRITTEN | ASKED | _LISTS
_DETAIL = (
    _USED
    | _inside("leads_to", *_STEP)
    | _inside("requirements.from_family", "rank", "is_essential")
)
_WRITERS = frozenset({Tie.CLIENT}) | there(Role.FRAMEWORK_AUTHOR)
_MAY_BEGIN = frozenset({Tie.CLIENT}) | holding(Role.FRAMEWORK_AUTHOR)
_EDGE = ("id", "from_role", "to_role", "kind", "usual_months", "adds", "note")
_ONE_STEP = frozenset(_EDGE)
_MAP = _inside("roles", "id", "title", "family", "band", "stage") | _inside("steps", *_EDGE)
_ROUTE = ("best_in", "months", "steps_without_months", "missing", "essential_below", "steps")
_ON_ROUTE = ("id", "from_role", "to_role", "title", "kind", "usual_months", "adds", "gap")
_GAP = ("asked", "met", "below", "essential_below", "missing", "not_shown")
_ROUTES = (
    frozenset({"start", "target"})
    | _inside("routes", *_ROUTE)
    | _inside("routes.steps", *_ON_ROUTE)
    | _inside("routes.steps.gap", *_GAP)
)


def _first(place: Place) -> int:
    return place.house.rows["role"].pk


def _to_the_next(place: Place) -> dict[str, int]:
    return {"role": place.house.rows["next_role"].pk}


_GROUP_SENT = {
    "operator": "ANY",
    "conditions": [{"kind": "QUALIFICATION", "title": "A degree", "level": 6}],
    "groups": [],
}


def _new(place: Place) -> dict[str, Any]:
    house = place.town.houses["ours"]
    return {
        "title": "Matron",
        "stage": 4,
        "code": "matron-of-ours",
        "organisation_id": house.organisation.pk,
        "framework": house.rows["framework"].pk,
    }


def _level(place: Place) -> dict[str, Any]:
    return {"levels": [{"competency_id": place.row("role_competency").pk, "rank": 2}]}


def _step(place: Place) -> dict[str, Any]:
    return {"to_role": place.row("next_role").pk, "kind": "PROMOTION", "usual_months": 24}


def _nothing(place: Place) -> dict[str, Any]:
    return {}


def _by_writers(body: Body = _nothing, *, fields: frozenset[str] | None = None) -> Access:
    return Access(_WRITERS, scope=_WRITE, body=body, fields=_DETAIL if fields is None else fields)


def _post(
    address: str, row: str, body: Body = _nothing, *, fields: frozenset[str] | None = None
) -> Rule:
    return about_organisation(address, row, post=_by_writers(body, fields=fields))


RULES: list[Rule] = [
    ones_own(
        "v1:role_profile_list",
        get=Access(scope=_READ, fields=page_of(ROLE)),
        # Whoever writes for no organisation at all is told so; it is not about a row.
        post=Access(
            _MAY_BEGIN,
            unseen=403,
            scope=_WRITE,
            body=_new,
            fields=_BEGUN,
            but={("program_elsewhere", "ours"): 400},
        ),
    ),
    ones_own("v1:written_role_list", get=Access(scope=_WRITE, fields=page_of(_WRITTEN))),
    about_organisation(
        "v1:written_role_show",
        "role_draft",
        get=_by_writers(),
        patch=_by_writers(lambda place: {"title": "Matron"}),
    ),
    _post("v1:role_levels", "role_draft", _level),
    _post("v1:role_conditions", "role_draft", lambda place: {"groups": [_GROUP_SENT]}),
    _post("v1:role_family", "role_draft", lambda place: {"family": place.row("family").pk}),
    _post("v1:role_publish", "role_draft"),
    _post(
        "v1:role_succeed",
        "role",
        lambda place: {"framework": place.row("framework").pk},
        fields=_USED,
    ),
    _post(
        "v1:role_withdraw",
        "role",
        lambda place: {"replacement": place.row("next_role").pk},
        fields=_USED,
    ),
    _post("v1:role_discard", "role_draft", fields=_WRITTEN),
    _post("v1:step_add", "role_draft", _step, fields=_ONE_STEP),
    about_organisation(
        "v1:pathway_step_show",
        "step",
        get=Access(_OWNED, scope=_READ, fields=_ONE_STEP),
        patch=_by_writers(lambda place: {"kind": "SIDEWAYS"}, fields=_ONE_STEP),
    ),
    _post("v1:step_remove", "step", fields=_ONE_STEP),
    about_organisation(
        "v1:role_profile_show", "role", get=Access(_OWNED, scope=_READ, fields=_WHOLE)
    ),
    Rule(
        "v1:role_routes",
        {"get": Access(_OWNED, scope=_READ, fields=_ROUTES)},
        "next_role",
        "organisation",
        further={"start_pk": _first},
    ),
    ones_own("v1:pathway_step_list", get=Access(scope=_READ, fields=page_of(frozenset(_EDGE)))),
    ones_own("v1:pathway_map", get=Access(scope=_READ, fields=_MAP)),
    about_person(
        "v1:person_routes",
        "person",
        get=Access(
            SEES_RECORD | {Tie.CLIENT, Tie.DELEGATE},
            scope="attainments:read",
            body=_to_the_next,
            fields=_ROUTES,
            # Whoever has left sees themselves, and the role of the house no more.
            but={("gone", "actor"): 404},
        ),
    ),
]
