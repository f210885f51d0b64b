"""Pages of those who choose: intakes, who applied, and deciding about each."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from common.charts import BarRow, Bars, bars
from common.errors import Conflict
from common.forms import form_status
from common.navigation import page_of
from courses.forms.selection import IntakeForm, JudgementForm, PutOffForm, as_planned
from courses.models import Intake
from courses.policies.selection import may_plan_intake
from courses.selectors.running import relations_to_offering
from courses.selectors.selection import (
    Funnel,
    answers_of,
    applications_for,
    applications_read_by,
    competes_for,
    funnel_of,
    has_applications,
    intake_of,
    intakes_read_by,
    intakes_run_by,
    sessions_without_intake,
)
from courses.selectors.selection_panel import as_read_by, member_of
from courses.services.selection_choosing import Judgement, decide_application, open_application
from courses.services.selection_intakes import plan_intake, put_off_closing
from courses.services.sessions import refuse_unless_runs
from courses.views.registers import run_session


@require_safe
def intake_list(request: SignedInRequest) -> HttpResponse:
    today, now = timezone.localdate(), timezone.now()
    context = {
        "page": page_of(request, intakes_run_by(request.user, on=today)),
        "sessions": sessions_without_intake(request.user, on=today, now=now),
    }
    return render(request, "courses/intake_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def intake_plan(request: SignedInRequest, pk: int) -> HttpResponse:
    session = run_session(request, pk)
    known = intake_of(session)
    if known and has_applications(known):
        return _put_off(request, known)
    form = IntakeForm(
        request.POST if request.method == "POST" else None,
        initial=as_planned(known, today=timezone.localdate()),
    )
    if form.is_valid():
        try:
            intake = plan_intake(
                session=session, plan=form.plan(), by=request.user, now=timezone.now()
            )
        except Conflict as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("People can apply from the day you entered."))
            return redirect("courses:intake_show", intake.pk)
    context = {"session": session, "form": form}
    return render(request, "courses/intake_plan.html", context, status=form_status(form))


def _put_off(request: SignedInRequest, intake: Intake) -> HttpResponse:
    """What is left to be planned once somebody has started to apply: more time."""
    form = PutOffForm(
        request.POST if request.method == "POST" else None,
        initial=as_planned(intake, today=timezone.localdate()),
    )
    if form.is_valid():
        times = {name: form.cleaned_data[name] for name in ("closes_at", "decided_on")}
        try:
            put_off_closing(intake=intake, by=request.user, now=timezone.now(), **times)
        except Conflict as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("People can apply until the moment you entered."))
            return redirect("courses:intake_show", intake.pk)
    context = {"session": intake.session, "form": form, "is_put_off": True}
    return render(request, "courses/intake_plan.html", context, status=form_status(form))


@require_safe
def intake_show(request: SignedInRequest, pk: int) -> HttpResponse:
    today, now = timezone.localdate(), timezone.now()
    intake = get_object_or_404(intakes_read_by(request.user, on=today), pk=pk)
    member = member_of(request.user, intake) if intake.quorum else None
    if member is None:
        refuse_unless_runs(intake.session.offering, by=request.user, now=now)
    rows, funnel = applications_for(intake, actor=request.user, on=today), funnel_of(intake)
    context = {
        "intake": intake,
        "member": member,
        "runs": member is None or _runs(request, intake),
        # Nobody who has applied sits on the panel.
        "competes": member is None and competes_for(request.user, intake),
        "funnel": funnel,
        "chart": _chart(funnel, has_panel=bool(intake.quorum)),
        "page": page_of(request, as_read_by(rows, member) if member else rows),
        "now": now,
    }
    return render(request, "courses/intake_show.html", context)


def _chart(funnel: Funnel, *, has_panel: bool) -> Bars:
    """Exact figures: whoever sees the page reads every name on it."""
    gates = [(_("Sent"), funnel.sent), (_("Shortlisted"), funnel.shortlisted)]
    if has_panel:
        gates.append((_("Assessed"), funnel.assessed))
    gates += [(_("Offered a place"), funnel.offered), (_("Accepted"), funnel.accepted)]
    return bars([BarRow(label, count, str(count)) for label, count in gates])


def _runs(request: SignedInRequest, intake: Intake) -> bool:
    offering, today = intake.session.offering, timezone.localdate()
    at_offering = relations_to_offering(request.user, offering, on=today)
    return may_plan_intake(at_offering, intake=intake)


@require_http_methods(["GET", "HEAD", "POST"])
def application_decide(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = applications_read_by(request.user, on=timezone.localdate())
    application = get_object_or_404(rows, pk=pk)
    open_application(application=application, by=request.user, now=timezone.now())
    form = JudgementForm(
        request.POST if request.method == "POST" else None, application=application
    )
    if form.is_valid():
        judgement = Judgement(form.cleaned_data["step"], form.cleaned_data["reasons"])
        try:
            decide_application(
                application=application, judgement=judgement, by=request.user, now=timezone.now()
            )
        except Conflict as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("Decided. The applicant is told."))
            return redirect("courses:intake_show", application.intake_id)
    context = {
        "application": application,
        "answers": answers_of(application),
        "decisions": application.decisions.select_related("decided_by").order_by("decided_at"),
        "form": form,
    }
    return render(request, "courses/application_decide.html", context, status=form_status(form))
