"""Endpoints: the catalogue, sessions with their places, and enrolments."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.response import Response

from accounts.http import SignedInApiRequest
from accounts.models import Person
from common.api import KeysetPagination, NothingIn
from common.api.views import ApiView
from common.dates import london_midnight
from courses.api.serializers import (
    CourseOut,
    CoursesQuery,
    EnrolmentIn,
    EnrolmentOut,
    EnrolmentsQuery,
    SessionOut,
    SessionsQuery,
)
from courses.models import Session
from courses.selectors.enrolments import enrolments_for_api
from courses.selectors.programmes import courses_for_api, courses_found
from courses.selectors.sessions import sessions_for_api
from courses.services.enrolment import enrol, withdraw

READS_COURSES = {"GET": "courses:read"}
ENROLS = {"GET": "enrolments:read", "POST": "enrolments:write"}


@extend_schema(tags=["courses"])
class CourseList(ApiView):
    """The catalogue, each course with the offerings open to the caller's organisation."""

    required_scopes = READS_COURSES
    pagination_class = KeysetPagination
    query_serializer = CoursesQuery

    @extend_schema(operation_id="courses_list", responses=CourseOut(many=True))
    def get(self, request: SignedInApiRequest) -> Response:
        rows = courses_found(
            request.user, asked=self.query, on=timezone.localdate(), now=timezone.now()
        )
        return self.page(request, rows, CourseOut)


@extend_schema(tags=["courses"])
class CourseDetail(ApiView):
    """One course."""

    required_scopes = READS_COURSES

    @extend_schema(operation_id="courses_read", responses=CourseOut)
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        rows = courses_for_api(request.user, on=timezone.localdate())
        return Response(CourseOut(get_object_or_404(rows, pk=pk)).data)


@extend_schema(tags=["courses"])
class SessionList(ApiView):
    """Sessions open to the caller's organisation, with the places left on each."""

    required_scopes = READS_COURSES
    pagination_class = KeysetPagination
    query_serializer = SessionsQuery
    ordering = ("starts_at", "pk")

    @extend_schema(operation_id="sessions_list", responses=SessionOut(many=True))
    def get(self, request: SignedInApiRequest) -> Response:
        rows = sessions_for_api(request.user, on=timezone.localdate())
        if "course_id" in self.query:
            rows = rows.filter(offering__programme_id=self.query["course_id"])
        if "starts_from" in self.query:
            rows = rows.filter(starts_at__gte=london_midnight(self.query["starts_from"]))
        if "state" in self.query:
            rows = rows.filter(state=self.query["state"])
        return self.page(request, rows, SessionOut)


@extend_schema(tags=["courses"])
class SessionDetail(ApiView):
    """One session."""

    required_scopes = READS_COURSES

    @extend_schema(operation_id="sessions_read", responses=SessionOut)
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        rows = sessions_for_api(request.user, on=timezone.localdate())
        return Response(SessionOut(get_object_or_404(rows, pk=pk)).data)


@extend_schema(tags=["enrolments"])
class EnrolmentList(ApiView):
    """Enrolments of the people the caller sees."""

    required_scopes = ENROLS
    pagination_class = KeysetPagination
    query_serializer = EnrolmentsQuery

    @extend_schema(operation_id="enrolments_list", responses=EnrolmentOut(many=True))
    def get(self, request: SignedInApiRequest) -> Response:
        rows = enrolments_for_api(request.user, on=timezone.localdate())
        return self.page(request, rows.filter(**self.query), EnrolmentOut)

    @extend_schema(
        operation_id="enrolments_create", request=EnrolmentIn, responses={201: EnrolmentOut}
    )
    def post(self, request: SignedInApiRequest) -> Response:
        """Ask for a place for a person.

        Where the pathway asks for the course the answer is a place (`CONFIRMED`) or the end of the
        waiting list (`WAITING`); otherwise a request that waits for the line manager
        (`REQUESTED`). Safe to send again after a broken connection: a person has one live
        enrolment on a session, so the second answer is 409 `already_enrolled`, and its `current`
        holds the id and the state of the first.
        """
        given = self.body(request, EnrolmentIn)
        person, session = _named(request, given)
        enrolment = enrol(
            session=session,
            person=person,
            by=request.user,
            now=timezone.now(),
            reason=given.get("reason", ""),
        )
        answer = _one(request, enrolment.pk)
        address = reverse("v1:enrolment_show", args=[enrolment.pk])
        return Response(answer, status=201, headers={"Location": address})


@extend_schema(tags=["enrolments"])
class EnrolmentDetail(ApiView):
    """One enrolment."""

    required_scopes = ENROLS

    @extend_schema(operation_id="enrolments_read", responses=EnrolmentOut)
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        return Response(_one(request, pk))


@extend_schema(tags=["enrolments"])
class EnrolmentWithdraw(ApiView):
    """Give up a place, a turn or a request; whoever has waited longest moves up."""

    required_scopes = ENROLS

    @extend_schema(operation_id="enrolments_withdraw", request=None, responses=EnrolmentOut)
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        self.body(request, NothingIn)
        rows = enrolments_for_api(request.user, on=timezone.localdate())
        withdraw(enrolment=get_object_or_404(rows, pk=pk), by=request.user, now=timezone.now())
        return Response(_one(request, pk))


def _named(request: SignedInApiRequest, given: dict[str, Any]) -> tuple[Person, Session]:
    """The person and the session of a body: the same answer for "not there" and "not yours"."""
    today = timezone.localdate()
    person = Person.objects.visible_to(request.user, on=today).filter(pk=given["person_id"]).first()
    sessions = Session.objects.visible_to(request.user, on=today)
    session = sessions.filter(pk=given["session_id"]).first()
    if person is None or session is None:
        absent = {"person_id": person, "session_id": session}
        mistake = [ErrorDetail(_("There is nothing with this number here."), code="not_found")]
        raise ValidationError({name: mistake for name, row in absent.items() if row is None})
    return person, session


def _one(request: SignedInApiRequest, pk: int) -> Any:
    rows = enrolments_for_api(request.user, on=timezone.localdate())
    return EnrolmentOut(get_object_or_404(rows, pk=pk)).data
