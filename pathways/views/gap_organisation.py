"""The gaps of whole organisations, for those who plan what is learned there."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from common.errors import Forbidden
from common.forms import form_status
from common.suppression import LEAST_GROUP, ROUND_TO
from pathways.forms.gap_organisation import OrganisationGapForm
from pathways.selectors.gap_organisation import organisation_gap, organisations_counted
from pathways.selectors.gap_team import domains_asked_about


@require_safe
def gap_organisation(request: SignedInRequest) -> HttpResponse:
    reader, today = request.user, timezone.localdate()
    organisations = organisations_counted(actor=reader, on=today)
    if organisations is None:
        raise Forbidden(
            _("Only learning leads and HR administrators see the gaps of an organisation."),
            code="may_not_see_organisation_gaps",
        )
    domains = domains_asked_about(actor=reader, on=today)
    form = OrganisationGapForm(
        request.GET, organisations=organisations, domains=domains, today=today
    )
    context = {
        "form": form,
        "gap": organisation_gap(**form.wanted()),
        "fewest": LEAST_GROUP,
        "rounded_to": ROUND_TO,
    }
    return render(request, "pathways/gap_organisation.html", context, status=form_status(form))
