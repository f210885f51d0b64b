"""What became of protected time in organisations, and the rules by which they keep it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.models import Organisation
from common.charts import BarRow, bars
from common.errors import Forbidden
from common.forms import form_status
from common.http.attachments import attachment
from common.suppression import LEAST_GROUP
from courses.forms.study_time_rules import FiguresForm, RateForm, RuleForm
from courses.selectors.exports import export_file
from courses.selectors.study_time_figures import TimeFigures, organisations_told, time_figures
from courses.selectors.study_time_file import figures_table
from courses.selectors.study_time_rules import days_of, organisations_ruled, rates_of
from courses.services.study_time_rules import keep_backfill_rate, keep_time_rule


@require_safe
def study_time_figures(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    organisations = organisations_told(actor=request.user, on=today)
    if organisations is None:
        raise Forbidden(
            _("Only learning leads and HR administrators see the study time of an organisation."),
            code="may_not_see_time_of_organisations",
        )
    form = FiguresForm(request.GET, organisations=organisations)
    chosen = form.chosen()
    figures = time_figures(organisation_ids=[one.pk for one in chosen], on=today)
    if request.GET.get("file") == "csv":
        file = export_file(figures_table(figures), kind="csv")
        return attachment(file.content, name=file.name, content_type=file.content_type)
    context = {
        "form": form,
        "figures": figures,
        "chart": _chart(figures),
        "fewest": LEAST_GROUP,
        "ruled": organisations_ruled(request.user, on=today),
    }
    return render(request, "courses/study_time_figures.html", context, status=form_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def study_time_rules(request: SignedInRequest, pk: int) -> HttpResponse:
    today = timezone.localdate()
    organisation = get_object_or_404(organisations_ruled(request.user, on=today), pk=pk)
    forms: dict[str, Any] = {
        "rule": RuleForm(
            _sent(request, "rule"), prefix="rule", today=today, initial=_initial(organisation)
        ),
        "rate": RateForm(_sent(request, "rate"), prefix="rate", today=today),
    }
    if request.method == "POST":
        form = forms.get(request.POST.get("act", ""))
        if form is None:
            raise Http404
        if form.is_valid():
            _keep(request, organisation, form)
            return redirect("courses:study_time_rules", organisation.pk)
    context = {
        "organisation": organisation,
        **forms,
        "days": days_of(organisation.pk, on=today),
        "rates": rates_of(organisation, on=today),
        "today": today,
    }
    status = max(form_status(form) for form in forms.values())
    return render(request, "courses/study_time_rules.html", context, status=status)


def _chart(figures: TimeFigures) -> Any:
    """Of each month that may be told, how many of a hundred hours that were due were had."""
    rows = [
        BarRow(row.name, row.figure.had_share, f"{row.figure.had_share}%")
        for row in figures.months
        if row.figure and row.figure.due
    ]
    return bars(rows, maximum=100) if rows else None


def _sent(request: SignedInRequest, act: str) -> Any:
    """What was sent to the form of ``act``: two forms share the page."""
    return request.POST if request.POST.get("act") == act else None


def _initial(organisation: Organisation) -> dict[str, int]:
    days = days_of(organisation.pk, on=timezone.localdate())
    return {"remind_days": days.remind, "escalate_days": days.escalate}


def _keep(request: SignedInRequest, organisation: Organisation, form: Any) -> None:
    given: dict[str, Any] = {"by": request.user, "now": timezone.now()}
    if isinstance(form, RuleForm):
        keep_time_rule(
            organisation=organisation,
            days=form.days(),
            starts_on=form.cleaned_data["starts_on"],
            **given,
        )
        messages.success(request, _("The days are changed."))
        return
    keep_backfill_rate(rate=form.rate(organisation), **given)
    messages.success(request, _("The cost of cover is changed."))
