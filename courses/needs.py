"""What courses ask of the person who opens the home page."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from accounts.visibility import standing
from common.dates import london_date, london_midnight, long_date
from courses.models import Session
from courses.selectors.deciders import requests_to_decide
from courses.selectors.enrolments import places_of
from courses.selectors.running import RUNS_SESSIONS, registers_to_keep, waiting_lists
from notifications.registry import Need

MOST = 20
_SOON = timedelta(days=31)


def approvals(person: Person, on: date) -> Iterator[Need]:
    """Requests that wait for this line manager, or this learning lead."""
    for enrolment in requests_to_decide(person, on=on)[:MOST]:
        session = enrolment.session
        words = {
            "person": enrolment.person.full_name,
            "programme": session.offering.programme.title,
        }
        yield Need(
            title=_("%(person)s asks to go on %(programme)s") % words,
            action=_("Approve or refuse"),
            url=reverse("courses:approval_decide", args=[enrolment.pk]),
            due_on=enrolment.due_on,  # type: ignore[attr-defined]
            hint=_("The session is on %(day)s.") % {"day": _day(session)},
        )


def _day(session: Session) -> str:
    return long_date(london_date(session.starts_at))


def coming_sessions(person: Person, on: date) -> Iterator[Need]:
    """The person's own places in the next month."""
    for enrolment in places_of(person, first=on, until=on + _SOON)[:MOST]:
        session = enrolment.session
        yield Need(
            title=_("Go to %(programme)s") % {"programme": session.offering.programme.title},
            action=_("See the session"),
            url=reverse("courses:session_show", args=[session.pk]),
            due_on=london_date(session.starts_at),
            hint=session.place,
        )


def registers(person: Person, on: date) -> Iterator[Need]:
    """Sessions that took place on earlier days and have no attendance yet."""
    if not standing(person, on=on).holds(*RUNS_SESSIONS):
        return
    for session in registers_to_keep(person, on=on, now=london_midnight(on))[:MOST]:
        yield Need(
            title=_("Record who attended %(programme)s")
            % {"programme": session.offering.programme.title},
            action=_("Record attendance"),
            url=reverse("courses:session_register", args=[session.pk]),
            due_on=london_date(session.ends_at),
            hint=session.place,
        )


def lists_of_people_waiting(person: Person, on: date) -> Iterator[Need]:
    """Coming sessions that are full while people wait."""
    if not standing(person, on=on).holds(*RUNS_SESSIONS):
        return
    for session in waiting_lists(person, on=on, now=london_midnight(on))[:MOST]:
        waiting: int = session.waiting  # type: ignore[attr-defined]
        yield Need(
            title=ngettext(
                "%(count)d person waits for %(programme)s",
                "%(count)d people wait for %(programme)s",
                waiting,
            )
            % {"count": waiting, "programme": session.offering.programme.title},
            action=_("Add places or open another session"),
            url=reverse("courses:session_register", args=[session.pk]),
            due_on=london_date(session.starts_at),
        )
