"""How the ledger's verbs of the catalogue read."""

from django.utils.translation import gettext_lazy as _

from accounts.verbs import register_verbs


def declare_catalogue_verbs() -> None:
    register_verbs(
        {
            "write_programme": _("%(who)s wrote a programme"),
            "change_programme": _("%(who)s changed what a programme says"),
            "take_programme_out": _("%(who)s took a programme out of the catalogue"),
            "put_programme_back": _("%(who)s put a programme back into the catalogue"),
            "need_first": _("%(who)s wrote down what a programme builds on"),
            "need_no_more": _("%(who)s took away something that a programme builds on"),
            "bring_level": _("%(who)s wrote down a level that a programme brings"),
            "bring_level_no_more": _("%(who)s took away a level that a programme brings"),
            "bring_award": _("%(who)s wrote down an award that a programme brings"),
            "bring_award_no_more": _("%(who)s took away an award that a programme brings"),
            "make_mandatory": _("%(who)s made a programme mandatory"),
            "end_mandate": _("%(who)s said that a programme is not mandatory any more"),
            "offer_programme": _("%(who)s offered a programme"),
            "change_offering": _("%(who)s changed how a programme is offered"),
            "add_award": _("%(who)s wrote down an award that an offering brings"),
            "add_award_no_more": _("%(who)s took away an award that an offering brings"),
            "write_award": _("%(who)s wrote an award of their organisation"),
            "close_offering": _("%(who)s closed an offering to new people"),
            "reopen_offering": _("%(who)s opened an offering again"),
            "share_offering": _("%(who)s shared an offering with another organisation"),
            "stop_sharing": _("%(who)s stopped sharing an offering with another organisation"),
            "accredit": _("%(who)s entered an accreditation"),
            "start_renewal": _("%(who)s began to have an accreditation renewed"),
            "take_over_renewal": _("%(who)s took over the renewal of an accreditation"),
            "submit_renewal": _("%(who)s sent the renewal of an accreditation to the body"),
            "send_back_renewal": _("%(who)s noted that the body asks for more before it renews"),
            "grant_renewal": _("%(who)s noted that the accreditation is renewed"),
            "refuse_renewal": _("%(who)s noted that the body does not renew the accreditation"),
            "let_go_renewal": _("%(who)s let an accreditation end"),
        }
    )
