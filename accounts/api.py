"""Endpoints for people and their assignments."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.http import SignedInApiRequest
from accounts.models import Band, PaySystem, StaffGroup
from accounts.selectors.people import assignment_rows, person_rows
from common.api import KeysetPagination
from common.api.views import ApiView

READS_PEOPLE = {"GET": "people:read"}


class PersonOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    given_name = serializers.CharField()
    family_name = serializers.CharField()
    email = serializers.EmailField()
    is_active = serializers.BooleanField(help_text="Whether the person may sign in.")


class AssignmentOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    person_id = serializers.IntegerField()
    employee_number = serializers.CharField()
    wte = serializers.DecimalField(
        max_digits=6, decimal_places=5, help_text="Whole-time equivalent."
    )
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)
    organisation_code = serializers.CharField(help_text="ODS code.")
    organisation_name = serializers.CharField()
    post_title = serializers.CharField()
    unit_name = serializers.CharField(allow_null=True)
    pay_system = serializers.ChoiceField(choices=PaySystem.choices)
    band = serializers.ChoiceField(choices=[("", ""), *Band.choices])
    staff_group = serializers.ChoiceField(choices=StaffGroup.choices)
    is_management = serializers.BooleanField()
    line_manager_id = serializers.IntegerField(allow_null=True)
    supervisor_id = serializers.IntegerField(allow_null=True)


class PeopleQuery(serializers.Serializer[Any]):
    email = serializers.EmailField(required=False, help_text="Exactly this address, in any case.")


class AssignmentsQuery(serializers.Serializer[Any]):
    person_id = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    on = serializers.DateField(required=False, help_text="In force on this day; today if left out.")


@extend_schema(tags=["people"])
class PersonList(ApiView):
    """People whom the caller may see, each with an identifier that never changes."""

    required_scopes = READS_PEOPLE
    pagination_class = KeysetPagination
    query_serializer = PeopleQuery
    ordering = ("id",)

    @extend_schema(operation_id="people_list", responses=PersonOut(many=True))
    def get(self, request: SignedInApiRequest) -> Response:
        rows = person_rows(request.user, on=timezone.localdate())
        if "email" in self.query:
            rows = rows.filter(email__iexact=self.query["email"])
        return self.page(request, rows)


@extend_schema(tags=["people"])
class PersonDetail(ApiView):
    """One person."""

    required_scopes = READS_PEOPLE

    @extend_schema(operation_id="people_read", responses=PersonOut)
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        row = person_rows(request.user, on=timezone.localdate()).filter(pk=pk).first()
        if row is None:
            raise Http404
        return Response(row)


@extend_schema(tags=["people"])
class AssignmentList(ApiView):
    """Assignments in force on a day, with post, line manager and supervisor."""

    required_scopes = READS_PEOPLE
    pagination_class = KeysetPagination
    query_serializer = AssignmentsQuery
    ordering = ("id",)

    @extend_schema(operation_id="assignments_list", responses=AssignmentOut(many=True))
    def get(self, request: SignedInApiRequest) -> Response:
        day = self.query.get("on", timezone.localdate())
        # Who may be seen is decided by today's relations; the day only chooses the assignments.
        rows = assignment_rows(request.user, on=timezone.localdate(), in_force_on=day)
        if "person_id" in self.query:
            rows = rows.filter(person_id=self.query["person_id"])
        return self.page(request, rows)
