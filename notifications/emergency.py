"""What emergency access asks of auditors on their home page.

It is read from ``accounts``, the floor below, which knows nothing of the home page.
"""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.models.emergency import REVIEW_WITHIN
from accounts.selectors.emergency import waiting_for_review_by
from common.dates import london_date
from notifications.registry import Need, register_need

MOST = 20


def register_needs() -> None:
    register_need("accounts.emergency_reviews", reviews)


def reviews(person: Person, on: date) -> Iterator[Need]:
    """Records that somebody opened, for this auditor to judge."""
    for access in waiting_for_review_by(person, on=on)[:MOST]:
        yield Need(
            title=_("%(by)s opened the record of %(whose)s in an emergency")
            % {"by": access.person.full_name, "whose": access.subject.full_name},
            action=_("Review it"),
            url=reverse("accounts:emergency_show", args=[access.pk]),
            due_on=london_date(access.opened_at + REVIEW_WITHIN),
        )
