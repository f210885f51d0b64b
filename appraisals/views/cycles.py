"""For those who run appraisals: rounds, opening them, and how far everybody is."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from appraisals.forms.cycles import CycleForm, StatusFilter
from appraisals.models import AppraisalForm, Cycle
from appraisals.selectors.cycles import cycles_with_counts, organisations_run_by
from appraisals.selectors.lists import statuses
from appraisals.services.cycles import open_cycle, plan_cycle
from common import forms
from common.errors import Conflict, Forbidden
from common.navigation import page_of


@require_safe
def cycle_list(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    if not organisations_run_by(actor=request.user, on=today):
        _refuse()
    page = page_of(request, cycles_with_counts(actor=request.user, on=today))
    return render(request, "appraisals/cycle_list.html", {"page": page, "today": today})


@require_safe
def cycle_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    today = timezone.localdate()
    cycle = get_object_or_404(cycles_with_counts(actor=request.user, on=today), pk=pk)
    may_open = cycle.opens_on <= today <= cycle.closes_on
    context = {"cycle": cycle, "today": today, "may_open": may_open}
    return render(request, "appraisals/cycle_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def cycle_plan(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    organisations = organisations_run_by(actor=request.user, on=today)
    if not organisations:
        _refuse()
    versions = AppraisalForm.objects.visible_to(request.user, on=today).order_by("-valid_from")
    form = CycleForm(request.POST or None, organisations=organisations, versions=versions)
    if request.method == "POST" and form.is_valid():
        cycle = _planned(request, form)
        if cycle:
            return redirect("appraisals:cycle_detail", pk=cycle.pk)
    return render(
        request, "appraisals/cycle_form.html", {"form": form}, status=forms.form_status(form)
    )


def _planned(request: SignedInRequest, form: CycleForm) -> Cycle | None:
    try:
        cycle = plan_cycle(
            organisation=form.chosen_organisation(),
            form=form.cleaned_data["form"],
            round_=form.round(),
            by=request.user,
            now=timezone.now(),
        )
    except Conflict as refusal:
        form.add_error("title", refusal.message)
        return None
    messages.success(request, _("The round is planned. Nobody is told until you open it."))
    return cycle


@require_POST
def cycle_open(request: SignedInRequest, pk: int) -> HttpResponse:
    today = timezone.localdate()
    cycle = get_object_or_404(Cycle.objects.visible_to(request.user, on=today), pk=pk)
    opened = open_cycle(cycle=cycle, by=request.user, now=timezone.now())
    sentence = ngettext(
        "%(count)s appraisal is open, and the person is told.",
        "%(count)s appraisals are open, and everybody is told.",
        opened,
    )
    messages.success(request, sentence % {"count": opened})
    return redirect("appraisals:cycle_detail", pk=pk)


@require_safe
def status_list(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    cycles = Cycle.objects.visible_to(request.user, on=today).order_by("-opens_on", "pk")
    form = StatusFilter(request.GET, cycles=cycles)
    form.is_valid()
    rows = statuses(
        actor=request.user,
        on=today,
        cycle=form.cleaned_data.get("cycle"),
        state=form.cleaned_data.get("state", ""),
    )
    context = {"page": page_of(request, rows), "form": form, "today": today}
    return render(request, "appraisals/status_list.html", context)


def _refuse() -> None:
    raise Forbidden(
        _("Only HR administrators and learning leads run appraisals."), code="may_not_run_cycles"
    )
