"""Writing a notice in the transaction of the thing it tells about."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.actors import SystemJob
from accounts.models import Person
from accounts.scope import lifted
from accounts.services.ledger import record
from jobs.models import OutboxMessage
from jobs.services.outbox import put
from notifications.models import Notice
from notifications.registry import WORDINGS

SEND_ALERT = "notifications.send_alert"
MANY_AT_ONCE = 2_000
TELLER = SystemJob("notifications.tell", organisation_ids=None)


def notify(
    *,
    recipient: Person,
    rule: str,
    subject_key: str,
    url: str,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
    is_urgent: bool = False,
) -> Notice:
    """Tell ``recipient`` once about ``subject_key``; the next digest carries it.

    ``rule`` names a registered wording, ``subject_key`` what happened ("enrolment:12:confirmed").
    What ``is_urgent`` has a mail of its own, at once and at any hour.
    """
    if rule not in WORDINGS:
        raise ValueError(f"No words for notices of {rule!r}.")
    # News is for its recipient's eyes: whoever causes it does not see what else they were told.
    with lifted(TELLER):
        notice, created = Notice.objects.get_or_create(
            recipient=recipient,
            rule=rule,
            subject_key=subject_key,
            period="",
            defaults={
                "url": url,
                "facts": dict(facts or {}),
                "created_at": now,
                "is_urgent": is_urgent,
            },
        )
    if created and is_urgent:
        put(kind=SEND_ALERT, key=f"alert:{notice.pk}", payload={"notice_id": notice.pk}, now=now)
    return notice


def notify_many(
    *,
    recipient_ids: Iterable[int],
    rule: str,
    subject_key: str,
    url: str,
    now: datetime,
    facts: Mapping[str, Any],
    is_urgent: bool = False,
) -> None:
    """Tell everybody the same, each once about ``subject_key``: a statement for each
    ``MANY_AT_ONCE``, and two more where it ``is_urgent``. For work that waits, which may be done
    again."""
    if rule not in WORDINGS:
        raise ValueError(f"No words for notices of {rule!r}.")
    waiting = iter(recipient_ids)
    while batch := list(islice(waiting, MANY_AT_ONCE)):
        Notice.objects.bulk_create(
            (
                Notice(
                    recipient_id=recipient_id,
                    rule=rule,
                    subject_key=subject_key,
                    url=url,
                    facts=dict(facts),
                    created_at=now,
                    is_urgent=is_urgent,
                )
                for recipient_id in batch
            ),
            ignore_conflicts=True,
        )
        if is_urgent:
            told = Notice.objects.filter(rule=rule, subject_key=subject_key, is_urgent=True)
            _ask_for_mail(told.filter(recipient_id__in=batch), now=now)


def _ask_for_mail(notices: QuerySet[Notice], *, now: datetime) -> None:
    """Rows of the outbox for many at once; the sweep finds them, and a hint for each is saved."""
    OutboxMessage.objects.bulk_create(
        (
            OutboxMessage(
                kind=SEND_ALERT,
                key=f"alert:{pk}",
                payload={"notice_id": pk},
                created_at=now,
                due_at=now,
            )
            for pk in notices.values_list("pk", flat=True)
        ),
        ignore_conflicts=True,
    )


@dataclass(frozen=True, slots=True)
class News:
    """What one of many is told: the same kind of thing, each about something of their own."""

    recipient_id: int
    subject_key: str
    url: str
    facts: Mapping[str, Any]


def notify_each(news: Iterable[News], *, rule: str, now: datetime) -> None:
    """Tell everybody about their own, each once: a statement for each ``MANY_AT_ONCE``."""
    if rule not in WORDINGS:
        raise ValueError(f"No words for notices of {rule!r}.")
    waiting = iter(news)
    with lifted(TELLER):
        while batch := list(islice(waiting, MANY_AT_ONCE)):
            Notice.objects.bulk_create(
                (
                    Notice(
                        recipient_id=told.recipient_id,
                        rule=rule,
                        subject_key=told.subject_key,
                        url=told.url,
                        facts=dict(told.facts),
                        created_at=now,
                    )
                    for told in batch
                ),
                ignore_conflicts=True,
            )


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
