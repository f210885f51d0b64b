"""What sessions ask of the person who opens the home page: offers to answer, too few people."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.visibility import standing
from common.dates import london_date, london_midnight, long_moment
from courses.selectors.offers import offers_to
from courses.selectors.running import RUNS_SESSIONS
from courses.selectors.swaps import swaps_asked_of
from courses.selectors.windows import below_minimum
from notifications.registry import Need

MOST = 20


def offers(person: Person, on: date) -> Iterator[Need]:
    """Places that are offered to the person and wait for an answer."""
    for enrolment in offers_to(person, after=london_midnight(on))[:MOST]:
        session = enrolment.session
        yield Need(
            title=_("Accept or decline a place on %(programme)s")
            % {"programme": session.offering.programme.title},
            action=_("Answer"),
            url=reverse("courses:offer_answer", args=[enrolment.pk]),
            due_on=london_date(enrolment.offer_ends_at) if enrolment.offer_ends_at else None,
            hint=_("It is held for you until %(when)s.")
            % {"when": long_moment(enrolment.offer_ends_at)}
            if enrolment.offer_ends_at
            else "",
        )


def swaps(person: Person, on: date) -> Iterator[Need]:
    """Colleagues who would like to swap places with the person."""
    for swap in swaps_asked_of(person, now=london_midnight(on))[:MOST]:
        yield Need(
            title=_("%(name)s would like to swap places on %(programme)s")
            % {
                "name": swap.asker.full_name,
                "programme": swap.session.offering.programme.title,
            },
            action=_("Answer"),
            url=reverse("courses:swap_answer", args=[swap.pk]),
            due_on=london_date(swap.ends_at),
            hint=_("You can answer until %(when)s.") % {"when": long_moment(swap.ends_at)},
        )


def too_few(person: Person, on: date) -> Iterator[Need]:
    """Sessions that have closed with fewer people than they take to run."""
    if not standing(person, on=on).holds(*RUNS_SESSIONS):
        return
    for session in below_minimum(person, on=on)[:MOST]:
        yield Need(
            title=_("Decide whether %(programme)s runs")
            % {"programme": session.offering.programme.title},
            action=_("See who is on it"),
            url=reverse("courses:session_register", args=[session.pk]),
            due_on=london_date(session.starts_at),
            hint=_("%(taken)d of the %(minimum)d people it takes")
            % {"taken": session.taken, "minimum": session.minimum},  # type: ignore[attr-defined]
        )
