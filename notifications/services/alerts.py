"""The mail of one urgent notice, which waits for no digest."""

from collections.abc import Mapping
from datetime import datetime
from email.mime.text import MIMEText
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.actors import SystemJob
from accounts.services.ledger import record
from notifications.models import Notice
from notifications.registry import LETTERS, Enclosure, Letter
from notifications.selectors.notices import in_words

JOB = SystemJob("notifications.alerts", organisation_ids=None)


def send_alert(payload: Mapping[str, Any], now: datetime) -> None:
    """Send the mail of one urgent notice; somebody who has left gets none. Whoever wants no mail
    of its kind is told in the next digest instead."""
    notice = Notice.objects.select_related("recipient").get(pk=payload["notice_id"])
    if not notice.recipient.is_active:
        return
    letter = LETTERS.get(notice.rule)
    if letter and not letter.is_wanted(notice.recipient_id):
        notice.is_urgent = False
        notice.save(update_fields=["is_urgent"])
        return
    mail_of(notice, letter=letter, now=now).send()
    record(
        by=JOB,
        now=now,
        verb="send_alert",
        about=notice,
        subject_id=notice.recipient_id,
        rule="urgent_notices",
    )


def mail_of(notice: Notice, *, letter: Letter | None, now: datetime) -> EmailMessage:
    """The notice as a mail. A repeat after a crash carries the same Message-ID."""
    host = settings.MAIL_FROM_ADDRESS.split("@")[-1]
    with translation.override(settings.LANGUAGE_CODE):
        files = list(letter.files(notice.recipient_id, notice.facts, now)) if letter else []
        context = {
            "person": notice.recipient,
            "lines": in_words([notice]),
            "site_url": settings.SITE_URL,
            "note": letter.note() if letter and files else "",
        }
        return EmailMessage(
            subject=letter.subject(notice.facts) if letter else _("Waymark: read this now"),
            body=render_to_string("emails/alert.txt", context),
            to=[notice.recipient.email],
            headers={"Message-ID": f"<alert.{notice.pk}@{host}>"},
            attachments=[_attached(file) for file in files],
        )


def _attached(file: Enclosure) -> MIMEText:
    """Mail programs act on parameters of the content type, so they are written out."""
    part = MIMEText(file.content, file.subtype, "utf-8")
    for name, value in file.parameters.items():
        part.set_param(name, value)
    part.add_header("Content-Disposition", "attachment", filename=file.name)
    return part
