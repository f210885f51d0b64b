"""The reminder that a program's secret ends: a month and a week before, to its administrators.

It is read from ``accounts``, the floor below, which knows nothing of reminders.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.selectors.programs import secrets_ending
from common.dates import long_date
from notifications.registry import Due, ReminderSource, register_reminder

DAYS_LEFT = (30, 7)


def register_reminders() -> None:
    register_reminder(ReminderSource("accounts.secret_ends", secret_ends), wording=ends)


def secret_ends(on: date) -> Iterator[Due]:
    for ending in secrets_ending(on=on, days_left=DAYS_LEFT):
        program, last_day = ending.secret.client, ending.secret.last_day
        for recipient_id in ending.recipient_ids:
            yield Due(
                recipient_id=recipient_id,
                subject_key=f"secret:{ending.secret.pk}",
                period=str((last_day - on).days),
                url=reverse("accounts:program_show", args=[program.pk]),
                due_on=last_day,
                facts={"program": program.name, "last_day": last_day.isoformat()},
            )


def ends(facts: Mapping[str, Any]) -> str:
    return _(
        "The secret of %(program)s opens nothing after %(day)s. Add another and let the program "
        "use it before then."
    ) % {
        "program": facts["program"],
        "day": long_date(date.fromisoformat(facts["last_day"])),
    }
