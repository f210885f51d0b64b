"""Writing a notice in the transaction of the thing it tells about."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import Person
from accounts.services.ledger import record
from notifications.models import Notice
from notifications.registry import WORDINGS


def notify(
    *,
    recipient: Person,
    rule: str,
    subject_key: str,
    url: str,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
) -> Notice:
    """Tell ``recipient`` once about ``subject_key``; the next digest carries it.

    ``rule`` names a registered wording, ``subject_key`` what happened ("enrolment:12:confirmed").
    """
    if rule not in WORDINGS:
        raise ValueError(f"No words for notices of {rule!r}.")
    notice, _created = Notice.objects.get_or_create(
        recipient=recipient,
        rule=rule,
        subject_key=subject_key,
        period="",
        defaults={"url": url, "facts": dict(facts or {}), "created_at": now},
    )
    return notice


@transaction.atomic
def mark_all_read(*, by: Person, now: datetime) -> int:
    """Mark every notice of the reader as read; return how many were new."""
    new = Notice.objects.filter(recipient=by, read_at__isnull=True)
    changed = new.update(read_at=now)
    record(
        by=by,
        now=now,
        verb="mark_notices_read",
        about=by,
        subject_id=by.pk,
        rule="own_notices",
        facts={"notices": changed},
    )
    return changed
