"""What the home page asks of reviewers of frameworks."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Person
from notifications.registry import Need
from pathways.models import ReviewOutcome
from pathways.selectors.reviews import reviews_seen

MOST = 20


def reviews_waiting(person: Person, on: date) -> Iterator[Need]:
    """Drafts that ``person`` was asked to review, the newest request first."""
    waiting = reviews_seen(person, on=on).filter(reviewer=person, outcome=ReviewOutcome.ASKED)
    for review in waiting[:MOST]:
        names = {"framework": review.version.framework.title, "edition": review.version.label}
        yield Need(
            title=_("Review %(framework)s, %(edition)s") % names,
            action=_("Review"),
            url=reverse("pathways:review_show", args=[review.pk]),
            due_on=None,
            hint=_("%(person)s asked you.") % {"person": review.asker},
        )
