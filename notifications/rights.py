"""What notices and mail hold of a person."""

from django.utils.translation import gettext_lazy as _

from accounts.rights import (
    Delete,
    Holding,
    Link,
    Withheld,
    holds_nobody,
    register,
    register_eraser,
)
from accounts.rights.classes import MESSAGES
from notifications.services.erasing import erase_what_others_were_told


def declare_rights() -> None:
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
