"""Registers and what follows from them, as tests need them."""

from datetime import datetime

from courses.models import Enrolment, MeetingMark
from courses.services.registers import Marked
from tests.factories.clock import NOW


def mark(
    enrolment: Enrolment,
    said: str = "PRESENT",
    *,
    begins_at: datetime | None = None,
    **fields: object,
) -> MeetingMark:
    """What the register says of somebody at the first meeting of their session."""
    return MeetingMark.objects.create(
        enrolment=enrolment,
        begins_at=begins_at or enrolment.session.starts_at,
        mark=said,
        minutes_late=fields.pop("minutes_late", 10 if said == "LATE" else None),
        marked_at=NOW,
        **fields,
    )


def present(*enrolments: Enrolment) -> dict[int, Marked]:
    return {enrolment.pk: Marked("PRESENT") for enrolment in enrolments}
