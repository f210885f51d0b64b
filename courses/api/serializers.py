"""What HR systems read about courses, and what they send to enrol people."""

from datetime import date
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.api import InSerializer, TextIn
from courses.models import (
    Admission,
    Asked,
    AwardKind,
    DecidedBy,
    DeliveryMode,
    Enrolment,
    EnrolmentBasis,
    EnrolmentState,
    Language,
    Meeting,
    OfferingAward,
    Prerequisite,
    Programme,
    ProgrammeAward,
    RefusalReason,
    SessionState,
)

MOST_ID = 2**63 - 1


class OrganisationOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    ods_code = serializers.CharField()
    name = serializers.CharField()


class AccreditationOut(serializers.Serializer[Any]):
    body = serializers.CharField(source="body.name")
    level = serializers.CharField()
    credits = serializers.IntegerField(allow_null=True)
    credit_scheme = serializers.CharField()
    reference = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)


class AwardOut(serializers.Serializer[Any]):
    """What somebody receives who completes it."""

    code = serializers.CharField(source="award.code")
    title = serializers.CharField(source="award.title")
    kind = serializers.ChoiceField(source="award.kind", choices=AwardKind.choices)
    level = serializers.IntegerField(
        source="award.level", allow_null=True, help_text="Of the national frameworks, from 1 to 8."
    )
    body = serializers.SerializerMethodField(
        help_text="Who gives it; empty where that is not known."
    )
    is_optional = serializers.BooleanField(help_text="Only for those who choose it.")

    def get_body(self, link: ProgrammeAward | OfferingAward) -> str:
        return link.award.body.name if link.award.body else ""


class PrerequisiteOut(serializers.Serializer[Any]):
    """What somebody must have before they ask for a place: a course completed, or a level held."""

    course_id = serializers.IntegerField(
        source="needs_id", allow_null=True, help_text="The course to complete first."
    )
    competency_id = serializers.IntegerField(
        allow_null=True, help_text="The competency of which a level is needed."
    )
    level = serializers.IntegerField(
        source="rank", allow_null=True, help_text="The lowest level that will do, from 1."
    )
    title = serializers.SerializerMethodField(
        help_text="Of the course or the competency; empty where that is not offered to you."
    )

    def get_title(self, row: Prerequisite) -> str:
        return str(row.needs or row.competency or "")


class MandateOut(serializers.Serializer[Any]):
    """Who makes a course mandatory, for everybody below it or for a role, and when."""

    organisation = OrganisationOut()
    role_profile_id = serializers.IntegerField(
        allow_null=True, help_text="Only for people in this role; null for everybody."
    )
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)


class OfferingOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    host = OrganisationOut()
    provider = OrganisationOut(
        allow_null=True, help_text="Who teaches it; null where that is the host."
    )
    route = serializers.CharField()
    mode = serializers.ChoiceField(
        choices=[("", ""), *DeliveryMode.choices], help_text="Empty where it is the course's."
    )
    admission = serializers.ChoiceField(choices=Admission.choices)
    languages = serializers.ListField(child=serializers.ChoiceField(choices=Language.choices))
    price_pence = serializers.IntegerField(help_text="What a place costs.")
    study_hours = serializers.IntegerField(help_text="Protected study hours that go with a place.")
    starts_on = serializers.DateField(allow_null=True)
    ends_on = serializers.DateField(allow_null=True)
    is_open = serializers.BooleanField()
    awards = AwardOut(many=True, source="adds", help_text="What it brings beside the course's.")
    accreditations = AccreditationOut(
        many=True, source="accredited", help_text="Of this offering alone, today."
    )
    provider_accreditations = AccreditationOut(
        many=True, source="teacher_accredited", help_text="Of whoever teaches it, today."
    )


