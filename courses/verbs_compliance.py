"""How the ledger's verbs of mandatory training read."""

from django.utils.translation import gettext_lazy as _

from accounts.verbs import register_verbs


def declare_compliance_verbs() -> None:
    register_verbs(
        {
            "record_training": _("%(who)s recorded mandatory training"),
            "strike_training": _("%(who)s struck out a record of training as a mistake"),
            "require_training": _("%(who)s asked for training in a subject"),
            "end_training_requirement": _("%(who)s stopped asking for training in a subject"),
            "set_refresh_period": _("%(who)s set for how long training counts"),
            "set_renewal_rule": _("%(who)s set how early training may be renewed"),
            "add_subject": _("%(who)s added a subject of mandatory training"),
            "write_subject_level": _("%(who)s wrote a level of a subject of mandatory training"),
            "end_subject": _("%(who)s ended a subject of mandatory training"),
            "say_subject_taught": _("%(who)s said which course teaches mandatory training"),
            "end_subject_taught": _("%(who)s said that a course no longer teaches a subject"),
            "exempt_from_training": _("%(who)s said that training is not asked for a while"),
            "check_training_file": _("%(who)s had a file of the staff record checked"),
            "apply_training_file": _("%(who)s applied a file of the staff record"),
            "take_out_training": _("%(who)s took out training as a file for the staff record"),
            "end_training_exemption": _("%(who)s ended a time in which training was not asked"),
        }
    )
