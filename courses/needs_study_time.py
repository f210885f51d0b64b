"""What protected time asks of the person who opens the home page."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.visibility import standing
from common.dates import long_date, spoken_minutes
from courses.selectors.session_time import is_day_of
from courses.selectors.study_time import balances_where
from courses.selectors.study_time_rules import DEFAULT_DAYS
from courses.selectors.study_time_team import (
    GIVES_TIME,
    Line,
    Shown,
    Written,
    lines_of,
    team_balances,
    with_enrolments,
)
from notifications.registry import Need

MOST = 20


def time_to_confirm(person: Person, on: date) -> Iterator[Need]:
    """Study of one's own that was planned for a day that has come. What the session itself took
    is answered by its register."""
    held = balances_where("person_id = %(person)s", person=person.pk)
    lines = lines_of(held, on=on)[Shown.UNANSWERED]
    for written in _first(lines):
        enrolment, line = written.enrolment, written.line
        if is_day_of(enrolment.session, line.on):
            continue
        words = {
            "time": spoken_minutes(line.minutes),
            "programme": enrolment.session.offering.programme.title,
        }
        yield Need(
            title=_("Say whether you had %(time)s for %(programme)s") % words,
            action=_("Confirm or plan again"),
            url=reverse("courses:study_time_show", args=[enrolment.pk]),
            due_on=line.on,
            hint=_("It was planned for %(day)s.") % {"day": long_date(line.on)},
        )


def time_owed_to_team(person: Person, on: date) -> Iterator[Need]:
    """What was taken back from the team of this line manager, and has no other day yet."""
    if not standing(person, on=on).has(*GIVES_TIME):
        return
    lines = lines_of(team_balances(person, on=on), on=on)[Shown.OWED]
    for written in _first(lines):
        enrolment, line = written.enrolment, written.line
        words = {"person": enrolment.person.full_name, "time": spoken_minutes(line.minutes)}
        yield Need(
            title=_("%(person)s is owed %(time)s of study time") % words,
            action=_("Arrange another day"),
            url=reverse("courses:study_time_show", args=[enrolment.pk]),
            due_on=line.on + timedelta(days=DEFAULT_DAYS.remind),
            hint=_("It was taken back from %(day)s.") % {"day": long_date(line.on)},
        )


def _first(lines: list[Line]) -> list[Written]:
    return with_enrolments(lines[:MOST]) if lines else []
