"""What became of requests, for whoever keeps the rule of an organisation."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from common.errors import Forbidden
from common.forms import form_status
from common.suppression import LEAST_GROUP
from courses.forms.approvals import FiguresForm
from courses.models import ContestState, RefusalReason
from courses.selectors.approval_figures import OUTCOMES, ApprovalFigures, approval_figures
from courses.selectors.approval_rules import organisations_whose_rule_is_kept

_OUTCOMES = {
    "GRANTED": gettext_lazy("Approved by a person"),
    "GRANTED_BY_SILENCE": gettext_lazy("Granted because nobody answered"),
    "UNASKED": gettext_lazy("Granted because nobody is asked at the price"),
    "REFUSED": gettext_lazy("Refused by a person"),
    "REFUSED_BY_SILENCE": gettext_lazy("Refused because nobody answered"),
    "WAITING": gettext_lazy("Waiting for an answer"),
    "ENDED": gettext_lazy("Withdrawn or ended before an answer"),
}


@require_safe
def approval_figures_show(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    organisations = organisations_whose_rule_is_kept(request.user, on=today)
    first = organisations.first()
    if first is None:
        raise Forbidden(
            _("Only learning leads and administrators see what became of requests."),
            code="may_not_see_figures",
        )
    form = FiguresForm(request.GET or None, organisations=organisations, today=today)
    organisation, quarter = form.chosen(first)
    figures = approval_figures(organisation_id=organisation.pk, first=quarter)
    context = {
        "form": form,
        "organisation": organisation,
        "figures": figures,
        "fewest": LEAST_GROUP,
        **_tables(figures),
    }
    return render(request, "courses/approval_figures.html", context, status=form_status(form))


def _tables(figures: ApprovalFigures) -> dict[str, list[tuple[str, int | None]]]:
    """Each figure with its name, in words."""
    contests = figures.contests.cells
    return {
        "outcomes": [(str(_OUTCOMES[name]), figures.outcomes.cells[name]) for name in OUTCOMES],
        "reasons": [
            (str(RefusalReason(name).label), count) for name, count in figures.reasons.items()
        ],
        "contests": [(str(ContestState(name).label), count) for name, count in contests.items()],
    }
