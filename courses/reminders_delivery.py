"""What is said again by itself about evaluations: once, after a week."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.urls import reverse

from common.dates import london_date, london_midnight
from courses.models import EvaluationInvitation
from courses.services.notices import facts_of
from notifications.registry import Due

_AFTER = timedelta(days=7)


def evaluations_waiting(on: date) -> Iterator[Due]:
    """Everybody who was asked a week ago or longer, has not answered and still can; one statement.

    The period is always the same, so that nobody is reminded twice of one session.
    """
    rows = EvaluationInvitation.objects.filter(
        is_answered=False,
        asked_at__lt=london_midnight(on - _AFTER + timedelta(days=1)),
        closes_at__gt=london_midnight(on + timedelta(days=1)),
    ).select_related("enrolment__session__offering__programme")
    for invitation in rows.order_by("pk").iterator(chunk_size=2_000):
        enrolment = invitation.enrolment
        yield Due(
            recipient_id=enrolment.person_id,
            subject_key=f"evaluation:{enrolment.pk}",
            period="once",
            url=reverse("courses:evaluation_answer", args=[enrolment.pk]),
            due_on=london_date(invitation.closes_at),
            facts=facts_of(enrolment.session),
        )
