"""Who in the reader's team is missing what: as a page and as a file."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.visibility import standing
from common.forms import form_status
from pathways.forms.gap_team import TeamGapForm
from pathways.models import RoleProfile
from pathways.policies.gaps import may_see_organisation_gaps
from pathways.selectors.gap_csv import team_table
from pathways.selectors.gap_team import (
    TeamGap,
    domains_asked_about,
    team_gap,
    team_members,
    team_people,
)

PEOPLE_ON_A_PAGE = 25


@require_safe
def gap_team(request: SignedInRequest) -> HttpResponse:
    form = _form(request)
    gap = _gap(request, form)
    page = Paginator(gap.person_ids, PEOPLE_ON_A_PAGE).get_page(request.GET.get("page"))
    members = team_members(gap=gap, person_ids=list(page.object_list))
    context = {
        "form": form,
        "gap": gap,
        "page": page,
        "rows": [(one, [one.cells.get(c.competency_id) for c in gap.columns]) for one in members],
        "sees_organisations": may_see_organisation_gaps(
            standing(request.user, on=timezone.localdate()).roles
        ),
        "chosen": next(
            (c for c in gap.columns if c.competency_id == gap.question.competency_id), None
        ),
    }
    return render(request, "pathways/gap_team.html", context, status=form_status(form))


@require_safe
def gap_team_file(request: SignedInRequest) -> HttpResponse:
    form = _form(request)
    gap = _gap(request, form)
    table = team_table(gap, team_members(gap=gap, person_ids=gap.person_ids))
    # The mark at the beginning tells spreadsheets that it is UTF-8.
    response = HttpResponse("\ufeff" + table, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="team-gaps.csv"'
    return response


def _form(request: SignedInRequest) -> TeamGapForm:
    today = timezone.localdate()
    roles = RoleProfile.objects.visible_to(request.user, on=today).filter(is_family=False)
    return TeamGapForm(
        request.GET,
        roles=roles.order_by("title", "pk"),
        domains=domains_asked_about(actor=request.user, on=today),
        today=today,
    )


def _gap(request: SignedInRequest, form: TeamGapForm) -> TeamGap:
    people = team_people(actor=request.user, on=timezone.localdate())
    return team_gap(people=people, question=form.question())
