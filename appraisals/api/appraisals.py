"""How far appraisals are, for HR systems: never a word of what they say."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.http import SignedInApiRequest
from appraisals.models import Appraisal, AppraisalState
from common.api.pagination import KeysetPagination
from common.api.views import ApiView


class PartyOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField(source="full_name")


class CycleOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    title = serializers.CharField()
    organisation_id = serializers.IntegerField()


class AppraisalStatusOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    person = PartyOut(source="subject")
    line_manager = PartyOut(source="appraiser")
    cycle = CycleOut()
    assignment_id = serializers.IntegerField()
    state = serializers.ChoiceField(choices=AppraisalState.choices)
    due_on = serializers.DateField()
    opened_at = serializers.DateTimeField()
    person_signed_at = serializers.DateTimeField(source="subject_signed_at", allow_null=True)
    line_manager_signed_at = serializers.DateTimeField(source="manager_signed_at", allow_null=True)


class AppraisalQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=AppraisalState.choices, required=False)
    cycle = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)


class AppraisalList(ApiView):
    """How far each appraisal is, of the people whose record the caller keeps."""

    required_scopes = {"GET": "appraisals:read"}
    query_serializer = AppraisalQuery
    pagination_class = KeysetPagination
    ordering = ("pk",)

    @extend_schema(
        operation_id="appraisals_list",
        summary="How far appraisals are",
        parameters=[AppraisalQuery],
        responses=AppraisalStatusOut(many=True),
    )
    def get(self, request: SignedInApiRequest) -> Response:
        rows = Appraisal.objects.visible_to(request.user, on=timezone.localdate())
        rows = rows.select_related("subject", "appraiser", "cycle").filter(**self._wanted())
        return self.page(request, rows, AppraisalStatusOut)

    def _wanted(self) -> dict[str, Any]:
        names = {"state": "state", "cycle": "cycle_id"}
        return {names[name]: value for name, value in self.query.items()}
