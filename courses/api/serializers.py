"""What HR systems read about courses, and what they send to enrol people."""

from typing import Any

from rest_framework import serializers

from common.api import InSerializer, TextIn
from courses.models import (
    DeliveryMode,
    Enrolment,
    EnrolmentBasis,
    EnrolmentState,
    RefusalReason,
    SessionState,
)

MOST_ID = 2**63 - 1


class OrganisationOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    ods_code = serializers.CharField()
    name = serializers.CharField()


class AccreditationOut(serializers.Serializer[Any]):
    body = serializers.CharField()
    level = serializers.CharField()
    reference = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)


class OfferingOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    host = OrganisationOut()
    route = serializers.CharField()
    study_hours = serializers.IntegerField(help_text="Protected study hours that go with a place.")
    is_open = serializers.BooleanField()


class CourseOut(serializers.Serializer[Any]):
    """A programme with the offerings the caller's people may use and its accreditation today."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    audience = serializers.CharField()
    provider = serializers.CharField()
    award = serializers.CharField()
    length = serializers.CharField()
    mode = serializers.ChoiceField(choices=DeliveryMode.choices)
    study_hours = serializers.IntegerField(allow_null=True)
    cost_pence = serializers.IntegerField(allow_null=True)
    accreditations = AccreditationOut(many=True, source="accredited")
    offerings = OfferingOut(many=True, source="offered")


class SessionOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    course_id = serializers.IntegerField(source="offering.programme_id")
    course_title = serializers.CharField(source="offering.programme.title")
    offering_id = serializers.IntegerField()
    host = OrganisationOut(source="offering.host")
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField(help_text="Nobody can ask for a place from then on.")
    place = serializers.CharField()
    capacity = serializers.IntegerField()
    places_left = serializers.IntegerField()
    waiting = serializers.IntegerField(help_text="How many are on the waiting list.")
    state = serializers.ChoiceField(choices=SessionState.choices)


class SessionsQuery(serializers.Serializer[Any]):
    course_id = serializers.IntegerField(required=False, min_value=1, max_value=MOST_ID)
    starts_from = serializers.DateField(required=False, help_text="Sessions from this day on.")
    state = serializers.ChoiceField(required=False, choices=SessionState.choices)


class EnrolmentOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    person_id = serializers.IntegerField()
    organisation_id = serializers.IntegerField()
    session_id = serializers.IntegerField()
    course_id = serializers.IntegerField(source="session.offering.programme_id")
    course_title = serializers.CharField(source="session.offering.programme.title")
    state = serializers.ChoiceField(choices=EnrolmentState.choices)
    basis = serializers.ChoiceField(choices=EnrolmentBasis.choices)
    place_in_queue = serializers.SerializerMethodField(
        help_text="From 1, for an enrolment on the waiting list; null for any other."
    )
    study_hours = serializers.IntegerField()
    requested_at = serializers.DateTimeField()
    confirmed_at = serializers.DateTimeField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    refusal_reason = serializers.ChoiceField(choices=[("", ""), *RefusalReason.choices])
    ended_at = serializers.DateTimeField(allow_null=True)

    def get_place_in_queue(self, enrolment: Enrolment) -> int | None:
        place: int = getattr(enrolment, "place_in_queue", 0)
        return place if enrolment.state == EnrolmentState.WAITING else None


class EnrolmentsQuery(serializers.Serializer[Any]):
    person_id = serializers.IntegerField(required=False, min_value=1, max_value=MOST_ID)
    session_id = serializers.IntegerField(required=False, min_value=1, max_value=MOST_ID)
    state = serializers.ChoiceField(required=False, choices=EnrolmentState.choices)


class EnrolmentIn(InSerializer):
    person_id = serializers.IntegerField(min_value=1, max_value=MOST_ID)
    session_id = serializers.IntegerField(min_value=1, max_value=MOST_ID)
    reason = TextIn(
        required=False,
        allow_blank=True,
        max_length=1_000,
        help_text="Why, for whoever approves it where the pathway does not ask for the course.",
    )
