"""How the ledger's verbs of pathways read."""

from django.utils.translation import gettext_lazy as _

from accounts.verbs import register_verbs


def declare_verbs() -> None:
    register_verbs(
        {
            "choose_role": _("%(who)s chose a role to work towards"),
            "assess_oneself": _("%(who)s assessed their own competencies"),
            "record_attainments": _("%(who)s recorded what has been shown"),
            "publish_framework": _("%(who)s published a framework"),
        }
    )
