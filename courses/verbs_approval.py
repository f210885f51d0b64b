"""How the ledger's verbs of approval read."""

from django.utils.translation import gettext_lazy as _

from accounts.verbs import register_verbs


def declare_approval_verbs() -> None:
    register_verbs(
        {
            "approve_stage": _("%(who)s approved the request at its first stage"),
            "escalate": _("%(who)s passed the request on, because nobody had answered"),
            "contest": _("%(who)s contested the refusal"),
            "uphold_refusal": _("%(who)s let the refusal stand"),
            "overturn_refusal": _("%(who)s took the refusal back"),
            "set_approval_rule": _("%(who)s said how requests are decided from a day on"),
        }
    )
