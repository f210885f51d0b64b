"""How the ledger's verbs of pathways read."""

from django.utils.translation import gettext_lazy as _

from accounts.verbs import register_verbs


def declare_verbs() -> None:
    register_verbs(
        {
            "choose_role": _("%(who)s chose a role to work towards"),
            "assess_oneself": _("%(who)s assessed their own competencies"),
            "record_attainments": _("%(who)s recorded what has been shown"),
            "draft_edition": _("%(who)s started a new edition of a framework"),
            "say_what_became_of": _("%(who)s said what became of a competency"),
            "confirm_crosswalk": _("%(who)s confirmed how levels are carried over"),
            "carry_over": _("%(who)s carried levels over to a new edition"),
            "tie_competencies": _("%(who)s tied two competencies to each other"),
            "untie_competencies": _("%(who)s removed a tie between two competencies"),
            "publish_framework": _("%(who)s published a framework"),
            "check_framework_file": _("%(who)s uploaded a framework file"),
            "apply_framework_file": _("%(who)s applied a file to a draft"),
            "undo_framework_file": _("%(who)s undid a file that was applied to a draft"),
        }
    )
