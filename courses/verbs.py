"""How the ledger's verbs of courses read."""

from django.utils.translation import gettext_lazy as _

from accounts.verbs import register_verbs


def declare_verbs() -> None:
    register_verbs(
        {
            "programmes_follow": _("%(who)s let the courses of a role follow its successor"),
            "enrol": _("%(who)s asked for a place"),
            "approve": _("%(who)s approved the request"),
            "refuse": _("%(who)s refused the request"),
            "withdraw": _("%(who)s gave up the place or the request"),
            "promote": _("%(who)s gave a place that had become free"),
            "cancel": _("%(who)s ended the place, because the session was cancelled"),
            "attend": _("%(who)s noted that the person was there"),
            "miss": _("%(who)s noted that the person was not there"),
            "complete": _("%(who)s noted that the course is completed"),
            "open_session": _("%(who)s opened the session"),
            "change_capacity": _("%(who)s changed how many places there are"),
            "cancel_session": _("%(who)s cancelled the session"),
            "record_attendance": _("%(who)s recorded who was there"),
        }
    )
