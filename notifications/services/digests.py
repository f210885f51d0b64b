"""One mail a day: gathering a person's notices into a digest and sending it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import ngettext

from accounts.actors import SystemJob
from accounts.scope import run_as
from accounts.services.ledger import record
from common.dates import LONDON, is_working_day, london_date
from jobs.models import OutboxMessage
from notifications.models import Digest, Notice
from notifications.selectors.notices import in_words

SEND_DIGEST = "notifications.send_digest"
MOST_LINES = 25
_BATCH = 1_000
_FIRST_HOUR, _LAST_HOUR = 7, 18
JOB = SystemJob("notifications.digests", organisation_ids=None)


def is_time_for_mail(*, now: datetime) -> bool:
    """Mail goes out in working hours: Monday to Friday, 7am to 6pm in London, not on holidays."""
    local = now.astimezone(LONDON)
    return is_working_day(local.date()) and _FIRST_HOUR <= local.hour < _LAST_HOUR


def make_digests(*, now: datetime) -> int:
    """Gather what people have not been mailed yet into today's digests; return how many.

    A person whose digest of today exists already gets the rest tomorrow: one mail a day.
    """
    if not is_time_for_mail(now=now):
        return 0
    made = 0
    while batch := _make_batch(for_day=london_date(now), now=now):
        made += batch
    return made


@run_as(JOB)
def _make_batch(*, for_day: date, now: datetime) -> int:
    waiting = Notice.objects.filter(digest__isnull=True, is_urgent=False, recipient__is_active=True)
    mailed_today = Digest.objects.filter(for_day=for_day).values("recipient_id")
    recipients = list(
        waiting.exclude(recipient_id__in=mailed_today)
        .values_list("recipient_id", flat=True)
        .order_by("recipient_id")
        .distinct()[:_BATCH]
    )
    if not recipients:
        return 0
    Digest.objects.bulk_create(
        [_digest(recipient_id, for_day=for_day, now=now) for recipient_id in recipients],
        ignore_conflicts=True,
    )
    digests = Digest.objects.filter(for_day=for_day, recipient_id__in=recipients)
    by_recipient = {digest.recipient_id: digest for digest in digests}
    notices = list(waiting.filter(recipient_id__in=recipients).select_for_update(of=("self",)))
    for notice in notices:
        notice.digest = by_recipient[notice.recipient_id]
    Notice.objects.bulk_update(notices, ["digest"], batch_size=_BATCH)
    OutboxMessage.objects.bulk_create(
        [_message(digest, now=now) for digest in by_recipient.values()], ignore_conflicts=True
    )
    record(
        by=JOB,
        now=now,
        verb="make_digests",
        about=digests[0],
        rule="one_digest_a_day",
        facts={"day": for_day.isoformat(), "digests": len(by_recipient), "notices": len(notices)},
    )
    return len(recipients)


def _digest(recipient_id: int, *, for_day: date, now: datetime) -> Digest:
    # The same digest always carries the same id, so that a repeat after a crash is recognised.
    message_id = (
        f"<digest.{recipient_id}.{for_day:%Y%m%d}@{settings.MAIL_FROM_ADDRESS.split('@')[-1]}>"
    )
    return Digest(recipient_id=recipient_id, for_day=for_day, message_id=message_id, created_at=now)


def _message(digest: Digest, *, now: datetime) -> OutboxMessage:
    return OutboxMessage(
        kind=SEND_DIGEST,
        key=f"digest:{digest.pk}",
        payload={"digest_id": digest.pk},
        created_at=now,
        due_at=now,
    )


def send_digest(payload: Mapping[str, Any], now: datetime) -> None:
    """Send one digest; a digest that was sent, or whose reader has left, is left alone."""
    digest = (
        Digest.objects.select_for_update(of=("self",))
        .select_related("recipient")
        .get(pk=payload["digest_id"])
    )
    if digest.sent_at or not digest.recipient.is_active:
        return
    mail_of(digest).send()
    digest.sent_at = now
    digest.save(update_fields=["sent_at"])
    record(
        by=JOB,
        now=now,
        verb="send_digest",
        about=digest,
        subject_id=digest.recipient_id,
        rule="one_digest_a_day",
    )


def mail_of(digest: Digest) -> EmailMultiAlternatives:
    """The digest as a mail, in text and HTML. Subject and lines hold no content of an appraisal."""
    with translation.override(settings.LANGUAGE_CODE):
        lines = in_words(digest.notices.order_by("due_on", "created_at", "pk"))
        context = {
            "person": digest.recipient,
            "lines": lines[:MOST_LINES],
            "left_out": max(0, len(lines) - MOST_LINES),
            "site_url": settings.SITE_URL,
        }
        subject = ngettext(
            "Waymark: %(count)d thing for you", "Waymark: %(count)d things for you", len(lines)
        ) % {"count": len(lines)}
        text = render_to_string("emails/digest.txt", context)
        page = render_to_string("emails/digest.html", context)
    mail = EmailMultiAlternatives(
        subject=subject,
        body=text,
        to=[digest.recipient.email],
        headers={"Message-ID": digest.message_id},
    )
    mail.attach_alternative(css_inline.inline(page), "text/html")
    return mail
