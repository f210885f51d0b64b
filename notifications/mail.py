"""The demonstration's mail: kept in the database and shown on a page instead of being sent."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from notifications.models import KeptMail


class MailboxBackend(BaseEmailBackend):
    """Keeps every message as ``KeptMail`` rows, one for each address."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        now = timezone.now()  # noqa: TID251 - stands where the mail server's clock would
        rows = [
            KeptMail(
                to=address,
                subject=str(message.subject),
                text=str(message.body),
                html=_html_of(message),
                message_id=message.extra_headers.get("Message-ID", ""),
                kept_at=now,
            )
            for message in email_messages
            for address in message.recipients()
        ]
        KeptMail.objects.bulk_create(rows)
        return len(email_messages)


def _html_of(message: EmailMessage) -> str:
    for alternative in getattr(message, "alternatives", []):
        if alternative.mimetype == "text/html":
            return str(alternative.content)
    return ""
