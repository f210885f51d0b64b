"""A person's sessions as their diary reads them: one place as a file, or all of them by address."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress

from accounts.actors import SystemJob
from accounts.models import Person
from accounts.scope import lifted
from accounts.selectors.relations import main_organisation_id
from common.dates import LONDON
from courses.models import (
    CalendarFeed,
    Enrolment,
    EnrolmentQuerySet,
    EnrolmentState,
    Meeting,
    SessionState,
)
from courses.selectors.diary_time import own_study

READER = SystemJob("courses.read_diary", organisation_ids=None)
# A diary keeps what is over for a while, and nobody plans further ahead.
_BEHIND, MOST = timedelta(days=90), 500
# What the diary of a person shows beside their sessions: (person, since, now) -> entries.
BESIDES = (own_study,)
_HELD = ("OFFERED", "CONFIRMED", "ATTENDED", "ABSENT", "PARTIAL", "COMPLETED")


def hashed(token: str) -> str:
    """What is kept of an address. It holds 256 random bits, so that one round is enough."""
    return sha256(token.encode()).hexdigest()


def feed_of(person: Person) -> CalendarFeed | None:
    """The address of ``person`` that works now."""
    return CalendarFeed.objects.filter(person=person, ended_at__isnull=True).first()


def diary_behind(token: str, *, on: date, now: datetime) -> bytes | None:
    """The diary of whoever the address was given to; nothing once it is taken back, or they are
    stopped or have left. It names nobody but what the person goes to."""
    with lifted(READER):
        rows = CalendarFeed.objects.select_related("person")
        feed = rows.filter(token_hash=hashed(token), ended_at__isnull=True).first()
        if feed is None or not feed.person.is_active:
            return None
        if main_organisation_id(feed.person, on=on) is None:
            return None
        mine = Enrolment.objects.filter(
            person=feed.person,
            state__in=_HELD,
            session__ends_at__gte=now - _BEHIND,
            session__state__in=(SessionState.OPEN, SessionState.CLOSED),
        )
        places = with_meetings_of(mine.order_by("session__starts_at", "pk")[:MOST])
        since = on - _BEHIND
        entries = [
            entry for entries in BESIDES for entry in entries(feed.person, since=since, now=now)
        ]
        return diary(places, now=now, method="PUBLISH", besides=entries)


def with_meetings_of(rows: EnrolmentQuerySet) -> EnrolmentQuerySet:
    """Places with what a diary says of them; one statement more."""
    meetings = Meeting.objects.select_related("room__venue").order_by("starts_at")
    held = Prefetch("session__meetings", meetings, to_attr="held")
    about = ("person", "session__offering__programme", "session__offering__host")
    return rows.select_related(*about).prefetch_related(held)


def invitation(enrolment: Enrolment, *, now: datetime) -> bytes:
    """One place (from ``with_meetings_of``) as a file: an invitation, and later its update or
    cancellation, which diaries match by its name and number.

    The standard lets a request or a cancellation speak of one meeting only; several are published.
    """
    if len(enrolment.session.held) == 1:  # type: ignore[attr-defined]
        method = "CANCEL" if has_ended(enrolment) else "REQUEST"
        return invited(enrolment, enrolment.session.held[0], method=method, now=now)  # type: ignore[attr-defined]
    return diary([enrolment], now=now, method="PUBLISH")


def invited(enrolment: Enrolment, meeting: Meeting, *, method: str, now: datetime) -> bytes:
    """One meeting of a place as a request or a cancellation, from whoever runs it to the person.
    Nobody is asked to answer it: the place is theirs, or is not."""
    entry = _event(enrolment, meeting, is_over=method == "CANCEL", now=now)
    organiser = vCalAddress(f"mailto:{settings.MAIL_FROM_ADDRESS}")
    organiser.params["CN"] = enrolment.session.offering.host.name
    person = vCalAddress(f"mailto:{enrolment.person.email}")
    person.params["CN"] = enrolment.person.full_name
    person.params["PARTSTAT"] = "ACCEPTED" if method == "REQUEST" else "DECLINED"
    person.params["RSVP"] = "FALSE"
    entry.add("organizer", organiser)
    entry.add("attendee", person)
    calendar = _calendar(method)
    calendar.add_component(entry)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Waymark//Courses//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    return calendar


def diary(
    places: Iterable[Enrolment], *, now: datetime, method: str, besides: Iterable[Event] = ()
) -> bytes:
    """Places (with meetings) as an iCalendar file, in London's time with its clock changes, and
    what else is in it."""
    calendar = _calendar(method)
    for enrolment in places:
        for meeting in enrolment.session.held:  # type: ignore[attr-defined]
            over = has_ended(enrolment)
            calendar.add_component(_event(enrolment, meeting, is_over=over, now=now))
    for entry in besides:
        calendar.add_component(entry)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(enrolment: Enrolment, meeting: Meeting, *, is_over: bool, now: datetime) -> Event:
    session = enrolment.session
    title = session.offering.programme.title
    event = Event()
    event.add("uid", f"meeting-{meeting.pk}-place-{enrolment.pk}@{settings.SITE_HOST}")
    # A place that is given up is one change more than what was said of it before.
    event.add("sequence", 2 * session.revision + int(is_over))
    event.add("dtstamp", now)
    event.add("dtstart", meeting.starts_at.astimezone(LONDON))
    event.add("dtend", meeting.ends_at.astimezone(LONDON))
    event.add("summary", f"{title}: {meeting.title}" if meeting.title else title)
    event.add("location", _where(enrolment, meeting))
    event.add("url", settings.SITE_URL + reverse("courses:session_show", args=[session.pk]))
    event.add("status", "CANCELLED" if is_over else _status(enrolment))
    event.add("class", "PRIVATE")
    return event


def _where(enrolment: Enrolment, meeting: Meeting) -> str:
    if meeting.room:
        return f"{meeting.room.name}, {meeting.room.venue.name}"
    return _("Online") if meeting.online_link else enrolment.session.place


def _status(enrolment: Enrolment) -> str:
    return "TENTATIVE" if enrolment.state == EnrolmentState.OFFERED else "CONFIRMED"


def has_ended(enrolment: Enrolment) -> bool:
    """Whether what a place stood for in a diary does not take place for the person."""
    return enrolment.state not in _HELD
