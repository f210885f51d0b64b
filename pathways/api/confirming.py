"""How far confirmations are, and who may assess whom, for HR systems.

Asking, answering and appointing are acts of a person and are not done here.
"""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.http import SignedInApiRequest
from common.api import KeysetPagination
from common.api.views import ApiView
from pathways.api.showing import MOST_ID, READ, PersonQuery
from pathways.models import AssessorAppointment, Outcome, RequestState, VerificationRequest
from pathways.selectors.verification import counts_by_state, requests_as_told


class ConfirmedLevelOut(serializers.Serializer[Any]):
    competency_id = serializers.IntegerField()
    rank = serializers.IntegerField(help_text="The level that was asked about.")
    outcome = serializers.ChoiceField(choices=Outcome.choices)


class ConfirmationOut(serializers.Serializer[Any]):
    """A request to confirm levels: how far it is, never what either side wrote."""

    id = serializers.IntegerField()
    person_id = serializers.IntegerField(source="subject_id")
    organisation_id = serializers.IntegerField(allow_null=True)
    assessor_id = serializers.IntegerField(
        allow_null=True, help_text="Null: the line manager of the day."
    )
    state = serializers.ChoiceField(choices=RequestState.choices)
    asked_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(
        allow_null=True, help_text="When it was answered or withdrawn."
    )
    decided_by_id = serializers.IntegerField(allow_null=True)
    levels = ConfirmedLevelOut(source="items", many=True)


class StateCountOut(serializers.Serializer[Any]):
    organisation_id = serializers.IntegerField(allow_null=True)
    state = serializers.ChoiceField(choices=RequestState.choices)
    requests = serializers.IntegerField()


class StateCountsOut(serializers.Serializer[Any]):
    counts = StateCountOut(many=True)


class AssessorOut(serializers.Serializer[Any]):
    """Somebody may confirm levels, of one person or of everybody in an organisation."""

    id = serializers.IntegerField()
    assessor_id = serializers.IntegerField(help_text="Perhaps somebody who works elsewhere.")
    organisation_id = serializers.IntegerField()
    person_id = serializers.IntegerField(
        source="subject_id", allow_null=True, help_text="Null: everybody in the organisation."
    )
    framework = serializers.CharField(
        source="framework.code", allow_null=True, default=None, help_text="Null: every framework."
    )
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(help_text="The last day.")


class ConfirmationQuery(PersonQuery):
    state = serializers.ChoiceField(required=False, choices=RequestState.choices)
    assessor_id = serializers.IntegerField(required=False, min_value=1, max_value=MOST_ID)


class AssessorQuery(PersonQuery):
    on = serializers.DateField(required=False, help_text="Those that hold on this day.")


@extend_schema(tags=["confirmations"])
class ConfirmationList(ApiView):
    required_scopes = READ
    pagination_class = KeysetPagination
    query_serializer = ConfirmationQuery
    ordering = ("id",)

    @extend_schema(operation_id="confirmation_list", responses=ConfirmationOut(many=True))
    def get(self, request: SignedInApiRequest) -> Response:
        """Requests to confirm levels, each with what became of every level."""
        rows = requests_as_told(actor=request.user, on=timezone.localdate())
        if "person_id" in self.query:
            rows = rows.filter(subject=self.query.pop("person_id"))
        return self.page(request, rows.filter(**self.query), ConfirmationOut)


@extend_schema(tags=["confirmations"])
class ConfirmationCounts(ApiView):
    required_scopes = READ

    @extend_schema(operation_id="confirmation_counts", responses=StateCountsOut)
    def get(self, request: SignedInApiRequest) -> Response:
        """How many requests of each organisation wait, were answered or were withdrawn."""
        seen = VerificationRequest.objects.visible_to(request.user, on=timezone.localdate())
        return Response(StateCountsOut({"counts": counts_by_state(seen)}).data)


@extend_schema(tags=["confirmations"])
class AssessorList(ApiView):
    required_scopes = READ
    pagination_class = KeysetPagination
    query_serializer = AssessorQuery
    ordering = ("id",)

    @extend_schema(operation_id="assessor_list", responses=AssessorOut(many=True))
    def get(self, request: SignedInApiRequest) -> Response:
        """Appointments of assessors, those that are over and to come among them."""
        rows = AssessorAppointment.objects.visible_to(request.user, on=timezone.localdate())
        if "on" in self.query:
            rows = rows.on(self.query["on"])
        if "person_id" in self.query:
            rows = rows.filter(subject=self.query["person_id"])
        return self.page(request, rows.select_related("framework"), AssessorOut)
