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
            "invite_collaborator": _("%(who)s invited somebody to work on a framework"),
            "end_collaboration": _("%(who)s ended that somebody works on a framework"),
            "comment_on_framework": _("%(who)s commented on an edition of a framework"),
            "settle_comment": _("%(who)s marked a comment as dealt with"),
            "ask_for_review": _("%(who)s asked for a review of a draft"),
            "sign_off_framework": _("%(who)s signed a draft off"),
            "ask_for_changes": _("%(who)s asked for changes of a draft"),
            "take_back_draft": _("%(who)s took a draft back from review"),
            "retire_framework": _("%(who)s retired an edition of a framework"),
            "make_scale": _("%(who)s made a scale"),
        }
    )
