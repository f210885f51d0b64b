"""What a caller may ask of a list: which part of it, in which order, which of it, which fields."""

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from pathways.api.case.refusals import Refused
from pathways.selectors.case.shapes import Shape
from pathways.selectors.case.vocabulary import Json

MOST_AT_ONCE = 1000
_CONDITION = re.compile(r"\s*(?P<name>\w+)\s*(?P<sign>!=|>=|<=|=|>|<|~)\s*'(?P<value>[^']*)'\s*")
_JOINTS = re.compile(r"\s+(AND|OR)\s+(?=\w+\s*(?:!=|>=|<=|=|>|<|~)\s*')")
_SIGNS: Mapping[str, Callable[[str, str], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "~": lambda text, part: part in text,
}


class FieldsQuery(serializers.Serializer[Any]):
    fields_ = serializers.CharField(required=False, max_length=1000)

    def get_fields(self) -> dict[str, Any]:
        """By the standard's own name, which is that of an attribute of serializers."""
        declared = super().get_fields()
        declared["fields"] = declared.pop("fields_")
        return declared


class ListQuery(FieldsQuery):
    limit = serializers.IntegerField(required=False, min_value=1, max_value=MOST_AT_ONCE)
    offset = serializers.IntegerField(required=False, min_value=0, max_value=2**31)
    sort = serializers.CharField(required=False, max_length=100)
    orderBy = serializers.ChoiceField(required=False, choices=["asc", "desc"])  # noqa: N815
    filter = serializers.CharField(required=False, max_length=1000)


def selected(rows: list[Json], names: str | None, shape: Shape) -> list[Json]:
    """Only the members named; all of them when none is."""
    if not names:
        return rows
    wanted = {name.strip() for name in names.split(",")}
    for name in sorted(wanted):
        _refuse_unknown(name, shape)
    return [{name: value for name, value in row.items() if name in wanted} for row in rows]


def matching(rows: Iterable[Json], condition: str | None, shape: Shape) -> Iterable[Json]:
    """``title~'lead' AND adoptionStatus='Adopted'``: conditions joined by AND or by OR."""
    if not condition:
        return rows
    parts = _JOINTS.split(condition)
    joints, tests = set(parts[1::2]), [_test(part, shape) for part in parts[::2]]
    if len(joints) > 1:
        raise Refused(400, _("Join the conditions of a filter by AND or by OR, not by both."))
    joined = any if joints == {"OR"} else all
    return (row for row in rows if joined(test(row) for test in tests))


def ordered(rows: Iterable[Json], query: Mapping[str, Any], shape: Shape) -> list[str]:
    """The identifiers of ``rows`` by the field asked for, what lacks it last, and by identifier
    where that is the same. No more of a row than that is kept."""
    name = query.get("sort")
    if name is None:
        return sorted(row["identifier"] for row in rows)
    _refuse_unknown(name, shape, code="invalid_sort_field")
    has: list[tuple[str, str]] = []
    lacks: list[str] = []
    for row in rows:
        if name in row:
            has.append((_text(row[name]), row["identifier"]))
        else:
            lacks.append(row["identifier"])
    has.sort(key=itemgetter(1))
    has.sort(key=itemgetter(0), reverse=query.get("orderBy") == "desc")
    return [*(identifier for _key, identifier in has), *sorted(lacks)]


def page_links(request: Request, *, limit: int, offset: int, total: int) -> str:
    """The header Link (RFC 8288) with the pages around this one."""
    last = max(total - 1, 0) // limit * limit
    places = {"first": 0, "prev": max(offset - limit, 0), "next": offset + limit, "last": last}
    if offset == 0:
        del places["prev"]
    if offset + limit >= total:
        del places["next"]
    address = replace_query_param(request.build_absolute_uri(), "limit", limit)
    return ", ".join(
        f'<{replace_query_param(address, "offset", place)}>; rel="{name}"'
        for name, place in places.items()
    )


def _test(part: str, shape: Shape) -> Callable[[Json], bool]:
    found = _CONDITION.fullmatch(part)
    if found is None:
        raise Refused(
            400,
            _(
                "The filter “%(filter)s” cannot be read. Write a field, a sign (=, !=, >, >=, <, "
                "<= or ~) and a value in single quotes."
            )
            % {"filter": part},
        )
    name, compare, value = found["name"], _SIGNS[found["sign"]], found["value"]
    _refuse_unknown(name, shape)
    return lambda row: name in row and compare(_text(row[name]), value.casefold())


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return _text(value.get("title", ""))
    if isinstance(value, list):
        return " ".join(map(_text, value))
    return str(value).casefold()


def _refuse_unknown(name: str, shape: Shape, *, code: str = "") -> None:
    if name not in shape.fields:
        sentence = _("There is no field “%(name)s”. Choose from: %(names)s.")
        told = {"name": name, "names": ", ".join(sorted(shape.fields))}
        raise Refused(400, sentence % told, code=code)
