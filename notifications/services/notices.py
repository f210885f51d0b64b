"""Writing a notice in the transaction of the thing it tells about."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.models import Person
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
