"""What the lower floors are told about funds and charging while Django starts."""

from django.utils.translation import gettext_lazy as _

from common.navigation import NavigationItem, add_item
from courses import wordings_money as wordings
from courses.rights_money import declare_money_rights
from courses.services.statement_documents import KIND, READY, make_statement_pdf
from courses.verbs_money import declare_money_verbs
from courses.views.funds import shown_to
from jobs.handlers import Handler, register
from jobs.services.progress import give_up, start
from notifications.registry import register_wording


def register_money() -> None:
    declare_money_rights()
    declare_money_verbs()
    register(KIND, Handler(do=make_statement_pdf, on_claimed=start, on_parked=give_up))
    register_wording(READY, wordings.statement_pdf_ready)
    register_wording("courses.statement_issued", wordings.statement_issued)
    register_wording("courses.no_money_instead", wordings.no_money_instead)
    register_wording("courses.no_money_for_request", wordings.no_money_for_request)
    register_wording("courses.no_money_to_decide", wordings.no_money_to_decide)
    register_wording("courses.money_missing", wordings.money_missing)
    register_wording("courses.money_owed", wordings.money_owed)
    add_item(
        NavigationItem(
            _("Funds"),
            "courses:fund_list",
            order=32,
            shown=shown_to,
            covers=("courses:fund_", "courses:money_", "courses:statement_"),
        )
    )
