"""What is said once by itself: applications close soon, and a sponsor has not written yet."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.urls import reverse

from common.dates import london_date, london_midnight
from courses.models import STATEMENT_STATES, SessionState, SponsorStatement
from notifications.registry import Due

DAYS_BEFORE = 3


def statements_to_write_soon(on: date) -> Iterator[Due]:
    """Each sponsor told once, from three days before applications close; not on the day on which
    they were named."""
    rows = SponsorStatement.objects.filter(
        given_at__isnull=True,
        named_at__lt=london_midnight(on),
        application__state__in=STATEMENT_STATES,
        application__intake__session__state=SessionState.OPEN,
        application__intake__closes_at__gt=london_midnight(on),
        application__intake__closes_at__lt=london_midnight(on + timedelta(days=DAYS_BEFORE + 1)),
    )
    for statement in rows.select_related(
        "application__person", "application__intake__session__offering__programme"
    ).order_by("pk"):
        intake = statement.application.intake
        yield Due(
            recipient_id=statement.sponsor_id,
            subject_key=f"sponsor_statement:{statement.pk}",
            period="closing",
            url=reverse("courses:sponsor_statement", args=[statement.pk]),
            due_on=london_date(intake.closes_at),
            facts={
                "programme": intake.session.offering.programme.title,
                "person": statement.application.person.full_name,
                "closes_at": intake.closes_at.isoformat(),
            },
        )
