"""The line manager's page: everybody in the team at one glance."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.selectors.delegations import teams_stood_in_for
from accounts.visibility import standing
from appraisals.selectors.team import reports, team_of
from common.navigation import page_of
from pathways.policies.gaps import may_see_organisation_gaps


@require_safe
def team_list(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    page = page_of(request, reports(actor=request.user, on=today))
    team = team_of(actor=request.user, assignments=page.object_list, on=today)
    context = {
        "page": page,
        "team": team,
        "today": today,
        "stands_in_for": teams_stood_in_for(request.user, on=today),
        "sees_organisations": may_see_organisation_gaps(standing(request.user, on=today).roles),
    }
    return render(request, "appraisals/team.html", context)
