"""Telling the parties what happened to their appraisal. Never what it says: only that it moved."""

from datetime import datetime

from django.urls import reverse

from accounts.models import Person
from appraisals.models import Appraisal
from notifications.services.notices import notify


def tell(
    recipient: Person, rule: str, *, appraisal: Appraisal, by_name: str, now: datetime
) -> None:
    """Tell ``recipient`` that ``rule`` happened at ``now``; the same thing later is told again."""
    notify(
        recipient=recipient,
        rule=rule,
        subject_key=f"appraisal:{appraisal.pk}:{now:%Y%m%d%H%M%S%f}",
        url=reverse("appraisals:appraisal_detail", args=[appraisal.pk]),
        now=now,
        facts={
            "name": by_name,
            "subject": appraisal.subject.full_name,
            "cycle": appraisal.cycle.title,
        },
    )
