"""A person's own enrolments, and enrolments as HR systems read them."""

from datetime import date

from django.db.models import Case, Value, When

from accounts.actors import Actor
from accounts.models import Person
from common.dates import london_midnight
from courses.models import (
    Enrolment,
    EnrolmentQuerySet,
    EnrolmentState,
)
from courses.models.catalogue import people_waiting


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
    return rows.select_related("session__offering__programme")


def _place_in_queue() -> Case:
    """How many wait before and including an enrolment that is on a waiting list; nought else."""
    waiting = people_waiting(session="session_id", until="queued_at")
    return Case(When(state=EnrolmentState.WAITING, then=waiting), default=Value(0))
