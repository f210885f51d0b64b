"""The mail of one urgent notice, which waits for no digest."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.actors import SystemJob
from accounts.services.ledger import record
from notifications.models import Notice
from notifications.selectors.notices import in_words

JOB = SystemJob("notifications.alerts", organisation_ids=None)


def send_alert(payload: Mapping[str, Any], now: datetime) -> None:
    """Send the mail of one urgent notice; somebody who has left gets none."""
    notice = Notice.objects.select_related("recipient").get(pk=payload["notice_id"])
    if not notice.recipient.is_active:
        return
    mail_of(notice).send()
    record(
        by=JOB,
        now=now,
        verb="send_alert",
        about=notice,
        subject_id=notice.recipient_id,
        rule="urgent_notices",
    )


def mail_of(notice: Notice) -> EmailMessage:
    """The notice as a mail. A repeat after a crash carries the same Message-ID."""
    host = settings.MAIL_FROM_ADDRESS.split("@")[-1]
    with translation.override(settings.LANGUAGE_CODE):
        context = {
            "person": notice.recipient,
            "lines": in_words([notice]),
            "site_url": settings.SITE_URL,
        }
        return EmailMessage(
            subject=_("Waymark: read this now"),
            body=render_to_string("emails/alert.txt", context),
            to=[notice.recipient.email],
            headers={"Message-ID": f"<alert.{notice.pk}@{host}>"},
        )
