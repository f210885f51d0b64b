"""How the ledger's verbs of funds, commitments, seats of organisations and statements read."""

from django.utils.translation import gettext_lazy as _

from accounts.verbs import register_verbs


def declare_money_verbs() -> None:
    register_verbs(
        {
            "open_fund": _("%(who)s set up a fund"),
            "change_budget": _("%(who)s changed the budget of a fund"),
            "set_money_rule": _("%(who)s set by what rule the organisation pays and charges"),
            "draft_statement": _("%(who)s drafted a statement of charges"),
            "discard_statement": _("%(who)s discarded the draft of a statement of charges"),
            "issue_statement": _("%(who)s issued a statement of charges"),
            "credit_statement": _("%(who)s issued a credit note"),
            "keep_seats": _("%(who)s said how many seats are kept for an organisation"),
            "release_seats": _("%(who)s opened kept seats to everybody"),
            "reserve_money": _("%(who)s brought about that money was reserved for a place"),
            "settle_money": _("%(who)s brought about that reserved money was spent or released"),
        }
    )
