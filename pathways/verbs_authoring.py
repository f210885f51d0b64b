"""How the ledger's verbs of those who write frameworks read."""

from django.utils.translation import gettext_lazy as _

from accounts.verbs import register_verbs


def declare_authoring_verbs() -> None:
    register_verbs(
        {
            "start_framework": _("%(who)s started a framework"),
            "describe_framework": _("%(who)s said what a framework is"),
            "describe_edition": _("%(who)s described an edition of a framework"),
            "add_domain": _("%(who)s added a domain to a draft"),
            "change_domain": _("%(who)s changed a domain of a draft"),
            "move_domain": _("%(who)s moved a domain of a draft"),
            "remove_domain": _("%(who)s took a domain out of a draft"),
            "add_competency": _("%(who)s added a competency to a draft"),
            "change_competency": _("%(who)s changed a competency of a draft"),
            "describe_levels": _("%(who)s described the levels of a competency"),
            "move_competency": _("%(who)s moved a competency of a draft"),
            "remove_competency": _("%(who)s took a competency out of a draft"),
            "make_scale": _("%(who)s made a scale"),
        }
    )
