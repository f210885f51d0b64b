"""How the ledger's verbs about applications for places read."""

from django.utils.translation import gettext_lazy as _

from accounts.verbs import register_verbs


def declare_selection_verbs() -> None:
    register_verbs(
        {
            "plan_intake": _("%(who)s said when people can apply, and what is asked"),
            "save_application": _("%(who)s saved an application"),
            "send_application": _("%(who)s sent an application"),
            "withdraw_application": _("%(who)s withdrew an application"),
            "shortlist_application": _("%(who)s decided about the shortlist"),
            "choose_application": _("%(who)s decided who is offered a place"),
            "offer_to_reserve": _("%(who)s offered a place to the next on the reserve list"),
            "accept_selection": _("%(who)s accepted the place for which they were chosen"),
            "decline_selection": _("%(who)s declined the place for which they were chosen"),
            "lapse_selection": _("%(who)s ended an offer that was not answered in time"),
            "end_application": _("%(who)s ended an application with its course"),
            "put_off_closing": _("%(who)s let people apply for longer"),
            "give_up_selection": _("%(who)s gave up the place for which they were chosen"),
            "name_panel_member": _("%(who)s named somebody for a panel that chooses"),
            "stand_down_from_panel": _("%(who)s ended a seat on a panel that chooses"),
            "declare_panel_interest": _("%(who)s declared an interest in an application"),
            "score_application": _("%(who)s scored an application"),
            "assess_application": _("%(who)s gave the last score that an application needed"),
            "vote_on_application": _("%(who)s voted on an application"),
            "name_sponsor": _("%(who)s named a sponsor for an application"),
            "let_sponsor_go": _("%(who)s named another sponsor, or none, for an application"),
            "write_sponsor_statement": _("%(who)s wrote about somebody as their sponsor"),
            "read_application": _("%(who)s read an application"),
        }
    )
