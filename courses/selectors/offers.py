"""Places that are offered to a person and wait for their answer."""

from datetime import datetime

from accounts.models import Person
from courses.models import Enrolment, EnrolmentQuerySet, EnrolmentState


def offers_to(person: Person, *, after: datetime) -> EnrolmentQuerySet:
    """Offers to ``person`` that end after ``after``, the first to end first."""
    rows = Enrolment.objects.filter(
        person=person, state=EnrolmentState.OFFERED, offer_ends_at__gt=after
    )
    return rows.select_related("session__offering__programme").order_by("offer_ends_at", "pk")
