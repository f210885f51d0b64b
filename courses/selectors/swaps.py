"""Swaps that wait for an answer, for the page of whoever asked and of whoever is asked."""

from datetime import datetime

from accounts.models import Person
from courses.models import Enrolment, Session, SessionQuerySet, SwapRequest, SwapRequestQuerySet

# Nobody reads through more sessions than that.
MOST = 50


def swaps_asked_of(person: Person, *, now: datetime) -> SwapRequestQuerySet:
    """What ``person`` is asked and can still answer, the first to end first."""
    rows = SwapRequest.objects.open_at(now).filter(partner=person)
    rows = rows.select_related("asker", "session__offering__programme", "other_session")
    return rows.order_by("ends_at", "pk")


def open_swap_of(enrolment: Enrolment, *, now: datetime) -> SwapRequest | None:
    """The swap that whoever has this place asked for and that still waits."""
    rows = SwapRequest.objects.open_at(now).filter(place=enrolment)
    return rows.select_related("partner", "other_session").first()


def swappable_with(session: Session, *, now: datetime) -> SessionQuerySet:
    """Other sessions of the offering of which places can still change hands, the next first.

    Full ones, and such as no longer take people, are among them: a swap needs no free place.
    """
    rows = Session.objects.unsettled(now=now).filter(offering_id=session.offering_id)
    return rows.exclude(pk=session.pk).with_places_taken().order_by("starts_at", "pk")
