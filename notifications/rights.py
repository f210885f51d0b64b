"""What notices and mail hold of a person."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.rights import (
    Delete,
    Expiry,
    Holding,
    Link,
    Withheld,
    holds_nobody,
    register,
    register_eraser,
    register_expiry,
)
from accounts.rights.classes import MESSAGES
from notifications.services.erasing import erase_what_others_were_told


def declare_rights() -> None:
    _expiries()
    register(
        Holding(
            "notifications.Digest",
            title=_("Daily mails"),
            record_class=MESSAGES,
            links=(
                Link(
                    "recipient",
                    shown=("for_day", "created_at", "sent_at"),
                    withheld={"message_id": Withheld.INTERNAL},
                    on_erasure=Delete(),
                ),
            ),
        )
    )
    register(
        Holding(
            "notifications.Notice",
            title=_("Notices"),
            record_class=MESSAGES,
            links=(
                Link(
                    "recipient",
                    shown=("rule", "due_on", "created_at", "read_at", "period", "is_urgent"),
                    withheld={
                        "facts": Withheld.OTHERS,
                        "subject_key": Withheld.INTERNAL,
                        "url": Withheld.INTERNAL,
                        "digest": Withheld.INTERNAL,
                    },
                    on_erasure=Delete(),
                ),
            ),
        )
    )
    register(
        Holding(
            "notifications.KeptMail",
            title=_("Mail kept by the demonstration"),
            record_class=MESSAGES,
            links=(
                Link(
                    "to__iexact",
                    by="email",
                    shown=("subject", "kept_at"),
                    withheld={
                        "text": Withheld.OTHERS,
                        "html": Withheld.OTHERS,
                        "message_id": Withheld.INTERNAL,
                    },
                    on_erasure=Delete(),
                ),
            ),
        )
    )
    register_eraser("notifications.told", erase_what_others_were_told)
    holds_nobody(
        "notifications", ("ReminderDay",), because="Days on which reminders were looked for."
    )


def _expiries() -> None:
    register_expiry(
        Expiry(
            "notifications.notices",
            title=_("Notices"),
            model_label="notifications.Notice",
            record_class=MESSAGES,
            due=lambda before: Q(created_at__date__lte=before),
            person="recipient_id",
            may_destroy=True,
        )
    )
    register_expiry(
        Expiry(
            "notifications.digests",
            title=_("Daily mails"),
            model_label="notifications.Digest",
            record_class=MESSAGES,
            due=lambda before: Q(for_day__lte=before, notices__isnull=True),
            person="recipient_id",
            may_destroy=True,
        )
    )
