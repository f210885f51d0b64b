"""Offered places, meetings and venues, in every town."""

from datetime import timedelta

from django.db.models import Model

from accounts.models import Person
from courses.models import (
    CalendarFeed,
    Facilitation,
    InvitationRefusal,
    Offering,
    Session,
)
from courses.selectors.diary import hashed
from tests.factories.clock import NOW
from tests.factories.courses import STARTS, EnrolmentFactory, SessionFactory, queued
from tests.factories.meetings import room_of

_A_WEEK = timedelta(days=7)


def session_rows(offering: Offering, person: Person) -> dict[str, Model]:
    """``person`` is offered a place on a session of their own, waits for another, and wants no
    invitations by mail."""
    InvitationRefusal.objects.create(person=person, since_at=NOW)
    return {
        "offered": EnrolmentFactory(
            session=SessionFactory(offering=offering),
            person=person,
            state="OFFERED",
            seat=1,
            queued_at=NOW,
            offer_ends_at=NOW + timedelta(days=2),
        ),
        "feed": CalendarFeed.objects.create(
            person=person, token_hash=hashed(f"feed of {person.pk}"), created_at=NOW
        ),
        "turn": queued(SessionFactory(offering=offering), person=person),
    }


def meeting_rows(session: Session, word: str) -> dict[str, Model]:
    """``session`` meets in a room of its host, and somebody leads it; another is held before all
    others, so that whoever moves is offered it however many people have sessions of their own."""
    room = room_of(session, venue__name=f"Centre {word}", name=f"Room {word}")
    meeting = session.meetings.get()
    meeting.room = room
    meeting.save()
    Facilitation.objects.create(meeting=meeting, name=f"Ada {word}")
    elsewhere = SessionFactory(offering=session.offering, starts_at=STARTS - _A_WEEK)
    # Of somebody who works nowhere, so that only who runs the session sees them.
    late = EnrolmentFactory(
        session=SessionFactory(offering=session.offering, withdraw_by=NOW - _A_WEEK),
        state="CONFIRMED",
        seat=1,
        confirmed_at=NOW,
    )
    return {"meeting": meeting, "venue": room.venue, "elsewhere": elsewhere, "late_place": late}
