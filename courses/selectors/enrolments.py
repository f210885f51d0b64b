"""A person's own enrolments, and enrolments as HR systems read them."""

from datetime import date

from django.db.models import Case, F, FilteredRelation, Q, Value, When

from accounts.actors import Actor
from accounts.models import Person
from accounts.visibility import STANDS_IN, record_visible_to
from common.dates import london_midnight
from courses.models import (
    UNANSWERED,
    Enrolment,
    EnrolmentQuerySet,
    EnrolmentState,
)
from courses.models.sessions import people_waiting

# What is between a person and their employer: their hours, the cover for them, and a refusal.
_WITH_THE_EMPLOYER = (
    *("promise_time", "plan_time", "replan_time", "confirm_time", "take_time_back"),
    *("rearrange_time", "let_go_of_time", "put_time_right"),
    *("ask_for_backfill", "settle_backfill"),
    *("contest", "uphold_refusal", "overturn_refusal"),
)


def verbs_kept_from(actor: Actor, enrolment: Enrolment, *, on: date) -> tuple[str, ...]:
    """What happened to an enrolment that ``actor``, who sees it, is not told: who only runs the
    session needs to know of the place, not of the person's protected time or contest."""
    told = record_visible_to(
        actor, on=on, person="person", organisation="organisation_id", ties=STANDS_IN
    )
    is_told = Enrolment.objects.filter(told, pk=enrolment.pk).exists()
    return () if is_told else _WITH_THE_EMPLOYER


def enrolments_of(person: Person, *, on: date) -> EnrolmentQuerySet:
    """Everything ``person`` has asked for, the next session first, with ``place_in_queue``."""
    return (
        Enrolment.objects.visible_to(person, on=on)
        .filter(person=person)
        .annotate(place_in_queue=_place_in_queue())
        .select_related("session__offering__programme", "session__offering__host")
        .order_by("-session__starts_at", "-pk")
    )


def places_of(person: Person, *, first: date, until: date) -> EnrolmentQuerySet:
    """The places ``person`` has on sessions from ``first`` on and before ``until``, the next
    first."""
    return (
        Enrolment.objects.filter(
            person=person,
            state=EnrolmentState.CONFIRMED,
            session__starts_at__gte=london_midnight(first),
            session__starts_at__lt=london_midnight(until),
        )
        .select_related("session__offering__programme")
        .order_by("session__starts_at", "pk")
    )


def enrolments_for_api(actor: Actor, *, on: date) -> EnrolmentQuerySet:
    """Enrolments ``actor`` sees, with what they are for and ``place_in_queue``."""
    rows = Enrolment.objects.visible_to(actor, on=on).annotate(place_in_queue=_place_in_queue())
    return _with_stage(rows).select_related("session__offering__programme")


def _with_stage(rows: EnrolmentQuerySet) -> EnrolmentQuerySet:
    """Annotate the stage whose answer is waited for: there is one at the most."""
    waiting = Q(approvals__state__in=UNANSWERED, approvals__asked_at__isnull=False)
    return rows.annotate(asked=FilteredRelation("approvals", condition=waiting)).annotate(
        stage_asked=F("asked__stage"),
        who_is_asked=F("asked__asks"),
        passed_on_to=F("asked__escalated_to"),
        answer_due_on=F("asked__due_on"),
    )


def _place_in_queue() -> Case:
    """How many wait before and including an enrolment that is on a waiting list; nought else."""
    waiting = people_waiting(session="session_id", until="queued_at")
    return Case(When(state=EnrolmentState.WAITING, then=waiting), default=Value(0))
