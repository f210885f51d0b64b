"""What applications for places ask of the person who opens the home page."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Person
from common.dates import london_date, london_midnight, long_moment
from courses.selectors.selection_sponsors import is_asked_to_write, statements_to_write
from notifications.registry import Need

MOST = 20


def statements(person: Person, on: date) -> Iterator[Need]:
    """People who apply and have named the person as their sponsor."""
    if not is_asked_to_write(person):
        return
    for statement in statements_to_write(person, on=on, now=london_midnight(on), most=MOST):
        application = statement.application
        intake = application.intake
        words = {
            "person": application.person.full_name,
            "programme": intake.session.offering.programme.title,
        }
        yield Need(
            title=_("Write about %(person)s, who applies for %(programme)s") % words,
            action=_("Write your statement"),
            url=reverse("courses:sponsor_statement", args=[statement.pk]),
            due_on=london_date(intake.closes_at),
            hint=_("Nothing can be added after %(when)s.")
            % {"when": long_moment(intake.closes_at)},
        )
