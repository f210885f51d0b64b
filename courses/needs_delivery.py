"""What registers and evaluations ask of the person who opens the home page."""

from collections.abc import Iterator
from datetime import date
from itertools import islice

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from common.dates import london_date, london_midnight
from courses.selectors.evaluations import invitations_of
from notifications.registry import Need

MOST = 10


def evaluations(person: Person, on: date) -> Iterator[Need]:
    """Sessions of which the person has not said how they were."""
    for invitation in islice(invitations_of(person, on=on, now=london_midnight(on)), MOST):
        programme = invitation.enrolment.session.offering.programme.title
        minutes = invitation.form.minutes
        told = ngettext(
            "It takes %(count)d minute and is counted without your name.",
            "It takes %(count)d minutes and is counted without your name.",
            minutes,
        )
        yield Need(
            title=_("Say how %(programme)s was") % {"programme": programme},
            action=_("Answer the questions"),
            url=reverse("courses:evaluation_answer", args=[invitation.enrolment_id]),
            due_on=london_date(invitation.closes_at),
            hint=told % {"count": minutes},
        )
