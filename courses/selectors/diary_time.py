"""Own study that a person has planned for a day, as their diary shows it."""

from datetime import date, datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Event

from accounts.models import Person
from common.dates import spoken_minutes
from courses.models import Account, Enrolment
from courses.selectors.session_time import session_days, with_meetings
from courses.selectors.study_time import Pocket, balances_where


def own_study(person: Person, *, since: date, now: datetime) -> list[Event]:
    """An entry for each day from ``since`` on for which study of a place is planned that is not a
    day of its session; those stand with their times. Three statements for any number."""
    held = balances_where("person_id = %(person)s", person=person.pk)
    places = Enrolment.objects.filter(pk__in=held).select_related("session__offering__programme")
    return [
        _event(place, pocket, pocket.on, now=now)
        for place in with_meetings(places.order_by("pk"))
        for pocket in held[place.pk].days(Account.PLANNED)
        if pocket.on and pocket.on >= since and pocket.on not in session_days(place.session)
    ]


def _event(place: Enrolment, pocket: Pocket, day: date, *, now: datetime) -> Event:
    """A whole day that leaves one free: which hours of it, the person and their team agree."""
    event = Event()
    event.add("uid", f"study-{place.pk}-{day.isoformat()}@{settings.SITE_HOST}")
    event.add("dtstamp", now)
    event.add("dtstart", day)
    words = {
        "hours": spoken_minutes(pocket.minutes),
        "programme": place.session.offering.programme.title,
    }
    event.add("summary", _("Protected study: %(hours)s for %(programme)s") % words)
    event.add("url", settings.SITE_URL + reverse("courses:study_time_show", args=[place.pk]))
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    return event
