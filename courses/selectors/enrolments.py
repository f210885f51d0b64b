"""A person's own enrolments, and enrolments as HR systems read them."""

from datetime import date

from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from accounts.actors import Actor
from accounts.models import Person
from common.dates import london_midnight
from courses.models import (
    Enrolment,
    EnrolmentQuerySet,
    EnrolmentState,
)


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


def _place_in_queue() -> Coalesce:
    """How many wait before and including an enrolment that is on a waiting list; nought else."""
    ahead = (
        Enrolment.objects.filter(
            session_id=OuterRef("session_id"), state="WAITING", queued_at__lte=OuterRef("queued_at")
        )
        .order_by()
        .values("session_id")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return Coalesce(Subquery(ahead, output_field=IntegerField()), 0)
