"""Endpoints: answering the offer of a place, and moving to another session."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.response import Response

from accounts.http import SignedInApiRequest
from common.api import InSerializer
from common.api.views import ApiView
from courses.api.serializers import MOST_ID, EnrolmentOut
from courses.models import Session
from courses.selectors.enrolments import enrolments_for_api
from courses.services.moves import move
from courses.services.offers import accept_offer, decline_offer


class AnswerIn(InSerializer):
    answer = serializers.ChoiceField(choices=["ACCEPT", "DECLINE"])


@extend_schema(tags=["enrolments"])
class EnrolmentAnswer(ApiView):
    """Take the place that is offered, or let it go to whoever waits next."""

    required_scopes = {"POST": "enrolments:write"}

    @extend_schema(operation_id="enrolments_answer", request=AnswerIn, responses=EnrolmentOut)
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        rows = enrolments_for_api(request.user, on=timezone.localdate())
        enrolment = get_object_or_404(rows, pk=pk)
        given: dict[str, Any] = self.body(request, AnswerIn)
        answer = accept_offer if given["answer"] == "ACCEPT" else decline_offer
        answer(enrolment=enrolment, by=request.user, now=timezone.now())
        rows = enrolments_for_api(request.user, on=timezone.localdate())
        return Response(EnrolmentOut(get_object_or_404(rows, pk=pk)).data)


class EnrolmentMoveIn(InSerializer):
    session_id = serializers.IntegerField(min_value=1, max_value=MOST_ID)


@extend_schema(tags=["enrolments"])
class EnrolmentMove(ApiView):
    """Give a place or a turn up for one on another session of the same offering."""

    required_scopes = {"POST": "enrolments:write"}

    @extend_schema(
        operation_id="enrolments_move", request=EnrolmentMoveIn, responses={201: EnrolmentOut}
    )
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """The answer is the enrolment that goes on, whose `moved_from_id` is the one that ended."""
        today = timezone.localdate()
        enrolment = get_object_or_404(enrolments_for_api(request.user, on=today), pk=pk)
        given: dict[str, Any] = self.body(request, EnrolmentMoveIn)
        sessions = Session.objects.visible_to(request.user, on=today)
        session = sessions.filter(pk=given["session_id"]).first()
        if session is None:
            detail = _("There is nothing with this number here.")
            raise ValidationError({"session_id": [ErrorDetail(detail, code="not_found")]})
        going_on = move(enrolment=enrolment, session=session, by=request.user, now=timezone.now())
        rows = enrolments_for_api(request.user, on=today)
        return Response(EnrolmentOut(get_object_or_404(rows, pk=going_on.pk)).data, status=201)
