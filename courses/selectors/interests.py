"""What people want to be told about, and whom a new session concerns."""

from collections.abc import Iterator
from datetime import date

from accounts.models import Assignment, Person
from accounts.standing import Below
from courses.models import (
    LIVE_STATES,
    Interest,
    InterestQuerySet,
    OfferingShare,
    Programme,
    Session,
)


def interests_of(person: Person, *, on: date) -> InterestQuerySet:
    """The programmes ``person`` is told about, by title."""
    rows = Interest.objects.visible_to(person, on=on).live().select_related("programme")
    return rows.order_by("programme__title", "pk")


def is_interested(person: Person, programme: Programme, *, on: date) -> bool:
    return interests_of(person, on=on).filter(programme=programme).exists()


def who_wants_to_know(session: Session, *, on: date) -> Iterator[int]:
    """Whoever asked to be told of its programme and may use its offering: its host's people, those
    of whom it is shared with, and of all below these. Who is on it already is left out."""
    offering = session.offering
    shares = OfferingShare.objects.filter(offering=offering)
    usable = Below([offering.host_id, *shares.values_list("organisation_id", flat=True)], on=on)
    posts = Assignment.objects.on(on).filter(organisation_id__in=usable)
    on_it = session.enrolments.filter(state__in=LIVE_STATES)
    rows = Interest.objects.live().filter(
        programme=offering.programme_id, person__is_active=True, person__in=posts.values("person")
    )
    rows = rows.exclude(person__in=on_it.values("person")).order_by("person_id")
    return rows.values_list("person_id", flat=True).iterator()
