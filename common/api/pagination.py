"""Pages of an endpoint by keyset: equally quick on the thousandth page, and never a COUNT."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core import signing
from django.core.exceptions import FieldDoesNotExist
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import Field, Model, Q
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

_SALT = "common.api.cursor"


class KeysetPagination(BasePagination):
    """Pages in the order of ``view.ordering``, which is by key unless the view says otherwise.

    The ordering must end in something unique and hold no column that may be null. The cursor is
    signed, so what it holds was written by us; any other is a 400. Rows may be models or dicts
    of ``values()``.
    """

    default_page_size = 50
    max_page_size = 200
    parameters = ("cursor", "page_size")

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.request = request
        self.ordering: tuple[str, ...] = tuple(getattr(view, "ordering", None) or ("pk",))
        size = self._page_size(request)
        rows = queryset.order_by(*self.ordering)
        if cursor := request.query_params.get("cursor"):
            rows = rows.filter(self._after(queryset.model, self._values(cursor, queryset.model)))
        found = list(rows[: size + 1])
        self._last = found[size - 1] if len(found) > size else None
        return found[:size]

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"results": data, "next": self.next_link()})

    def next_link(self) -> str | None:
        if self._last is None:
            return None
        values = {name: _value(self._last, name.lstrip("-")) for name in self.ordering}
        cursor = signing.dumps({"after": values}, salt=_SALT)
        address = self.request.build_absolute_uri()
        return str(replace_query_param(address, "cursor", cursor))

    def _page_size(self, request: Request) -> int:
        given = request.query_params.get("page_size", str(self.default_page_size))
        size = int(given) if given.isascii() and given.isdigit() and len(given) <= 4 else 0
        if not 1 <= size <= self.max_page_size:
            sentence = _("Give a whole number from 1 to %(most)d.") % {"most": self.max_page_size}
            raise ValidationError({"page_size": sentence}, code="page_size")
        return size

    def _values(self, cursor: str, model: type[Model]) -> list[Any]:
        try:
            held = signing.loads(cursor, salt=_SALT)
            return [_typed(model, name.lstrip("-"), held["after"][name]) for name in self.ordering]
        except (signing.BadSignature, DjangoValidationError, ValueError, KeyError, TypeError):
            sentence = _("This cursor is not one of ours. Start again without a cursor.")
            raise ValidationError({"cursor": sentence}, code="cursor") from None

    def _after(self, model: type[Model], values: Sequence[Any]) -> Q:
        """Return a > x, or a = x and b > y, and so on; with a >= x in front for the index."""
        names = [name.lstrip("-") for name in self.ordering]
        compare = ["lt" if name.startswith("-") else "gt" for name in self.ordering]
        after = Q()
        for last in range(len(names)):
            equal = {names[i]: values[i] for i in range(last)}
            after |= Q(**equal, **{f"{names[last]}__{compare[last]}": values[last]})
        return Q(**{f"{names[0]}__{compare[0]}e": values[0]}) & after

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["results", "next"],
            "properties": {
                "results": schema,
                "next": {
                    "type": ["string", "null"],
                    "format": "uri",
                    "description": "Address of the next page; null on the last.",
                },
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": "cursor",
                "in": "query",
                "required": False,
                "description": "Where the page starts, from `next` of the page before.",
                "schema": {"type": "string"},
            },
            {
                "name": "page_size",
                "in": "query",
                "required": False,
                "description": "How many rows a page has.",
                "schema": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": self.max_page_size,
                    "default": self.default_page_size,
                },
            },
        ]


def _value(row: Any, path: str) -> Any:
    """Return the value of an ordering column of a row, in a form that a cursor can hold."""
    value = row
    if isinstance(row, Mapping):
        value = row[path]
    else:
        for name in path.split("__"):
            value = getattr(value, name)
    return value if isinstance(value, (int, str)) else str(value)


def _typed(model: type[Model], path: str, value: Any) -> Any:
    field = _field(model, path)
    return value if field is None else field.to_python(value)


def _field(model: type[Model], path: str) -> "Field[Any, Any] | None":
    """Return the column an ordering name stands for, or None for an annotation."""
    field: Any = None
    for name in path.split("__"):
        options: Any = model._meta  # noqa: SLF001 (Django documents it for this)
        try:
            field = options.pk if name == "pk" else options.get_field(name)
        except FieldDoesNotExist:
            return None
        model = field.related_model or model
    return field
