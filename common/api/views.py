"""What every endpoint starts from: parameters checked before anything is read."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common.api.pagination import KeysetPagination
from common.api.problems import PreconditionFailed, PreconditionRequired


class ApiView(APIView):
    """An endpoint that refuses query parameters it does not know, so ``?page=abc`` is a 400.

    ``query_serializer`` declares the parameters of reads, what was given is in ``self.query``,
    typed; a change says everything in its body.
    ``ordering`` is the order of a list, for ``self.page``.
    """

    query_serializer: type[serializers.Serializer[Any]] | None = None
    pagination_class: type[KeysetPagination] | None = None
    ordering: tuple[str, ...] = ("pk",)
    metadata_class = None
    query: dict[str, Any]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.query = self._checked_query(request)

    def perform_authentication(self, request: Request) -> None:
        """Count the call before anything is refused: DRF would count only what is allowed, and
        leave wrong tokens and missing scopes to be tried without end."""
        try:
            super().perform_authentication(request)
        finally:
            super().check_throttles(request)

    def check_throttles(self, request: Request) -> None:
        """Done with the authentication."""

    def body(
        self, request: Request, serializer: type[serializers.BaseSerializer[Any]]
    ) -> dict[str, Any]:
        """Return the body as ``serializer`` types it, or refuse naming every wrong field."""
        given = serializer(data=request.data, context={"request": request})
        given.is_valid(raise_exception=True)
        checked: dict[str, Any] = given.validated_data
        return checked

    def page(
        self,
        request: Request,
        rows: QuerySet[Any, Any],
        serializer: type[serializers.BaseSerializer[Any]] | None = None,
    ) -> Response:
        """Answer with one page of ``rows``; without a serializer they are dicts of ``values()``."""
        paginator = (self.pagination_class or KeysetPagination)()
        found = paginator.paginate_queryset(rows, request, view=self)
        data = found if serializer is None else serializer(found, many=True).data
        return paginator.get_paginated_response(data)

    def versioned(self, request: Request, data: Any, *, version: object) -> Response:
        """Answer with ``data`` and its ETag, or 304 to a caller that has this version."""
        etag = etag_of(version)
        if etag in parse_etags(request.headers.get("If-None-Match", "")):
            return Response(status=304, headers={"ETag": etag})
        return Response(data, headers={"ETag": etag})

    def _checked_query(self, request: Request) -> dict[str, Any]:
        if request.method not in SAFE_METHODS:
            _refuse_parameters(request, allowed=set(), repeatable=set())
            return {}
        serializer = self.query_serializer() if self.query_serializer else None
        fields = serializer.fields if serializer else {}
        paging = KeysetPagination.parameters if self.pagination_class else ()
        _refuse_parameters(request, allowed={*fields, *paging}, repeatable=_lists(fields))
        if self.query_serializer is None:
            return {}
        given = self.query_serializer(data=_without(request, paging))
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)


def etag_of(version: object) -> str:
    return f'"{version}"'


def require_match(request: Request, *, version: object, current: object) -> None:
    """Refuse a change that was not made to this ``version``: 428 without ``If-Match``, 412 when
    it names another; ``current`` is what the caller then gets to see."""
    given = request.headers.get("If-Match")
    if given is None:
        raise PreconditionRequired
    if given.strip() != "*" and etag_of(version) not in parse_etags(given):
        raise PreconditionFailed(current=current)


def _lists(fields: Any) -> set[str]:
    kinds = (serializers.ListField, serializers.MultipleChoiceField)
    return {name for name, field in fields.items() if isinstance(field, kinds)}


def _refuse_parameters(request: Request, *, allowed: set[str], repeatable: set[str]) -> None:
    mistakes = {}
    for name, values in request.query_params.lists():
        if name not in allowed:
            mistakes[name] = [_problem(_("There is no such parameter."), "unknown_parameter")]
        elif len(values) > 1 and name not in repeatable:
            mistakes[name] = [_problem(_("Give this once."), "repeated_parameter")]
    if mistakes:
        raise serializers.ValidationError(mistakes)


def _problem(sentence: str, code: str) -> serializers.ErrorDetail:
    return serializers.ErrorDetail(sentence, code=code)


def _without(request: Request, names: Iterable[str]) -> Any:
    given = request.query_params.copy()
    for name in names:
        given.pop(name, None)
    return given