class CourseOut(serializers.Serializer[Any]):
    """A programme with the offerings the caller's people may use and its accreditation today."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    audience = serializers.CharField()
    provider = serializers.CharField()
    award = serializers.SerializerMethodField(help_text="The titles of `awards` in one line.")
    awards = AwardOut(many=True, source="brings")
    length = serializers.CharField()
    mode = serializers.ChoiceField(choices=DeliveryMode.choices)
    study_hours = serializers.IntegerField(allow_null=True)
    cost_pence = serializers.IntegerField(allow_null=True)
    accreditations = AccreditationOut(many=True, source="accredited")
    mandates = MandateOut(
        many=True, source="mandatory", help_text="In force today or to come, at yours or above."
    )
    prerequisites = PrerequisiteOut(
        many=True, source="needed", help_text="All of them are needed to ask for a place."
    )
    offerings = OfferingOut(many=True, source="offered")

    def get_award(self, programme: Programme) -> str:
        links: list[ProgrammeAward] = programme.brings  # type: ignore[attr-defined]
        return ", ".join(link.award.title for link in links)


class CoursesQuery(serializers.Serializer[Any]):
    """Each narrows what is found; one way to take a course has to pass them all."""

    words = serializers.CharField(required=False, max_length=200)
    mode = serializers.ChoiceField(required=False, choices=DeliveryMode.choices)
    language = serializers.ChoiceField(required=False, choices=Language.choices)
    award_kind = serializers.ChoiceField(required=False, choices=AwardKind.choices)
    award_level = serializers.IntegerField(required=False, min_value=1, max_value=8)
    host_id = serializers.IntegerField(required=False, min_value=1, max_value=MOST_ID)
    accredited = serializers.BooleanField(
        required=False, help_text="Only what is accredited until it ends."
    )


class MeetingOut(serializers.Serializer[Any]):
    """One sitting of a session. The link to join online is told to people with a place only."""

    id = serializers.IntegerField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    title = serializers.CharField()
    room = serializers.SerializerMethodField(help_text="Empty where it is in none.")
    venue = serializers.SerializerMethodField()
    is_online = serializers.SerializerMethodField()

    def get_room(self, meeting: Meeting) -> str:
        return meeting.room.name if meeting.room else ""

    def get_venue(self, meeting: Meeting) -> str:
        return meeting.room.venue.name if meeting.room else ""

    def get_is_online(self, meeting: Meeting) -> bool:
        return bool(meeting.online_link)


class SessionOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    course_id = serializers.IntegerField(source="offering.programme_id")
    course_title = serializers.CharField(source="offering.programme.title")
    offering_id = serializers.IntegerField()
    host = OrganisationOut(source="offering.host")
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    opens_at = serializers.DateTimeField(
        allow_null=True, help_text="Nobody can ask for a place before then."
    )
    closes_at = serializers.DateTimeField(help_text="Nobody can ask for a place from then on.")
    withdraw_by = serializers.DateTimeField(
        allow_null=True, help_text="From then on a place can no longer be given up."
    )
    offer_hours = serializers.IntegerField(
        source="hours_to_answer",
        help_text="How long somebody has to accept a place that became free; 0: it is theirs.",
    )
    place = serializers.CharField(help_text="Of meetings without a room.")
    meetings = MeetingOut(many=True, source="held", help_text="In their order.")
    capacity = serializers.IntegerField()
    places_left = serializers.IntegerField()
    minimum = serializers.IntegerField(help_text="How many people it takes to run.")
    waiting = serializers.IntegerField(help_text="How many are on the waiting list.")
    state = serializers.ChoiceField(choices=SessionState.choices)


class SessionsQuery(serializers.Serializer[Any]):
    course_id = serializers.IntegerField(required=False, min_value=1, max_value=MOST_ID)
    starts_from = serializers.DateField(required=False, help_text="Sessions from this day on.")
    state = serializers.ChoiceField(required=False, choices=SessionState.choices)


def _of_stage(enrolment: Enrolment, name: str) -> Any:
    """What ``enrolments_for_api`` says of the stage that waits; nothing for what is no request."""
    is_request = enrolment.state == EnrolmentState.REQUESTED
    return getattr(enrolment, name, None) if is_request else None


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
    offer_ends_at = serializers.DateTimeField(
        allow_null=True, help_text="Until when a place that was offered could be accepted."
    )
    moved_from_id = serializers.IntegerField(
        allow_null=True, help_text="The enrolment that this one goes on from, on another session."
    )
    confirmed_at = serializers.DateTimeField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    decided_by_rule = serializers.ChoiceField(
        choices=[("", ""), *DecidedBy.choices],
        help_text="The organisation's rule that decided, where no person did.",
    )
    approval_stage = serializers.SerializerMethodField(
        help_text="The stage whose answer a request waits for: 1 or 2; null when none is awaited."
    )
    approval_asked = serializers.SerializerMethodField(
        help_text="Who is asked at that stage, or whom it was passed on to."
    )
    approval_due_on = serializers.SerializerMethodField(
        help_text="The last day to answer; then it is passed on, or decided by rule."
    )
    refusal_reason = serializers.ChoiceField(choices=[("", ""), *RefusalReason.choices])
    refused_until = serializers.DateField(
        allow_null=True, help_text="Nobody asks for the same course again before this day is over."
    )
    ended_at = serializers.DateTimeField(allow_null=True)

    def get_approval_stage(self, enrolment: Enrolment) -> int | None:
        return _of_stage(enrolment, "stage_asked")

    @extend_schema_field(serializers.ChoiceField(choices=Asked.choices, allow_null=True))
    def get_approval_asked(self, enrolment: Enrolment) -> str | None:
        passed_on: str | None = _of_stage(enrolment, "passed_on_to")
        return passed_on or _of_stage(enrolment, "who_is_asked")

    def get_approval_due_on(self, enrolment: Enrolment) -> date | None:
        return _of_stage(enrolment, "answer_due_on")

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
