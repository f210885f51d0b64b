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


def upcoming_for(person: Person, *, on: date) -> EnrolmentQuerySet:
    """Places, turns and requests of ``person`` on sessions from ``on`` on, the next first."""
    states = [EnrolmentState.REQUESTED, EnrolmentState.WAITING, EnrolmentState.CONFIRMED]
    return (
        enrolments_of(person, on=on)
        .filter(state__in=states, session__starts_at__gte=london_midnight(on))
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
