"""Endpoint: what people completed, in whole or in part."""

from datetime import date
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.http import SignedInApiRequest
from common.api import KeysetPagination
from common.api.views import ApiView
from common.dates import london_date, london_midnight
from courses.api.serializers import MOST_ID
from courses.models import Enrolment, EnrolmentState
from courses.selectors.training_records import completions


class CreditOut(serializers.Serializer[Any]):
    competency_id = serializers.IntegerField()
    rank = serializers.IntegerField()


class TrainingRecordOut(serializers.Serializer[Any]):
    id = serializers.IntegerField(help_text="Of the enrolment.")
    person_id = serializers.IntegerField()
    organisation_id = serializers.IntegerField()
    course_id = serializers.IntegerField(source="session.offering.programme_id")
    course_code = serializers.CharField(source="session.offering.programme.code")
    course_title = serializers.CharField(source="session.offering.programme.title")
    state = serializers.ChoiceField(choices=EnrolmentState.choices)
    completed_on = serializers.SerializerMethodField()
    study_hours = serializers.IntegerField()
    credits = CreditOut(
        many=True, help_text="What was reached, for a course that was completed in part."
    )

    def get_completed_on(self, enrolment: Enrolment) -> date | None:
        return london_date(enrolment.ended_at) if enrolment.ended_at else None


class TrainingRecordsQuery(serializers.Serializer[Any]):
    person_id = serializers.IntegerField(required=False, min_value=1, max_value=MOST_ID)
    completed_from = serializers.DateField(
        required=False, help_text="Completed, in whole or in part, on this day or later."
    )


@extend_schema(tags=["enrolments"])
class TrainingRecordList(ApiView):
    """What the people the caller sees have completed, in whole or in part."""

    required_scopes = {"GET": "enrolments:read"}
    pagination_class = KeysetPagination
    query_serializer = TrainingRecordsQuery

    @extend_schema(operation_id="training_records_list", responses=TrainingRecordOut(many=True))
    def get(self, request: SignedInApiRequest) -> Response:
        rows = completions(request.user, on=timezone.localdate())
        if "person_id" in self.query:
            rows = rows.filter(person_id=self.query["person_id"])
        if "completed_from" in self.query:
            rows = rows.filter(ended_at__gte=london_midnight(self.query["completed_from"]))
        return self.page(request, rows, TrainingRecordOut)
