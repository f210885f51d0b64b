"""Mandatory training for HR systems: how far people have come, and what another system knows."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.response import Response

from accounts.http import SignedInApiRequest
from accounts.models import Person
from common.api import DayIn, InSerializer, KeysetPagination, TextIn
from common.api.views import ApiView
from courses.api.serializers import MOST_ID
from courses.models import RecordSource, SubjectRecord
from courses.selectors.compliance import TrainingState
from courses.selectors.compliance_people import told_of
from courses.services.compliance_feed import MOST_AT_ONCE, Problem, Told, take_training
from courses.services.compliance_records import Until

READS = {"GET": "compliance:read"}
RECORDS = {"GET": "compliance:read", "POST": "mandatory_training:write"}


class AskedTrainingOut(serializers.Serializer[Any]):
    organisation_id = serializers.IntegerField(help_text="Whose people it is asked of.")
    level_id = serializers.IntegerField()
    subject = serializers.CharField()
    level = serializers.CharField(help_text="Empty where the subject has no levels.")
    esr_name = serializers.CharField(help_text="As the Electronic Staff Record writes it.")
    state = serializers.ChoiceField(choices=[state.value for state in TrainingState])
    completed_on = serializers.DateField(allow_null=True)
    expires_on = serializers.DateField(
        allow_null=True, help_text="The last day it counts; null for good, or where there is none."
    )


class ComplianceOut(serializers.Serializer[Any]):
    """One person with everything that is asked of them."""

    person_id = serializers.IntegerField()
    on = serializers.DateField()
    asked = AskedTrainingOut(many=True)


class ComplianceQuery(serializers.Serializer[Any]):
    person_id = serializers.IntegerField(required=False, min_value=1, max_value=MOST_ID)
    on = DayIn(required=False, help_text="As of this day; today if left out.")


class MandatoryTrainingOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    person_id = serializers.IntegerField()
    level_id = serializers.IntegerField()
    subject = serializers.CharField(source="level.subject.title")
    level = serializers.CharField(source="level.label")
    completed_on = serializers.DateField()
    expires_on = serializers.DateField(allow_null=True)
    source = serializers.ChoiceField(choices=RecordSource.choices)  # type: ignore[assignment]
    struck_at = serializers.DateTimeField(
        allow_null=True, help_text="When it was struck out as a mistake: then it counts no more."
    )


class MandatoryTrainingQuery(serializers.Serializer[Any]):
    person_id = serializers.IntegerField(required=False, min_value=1, max_value=MOST_ID)
    level_id = serializers.IntegerField(required=False, min_value=1, max_value=MOST_ID)


class TrainingIn(InSerializer):
    key = TextIn(
        max_length=120, help_text="Your own name of this row: sent again, it changes nothing."
    )
    person_id = serializers.IntegerField(min_value=1, max_value=MOST_ID)
    level_id = serializers.IntegerField(min_value=1, max_value=MOST_ID)
    completed_on = DayIn()
    expires_on = DayIn(
        required=False,
        allow_null=True,
        help_text="The last day it counts, null for good. Left out, our rules say so.",
    )


class TrainingsIn(InSerializer):
    records = serializers.ListField(
        child=TrainingIn(), min_length=1, max_length=MOST_AT_ONCE, allow_empty=False
    )


class TakenOut(serializers.Serializer[Any]):
    recorded = serializers.IntegerField(help_text="Records that were new.")
    unchanged = serializers.IntegerField(help_text="Records that were sent before.")


@extend_schema(tags=["compliance"])
class ComplianceList(ApiView):
    """Mandatory training of the people the caller sees, as their organisations ask for it."""

    required_scopes = READS
    pagination_class = KeysetPagination
    query_serializer = ComplianceQuery
    ordering = ("id",)

    @extend_schema(operation_id="compliance_list", responses=ComplianceOut(many=True))
    def get(self, request: SignedInApiRequest) -> Response:
        today = timezone.localdate()
        day = self.query.get("on", today)
        people = Person.objects.visible_to(request.user, on=today)
        if "person_id" in self.query:
            people = people.filter(pk=self.query["person_id"])
        paginator = KeysetPagination()
        found = paginator.paginate_queryset(people.distinct(), request, view=self)
        told = told_of([one.pk for one in found], actor=request.user, on=day, today=today)
        return paginator.get_paginated_response(ComplianceOut(told, many=True).data)


@extend_schema(tags=["compliance"])
class MandatoryTrainingList(ApiView):
    """What people were trained in."""

    required_scopes = RECORDS
    pagination_class = KeysetPagination
    query_serializer = MandatoryTrainingQuery
    ordering = ("id",)

    @extend_schema(
        operation_id="mandatory_training_list", responses=MandatoryTrainingOut(many=True)
    )
    def get(self, request: SignedInApiRequest) -> Response:
        rows = SubjectRecord.objects.visible_to(request.user, on=timezone.localdate())
        rows = rows.filter(**self.query).select_related("level__subject")
        return self.page(request, rows, MandatoryTrainingOut)

    @extend_schema(
        operation_id="mandatory_training_import", request=TrainingsIn, responses=TakenOut
    )
    def post(self, request: SignedInApiRequest) -> Response:
        """Record up to 200 trainings that another system knows: all of them, or none.

        Each row is written once under its `key`, so a call can be sent again after a broken
        connection. A row that cannot be taken is named in `errors`, and then nothing was written.
        """
        given = self.body(request, TrainingsIn)
        rows = [_told(row) for row in given["records"]]
        done = take_training(rows=rows, by=request.user, now=timezone.now())
        if done.problems:
            raise ValidationError({"records": _by_row(done.problems)})
        return Response(TakenOut(done._asdict()).data)


def _told(row: dict[str, Any]) -> Told:
    until = Until(row["expires_on"]) if "expires_on" in row else None
    return Told(row["key"], row["person_id"], row["level_id"], row["completed_on"], until)


def _by_row(problems: Iterable[Problem]) -> dict[str, Any]:
    """The problems in the place of their rows, as the checks of single fields have them."""
    rows: dict[str, Any] = {}
    for problem in problems:
        mistakes = rows.setdefault(str(problem.row), {}).setdefault(problem.field, [])
        mistakes.append(ErrorDetail(problem.sentence, code=problem.code))
    return rows
