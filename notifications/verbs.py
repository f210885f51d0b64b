"""How the ledger's verbs of notices read."""

from django.utils.translation import gettext_lazy as _

from accounts.verbs import Kind, register_verbs


def declare_verbs() -> None:
    register_verbs(
        {
            "send_alert": _("%(who)s sent an urgent message"),
            "make_digests": _("%(who)s put the day's messages together"),
            "send_digest": _("%(who)s sent a message with the day's news"),
            "mark_notices_read": _("%(who)s marked the news as read"),
            "read_reminders": _("%(who)s looked for what is due"),
        },
        Kind.PRIVATE,
    )
