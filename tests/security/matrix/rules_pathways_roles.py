"""Role profiles as their authors write them, the map, routes, and qualifications."""

from collections.abc import Callable, Mapping
from typing import Any

from accounts.models import Role
from tests.security.matrix.rules import (
    OWN,
    Access,
    Body,
    Place,
    Rule,
    about_organisation,
    about_person,
    ones_own,
)
from tests.security.matrix.ties import SEES_RECORD, Tie, covering, holding, there

_SEEN = frozenset({Tie.MEMBER, Tie.CLIENT}) | there(*Role)
_WRITES = there(Role.FRAMEWORK_AUTHOR)
_NEW = {"title": "Matron", "stage": "4", "code": "matron-of-ours"}
_GROUP = {"operator": "ALL", "background": "ANY"}
_DEGREE = {"kind": "QUALIFICATION", "title": "A degree", "level": "6"}
_STEP = {"kind": "PROMOTION", "usual_months": "24"}
_AWARD = {
    "kind": "QUALIFICATION",
    "title": "Diploma",
    "awarded_on_day": "1",
    "awarded_on_month": "2",
    "awarded_on_year": "2020",
}


def _with_rows(fixed: Mapping[str, Any], **rows: str) -> Body:
    """``fixed`` and for each field the number of a row of the house."""
    return lambda place: {
        **fixed,
        **{field: place.house.rows[name].pk for field, name in rows.items()},
    }


def _new_role(place: Place) -> dict[str, Any]:
    house = place.town.houses["ours"]
    return {**_NEW, "owner": house.organisation.pk, "version": house.rows["framework"].pk}


def _level(place: Place) -> dict[str, Any]:
    return {f"level_{place.house.rows['role_competency'].pk}": "2"}


def _key(name: str, attribute: str = "pk") -> Callable[[Place], Any]:
    return lambda place: getattr(place.house.rows[name], attribute)


def _page(address: str, row: str, body: Body) -> Rule:
    """A form of those who write the role."""
    return about_organisation(address, row, get=Access(_WRITES), post=Access(_WRITES, body=body))


def _button(address: str, row: str) -> Rule:
    return about_organisation(address, row, post=Access(_WRITES))


def _fixed(body: Mapping[str, Any]) -> Body:
    return lambda place: body


_CHECKS = frozenset({Tie.LINE_MANAGER}) | covering(Role.LEARNING_LEAD)
_MAY_BEGIN = holding(Role.FRAMEWORK_AUTHOR)

RULES: list[Rule] = [
    about_organisation("pathways:role_routes", "role", get=Access(_SEEN)),
    ones_own("pathways:qualification_list", get=OWN),
    ones_own("pathways:qualification_add", get=OWN, post=Access(body=_fixed(_AWARD))),
    about_person(
        "pathways:qualification_remove",
        "qualification",
        post=Access(SEES_RECORD, may=frozenset({Tie.SELF})),
    ),
    about_person(
        "pathways:qualifications_show", "person", get=Access(SEES_RECORD | {Tie.DELEGATE})
    ),
    about_person(
        "pathways:qualification_check",
        "qualification",
        post=Access(SEES_RECORD, may=_CHECKS, never=frozenset({Tie.SELF})),
    ),
    # Whoever writes none finds none.
    ones_own("pathways:role_writing", get=OWN),
    ones_own(
        "pathways:role_draft",
        get=Access(may=_MAY_BEGIN),
        post=Access(may=_MAY_BEGIN, body=_new_role),
    ),
    about_organisation("pathways:role_write", "role_draft", get=Access(_WRITES)),
    _page("pathways:role_describe", "role_draft", _fixed({"title": "Matron", "stage": "4"})),
    _button("pathways:role_publish", "role_draft"),
    _page("pathways:role_withdraw", "role", _with_rows({}, replacement="next_role")),
    _button("pathways:role_discard", "role_draft"),
    _page("pathways:role_succeed", "role", _with_rows({}, version="framework")),
    _button("pathways:role_bring", "family"),
    Rule(
        "pathways:role_ask",
        {"get": Access(_WRITES), "post": Access(_WRITES, body=_level)},
        "role_draft",
        "organisation",
        further={"domain_pk": _key("role_competency", "domain_id")},
    ),
    _page("pathways:role_family", "role_draft", _with_rows({}, family="family")),
    Rule(
        "pathways:role_take_level",
        {"post": Access(_WRITES)},
        "role_draft",
        "organisation",
        further={"competency_pk": _key("role_competency")},
    ),
    _page("pathways:group_add", "role_draft", _fixed(_GROUP)),
    _page("pathways:group_add_inside", "condition_group", _fixed(_GROUP)),
    _page("pathways:group_change", "condition_group", _fixed(_GROUP)),
    _button("pathways:group_remove", "condition_group"),
    _page("pathways:condition_add", "condition_group", _fixed(_DEGREE)),
    _page("pathways:condition_change", "role_condition", _fixed(_DEGREE)),
    _button("pathways:condition_remove", "role_condition"),
    _page("pathways:step_add", "role_draft", _with_rows(_STEP, to_role="next_role")),
    _page("pathways:step_change", "step", _fixed(_STEP)),
    _button("pathways:step_remove", "step"),
]
