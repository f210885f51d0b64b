"""Role profiles and career pathways as programs read them."""

from accounts.models import Role
from tests.security.matrix.rules import (
    Access,
    Place,
    Rule,
    about_organisation,
    about_person,
    ones_own,
)
from tests.security.matrix.rules_accounts import page_of
from tests.security.matrix.ties import SEES_RECORD, Tie, there

# What an organisation owns is seen there and below, and by those whose role covers it.
_OWNED = frozenset({Tie.MEMBER, Tie.CLIENT}) | there(*Role)
_READ = "frameworks:read"


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
    *("from_family", "from_family.rank", "from_family.is_essential", "is_override"),
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
_EDGE = ("id", "from_role", "to_role", "kind", "usual_months", "adds", "note")
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


RULES: list[Rule] = [
    ones_own("v1:role_profile_list", get=Access(scope=_READ, fields=page_of(ROLE))),
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
        ),
    ),
]
