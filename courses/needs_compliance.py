"""What mandatory training asks of the person who opens the home page."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from common.dates import long_date
from courses.selectors.compliance import asked_of
from notifications.registry import Need


def training_to_do(person: Person, on: date) -> Iterator[Need]:
    """One item for all that has ended or ends soon, due on the first day that something ends."""
    needed = [row for row in asked_of([person.pk], on=on) if row.is_needed]
    if not needed:
        return
    days = [row.expires_on for row in needed if row.expires_on]
    subjects = len({row.subject_id for row in needed})
    title = ngettext(
        "Do mandatory training in %(count)d subject",
        "Do mandatory training in %(count)d subjects",
        subjects,
    )
    first = min(days, default=None)
    yield Need(
        title=title % {"count": subjects},
        action=_("See what and where"),
        url=reverse("courses:training_mine"),
        due_on=first,
        hint=_("The first ends on %(day)s.") % {"day": long_date(first)}
        if first and first >= on
        else "",
    )
