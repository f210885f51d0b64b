"""How the ledger's verbs of role profiles, pathways and qualifications read."""

from django.utils.translation import gettext_lazy as _

from accounts.verbs import register_verbs


def declare_role_verbs() -> None:
    register_verbs(
        {
            "draft_role": _("%(who)s began a role profile"),
            "describe_role": _("%(who)s changed the particulars of a role profile"),
            "ask_for_levels": _("%(who)s changed the levels a role asks for"),
            "follow_family": _("%(who)s changed which family a role takes its levels from"),
            "take_family_level": _("%(who)s took a level from the family of a role again"),
            "ask_for_condition": _("%(who)s changed what a role asks for beside levels"),
            "remove_condition": _("%(who)s took away something a role asked for"),
            "say_conditions": _("%(who)s said anew what a role asks for beside levels"),
            "publish_role": _("%(who)s brought a role profile into use"),
            "withdraw_role": _("%(who)s withdrew a role profile"),
            "discard_role": _("%(who)s threw a draft of a role profile away"),
            "draft_successor": _("%(who)s began the successor of a role profile"),
            "succeed_role": _("%(who)s let a role profile take the place of another"),
            "succeed_members": _("%(who)s brought the levels of a family to its roles in use"),
            "add_step": _("%(who)s added a step between two roles"),
            "change_step": _("%(who)s changed a step between two roles"),
            "remove_step": _("%(who)s took away a step between two roles"),
            "add_qualification": _("%(who)s noted a qualification"),
            "remove_qualification": _("%(who)s removed a qualification"),
            "check_qualification": _("%(who)s checked a qualification"),
        }
    )
