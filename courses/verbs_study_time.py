"""How the ledger's verbs of protected time read."""

from django.utils.translation import gettext_lazy as _

from accounts.verbs import register_verbs


def declare_study_time_verbs() -> None:
    register_verbs(
        {
            "promise_time": _("%(who)s gave a place, with which protected time was promised"),
            "plan_time": _("%(who)s planned protected time for a day"),
            "replan_time": _("%(who)s moved a session, and the hours planned for it with it"),
            "confirm_time": _("%(who)s noted that protected time was had"),
            "take_time_back": _("%(who)s took protected time back"),
            "rearrange_time": _("%(who)s arranged another day for protected time"),
            "let_go_of_time": _("%(who)s let go of protected time"),
            "put_time_right": _("%(who)s took back that protected time was had"),
            "keep_time_rule": _("%(who)s changed when somebody is reminded of owed time"),
            "ask_for_backfill": _("%(who)s asked for cover for protected time"),
            "settle_backfill": _("%(who)s noted what became of the cover"),
            "keep_backfill_rate": _("%(who)s changed what an hour of cover costs"),
        }
    )
