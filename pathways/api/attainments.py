"""Levels that people have shown: read by HR and learning systems, and written by them."""

from collections.abc import Iterable
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.response import Response

from accounts.http import SignedInApiRequest
from common.api import DayIn, InSerializer, KeysetPagination, TextIn
from common.api.views import ApiView
from pathways.models import Attainment, AttainmentSource
from pathways.services.closing import close_attainment
from pathways.services.importing_levels import MOST_AT_ONCE, Problem, Told, import_levels

MOST_ID, MOST_REASON = 2**63 - 1, 2_000
SCOPES = {"GET": "attainments:read", "POST": "attainments:write"}


class AttainmentOut(serializers.Serializer[Any]):
    """A level that was recorded; which of several counts is the rule of the framework."""

    id = serializers.IntegerField()
    person_id = serializers.IntegerField()
    competency_id = serializers.IntegerField()
    rank = serializers.IntegerField(
        allow_null=True, help_text="Null means that there was no chance to show it."
    )
    attained_on = serializers.DateField()
    valid_to = serializers.DateField(
        allow_null=True, help_text="The last day on which it counts; null while it has none."
    )
    source = serializers.ChoiceField(choices=AttainmentSource.choices)  # type: ignore[assignment]


class AttainmentQuery(serializers.Serializer[Any]):
    person_id = serializers.IntegerField(required=False, min_value=1, max_value=MOST_ID)
    competency_id = serializers.IntegerField(required=False, min_value=1, max_value=MOST_ID)


class LevelIn(InSerializer):
    key = TextIn(
        max_length=60, help_text="Your own name of this row: sent again, it changes nothing."
    )
    person_id = serializers.IntegerField(min_value=1, max_value=MOST_ID)
    competency_id = serializers.IntegerField(min_value=1, max_value=MOST_ID)
    rank = serializers.IntegerField(min_value=1, max_value=7)
    attained_on = DayIn()
    valid_to = DayIn(required=False, allow_null=True)


class LevelsIn(InSerializer):
    levels = serializers.ListField(
        child=LevelIn(), min_length=1, max_length=MOST_AT_ONCE, allow_empty=False
    )


class EndIn(InSerializer):
    last_day = DayIn(help_text="The last day on which it counts; an end is never put off.")
    reason = TextIn(max_length=MOST_REASON, help_text="Why it no longer counts after that day.")


class ImportedOut(serializers.Serializer[Any]):
    recorded = serializers.IntegerField(help_text="Levels that were new.")
    unchanged = serializers.IntegerField(help_text="Levels that were sent before.")


@extend_schema(tags=["attainments"])
class AttainmentList(ApiView):
    """Levels shown by the people the caller sees."""

    required_scopes = SCOPES
    pagination_class = KeysetPagination
    query_serializer = AttainmentQuery
    ordering = ("id",)

    @extend_schema(operation_id="attainments_list", responses=AttainmentOut(many=True))
    def get(self, request: SignedInApiRequest) -> Response:
        rows = Attainment.objects.visible_to(request.user, on=timezone.localdate())
        return self.page(request, rows.filter(**self.query), AttainmentOut)

    @extend_schema(operation_id="attainments_import", request=LevelsIn, responses=ImportedOut)
    def post(self, request: SignedInApiRequest) -> Response:
        """Record up to 200 levels that another system knows: all of them, or none.

        Each row is written once under its `key`, so a call can be sent again after a broken
        connection. A row that cannot be taken is named in `errors`, and then nothing was written.
        """
        given = self.body(request, LevelsIn)
        rows = [Told(**row) for row in given["levels"]]
        done = import_levels(rows=rows, by=request.user, now=timezone.now())
        if done.problems:
            raise ValidationError({"levels": _by_row(done.problems)})
        return Response(ImportedOut(done._asdict()).data)


@extend_schema(tags=["attainments"])
class AttainmentEnd(ApiView):
    required_scopes = {"POST": SCOPES["POST"]}

    @extend_schema(operation_id="attainments_close", request=EndIn, responses=AttainmentOut)
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Say until when a level counts that another system sent. The row stays as it is."""
        rows = Attainment.objects.visible_to(request.user, on=timezone.localdate())
        attainment = close_attainment(
            attainment=get_object_or_404(rows, pk=pk),
            by=request.user,
            now=timezone.now(),
            **self.body(request, EndIn),
        )
        return Response(AttainmentOut(attainment).data)


def _by_row(problems: Iterable[Problem]) -> dict[str, Any]:
    """The problems in the place of their rows, as the checks of single fields have them."""
    rows: dict[str, Any] = {}
    for problem in problems:
        mistakes = rows.setdefault(str(problem.row), {}).setdefault(problem.field, [])
        mistakes.append(ErrorDetail(problem.sentence, code=problem.code))
    return rows
