"""What refusals that are contested ask of whoever opens the home page."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Person
from common.dates import london_date, long_date
from courses.selectors.refusals import contests_to_answer
from notifications.registry import Need

MOST = 20


def contests(person: Person, on: date) -> Iterator[Need]:
    """Refusals that somebody contests before this person."""
    for contest in contests_to_answer(person, on=on)[:MOST]:
        enrolment = contest.enrolment
        words = {
            "person": enrolment.person.full_name,
            "programme": enrolment.session.offering.programme.title,
        }
        yield Need(
            title=_("%(person)s contests the refusal of %(programme)s") % words,
            action=_("Answer the contest"),
            url=reverse("courses:contest_answer", args=[contest.pk]),
            due_on=london_date(contest.contested_at),
            hint=_("The session is on %(day)s.")
            % {"day": long_date(london_date(enrolment.session.starts_at))},
        )
