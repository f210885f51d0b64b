"""Venues, rooms and meetings, as tests need them."""

from datetime import timedelta

import factory

from courses.models import Meeting, Room, Session, Venue
from tests.factories.accounts import OrganisationFactory


class VenueFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Venue

    organisation = factory.SubFactory(OrganisationFactory)
    name = factory.Sequence(lambda n: f"Education centre {n}")


class RoomFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Room

    venue = factory.SubFactory(VenueFactory)
    name = factory.Sequence(lambda n: f"Room {n}")
    seats = 30


def room_of(session: Session, **fields: object) -> Room:
    """A room of whoever hosts ``session``."""
    return RoomFactory(venue__organisation=session.offering.host, **fields)


def only_meeting(session: Session) -> Meeting:
    return session.meetings.get()


def meets_again(session: Session, *, days: int = 7) -> Meeting:
    """One more meeting, ``days`` after the first and as long."""
    first = session.meetings.earliest("starts_at")
    later = timedelta(days=days)
    return Meeting.objects.create(
        session=session, starts_at=first.starts_at + later, ends_at=first.ends_at + later
    )
