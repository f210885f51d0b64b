"""Mandatory training of oneself, of one person, of one's team and of organisations."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.models import Person
from accounts.visibility import standing
from common.charts import BarRow, bars
from common.errors import Forbidden
from common.forms import form_status
from common.http.attachments import attachment
from common.suppression import LEAST_GROUP, ROUND_TO
from courses.forms.compliance import TeamTrainingForm, TrainingFiguresForm
from courses.models import Subject
from courses.policies.compliance import may_see_training_figures
from courses.selectors.compliance import records_of, team_members, team_training, training_of
from courses.selectors.compliance_figures import (
    TrainingFigures,
    organisations_counted,
    training_figures,
)
from courses.selectors.compliance_tables import figures_table, team_table
from courses.selectors.exports import FORMATS, ExportTable, export_file
from courses.views.compliance_person import change, exemptions_of, person_forms
from pathways.selectors.gap_team import team_people

PEOPLE_ON_A_PAGE = 25


@require_safe
def training_mine(request: SignedInRequest) -> HttpResponse:
    today, person = timezone.localdate(), request.user
    context = {
        "rows": training_of(person, actor=person, on=today, now=timezone.now()),
        "records": records_of(person, actor=person, on=today),
        "today": today,
        **_sections(request),
    }
    return render(request, "courses/training_mine.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def training_person(request: SignedInRequest, pk: int) -> HttpResponse:
    people = Person.objects.visible_to(request.user, on=timezone.localdate())
    person = get_object_or_404(people, pk=pk)
    shown = person_forms(request, person)
    if request.method == "POST" and shown and (said := change(request, person, shown)):
        messages.success(request, said)
        return redirect("courses:training_person", pk)
    today = timezone.localdate()
    context = {
        "person": person,
        "rows": training_of(person, actor=request.user, on=today, now=timezone.now()),
        "records": records_of(person, actor=request.user, on=today),
        "exemptions": exemptions_of(request, person),
        "forms": shown,
        "today": today,
    }
    status = form_status(shown.sent) if shown and shown.sent else 200
    return render(request, "courses/training_person.html", context, status=status)


@require_safe
def training_team(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    subjects = Subject.objects.visible_to(request.user, on=today).order_by("title", "pk")
    form = TeamTrainingForm(request.GET or None, subjects=subjects)
    people = team_people(actor=request.user, on=today).values_list("pk", flat=True)
    team = team_training(person_ids=list(people), on=today, **form.wanted())
    columns = [column.subject for column in team.columns]
    if (kind := request.GET.get("file")) in FORMATS:
        return _download(team_table(columns, team_members(team.person_ids, on=today)), kind)
    page = Paginator(team.person_ids, PEOPLE_ON_A_PAGE).get_page(request.GET.get("page"))
    members = team_members(list(page.object_list), on=today)
    context = {
        "form": form,
        "team": team,
        "page": page,
        "rows": [(one.person, [one.cells.get(c.pk) for c in columns]) for one in members],
        **_sections(request),
    }
    return render(request, "courses/training_team.html", context, status=form_status(form))


@require_safe
def training_organisation(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    organisations = organisations_counted(actor=request.user, on=today)
    if organisations is None:
        raise Forbidden(
            _("Only learning leads and HR administrators see the training of an organisation."),
            code="may_not_see_training_figures",
        )
    form = TrainingFiguresForm(request.GET, organisations=organisations, today=today)
    figures = training_figures(**form.wanted())
    if (kind := request.GET.get("file")) in FORMATS:
        return _download(figures_table(figures), kind)
    context = {
        "form": form,
        "figures": figures,
        "rows": list(zip(figures.subjects, figures.totals, strict=True)),
        "chart": _chart(figures),
        "fewest": LEAST_GROUP,
        "rounded_to": ROUND_TO,
        **_sections(request),
    }
    return render(request, "courses/training_organisation.html", context, status=form_status(form))


def _sections(request: SignedInRequest) -> dict[str, bool]:
    """Which of the pages of mandatory training the reader is shown."""
    place = standing(request.user, on=timezone.localdate())
    return {
        "has_team": place.has("LINE_MANAGER", "DELEGATE"),
        "sees_figures": may_see_training_figures(place.roles),
    }


def _download(table: ExportTable, kind: str) -> HttpResponse:
    file = export_file(table, kind=kind)
    return attachment(file.content, name=file.name, content_type=file.content_type)


def _chart(figures: TrainingFigures) -> object:
    rows = [
        BarRow(subject.title, figure.share, f"{figure.share}%")
        for subject, figure in zip(figures.subjects, figures.totals, strict=True)
        if figure
    ]
    return bars(rows, maximum=100) if rows else None
