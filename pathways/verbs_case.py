"""How the ledger's verbs of CASE packages and associations read."""

from django.utils.translation import gettext_lazy as _

from accounts.verbs import register_verbs


def declare_case_verbs() -> None:
    register_verbs(
        {
            "ask_for_package": _("%(who)s asked to fetch a framework package"),
            "take_back_equivalence": _(
                "%(who)s took back what stands for a competency in another framework"
            ),
            "fail_to_fetch": _("%(who)s could not fetch a framework package"),
        }
    )
