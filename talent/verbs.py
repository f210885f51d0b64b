"""How the ledger's verbs of talent read."""

from django.utils.translation import gettext_lazy as _

from accounts.verbs import Kind, register_verbs
from talent.selectors.profiles import READ_NOMINATION, READ_PROFILE


def declare_verbs() -> None:
    register_verbs(
        {
            "pools_follow": _("%(who)s let the pools for a role follow its successor"),
            "give_talent_consent": _("%(who)s let talent teams find them"),
            "withdraw_talent_consent": _("%(who)s withdrew the consent to be found"),
            "nominate": _("%(who)s put the person forward"),
            "accept_nomination": _("%(who)s accepted the nomination"),
            "decline_nomination": _("%(who)s declined the nomination"),
            "withdraw_nomination": _("%(who)s withdrew the nomination"),
            "join_panel": _("%(who)s put somebody on the panel"),
            "leave_panel": _("%(who)s took somebody off the panel"),
            "judge_readiness": _("%(who)s judged how ready the person is for a next role"),
        }
    )
    register_verbs(
        {
            READ_PROFILE: _("%(who)s read the talent profile"),
            READ_NOMINATION: _("%(who)s read a nomination"),
        },
        Kind.READING,
    )
