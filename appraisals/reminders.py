"""The reminders of appraisals: due soon, due today, and then once a week."""

from collections.abc import Iterable, Iterator
from datetime import date

from django.urls import reverse

from appraisals import wordings
from appraisals.models import Appraisal, Side
from appraisals.selectors.waiting import due_soon, overdue, weeks_late
from notifications.registry import Due, ReminderSource, register_reminder


def register_reminders() -> None:
    register_reminder(ReminderSource("appraisals.due", when_due), wording=wordings.due)
    register_reminder(ReminderSource("appraisals.overdue", when_overdue), wording=wordings.overdue)


def when_due(on: date) -> Iterable[Due]:
    for appraisal in due_soon(on=on):
        yield from _to_whoever_has_not_signed(appraisal, period=f"{(appraisal.due_on - on).days}")


def when_overdue(on: date) -> Iterable[Due]:
    for appraisal in overdue(on=on):
        period = f"week-{weeks_late(appraisal, on=on)}"
        yield from _to_whoever_has_not_signed(appraisal, period=period)


def _to_whoever_has_not_signed(appraisal: Appraisal, *, period: str) -> Iterator[Due]:
    recipients = {Side.SUBJECT: appraisal.subject_id}
    # Nobody is asked to appraise whom they no longer manage.
    if appraisal.is_of_record:  # type: ignore[attr-defined]
        recipients[Side.MANAGER] = appraisal.appraiser_id
    for side, recipient_id in recipients.items():
        if appraisal.signed_at(side) is None:
            yield Due(
                recipient_id=recipient_id,
                subject_key=f"appraisal:{appraisal.pk}:{appraisal.due_on:%Y%m%d}",
                period=period,
                url=reverse("appraisals:appraisal_detail", args=[appraisal.pk]),
                due_on=appraisal.due_on,
                facts={
                    "is_own": side == Side.SUBJECT,
                    "subject": appraisal.subject.full_name,
                    "due_on": appraisal.due_on.isoformat(),
                },
            )
