"""Pages of panels: who sits on one, declaring an interest, and assessing an application."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from common.errors import Conflict
from common.forms import NHSForm, form_status
from courses.forms.panels import PanelInterestForm, PanelMemberForm, ScoresForm, VoteForm
from courses.forms.selection import JudgementForm
from courses.models import Application, Intake
from courses.selectors.selection import applications_read_by, intakes_read_by
from courses.selectors.selection_panel import panel_of
from courses.selectors.selection_panel_page import ACTS, panel_page
from courses.services.selection_assessing import (
    cast_vote,
    declare_interest,
    open_for_panel,
    refuse_unless_may_declare,
    score_application,
)
from courses.services.selection_choosing import Judgement, decide_application
from courses.services.selection_panel import (
    name_panel_member,
    refuse_unless_names_panel,
    stand_down,
)


@require_http_methods(["GET", "HEAD", "POST"])
def intake_panel(request: SignedInRequest, pk: int) -> HttpResponse:
    intake = get_object_or_404(intakes_read_by(request.user, on=timezone.localdate()), pk=pk)
    refuse_unless_names_panel(intake, by=request.user, now=timezone.now())
    if request.method == "POST" and request.POST.get("act") == "stand_down":
        return _stand_down(request, intake)
    form = PanelMemberForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _named(request, form, intake):
        return redirect("courses:intake_panel", intake.pk)
    context = {"intake": intake, "panel": panel_of(intake), "form": form}
    return render(request, "courses/intake_panel.html", context, status=form_status(form))


def _stand_down(request: SignedInRequest, intake: Intake) -> HttpResponse:
    number = request.POST.get("member", "")
    rows = panel_of(intake).select_related("intake")
    member = get_object_or_404(rows, pk=number if number.isdecimal() else 0)
    stand_down(member=member, by=request.user, now=timezone.now())
    names = {"person": member.person.full_name}
    messages.success(request, _("%(person)s is not on the panel any more.") % names)
    return redirect("courses:intake_panel", intake.pk)


def _named(request: SignedInRequest, form: PanelMemberForm, intake: Intake) -> bool:
    now, sent = timezone.now(), form.cleaned_data
    try:
        member = name_panel_member(intake=intake, by=request.user, now=now, **sent)
    except Conflict as refusal:
        form.add_error("email", refusal.message)
        return False
    names = {"person": member.person.full_name}
    messages.success(request, _("%(person)s is on the panel, and has been told.") % names)
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def application_interest(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = applications_read_by(request.user, on=timezone.localdate())
    application = get_object_or_404(rows, pk=pk)
    refuse_unless_may_declare(application, by=request.user, now=timezone.now())
    form = PanelInterestForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            declare_interest(
                application=application, by=request.user, now=timezone.now(), **form.cleaned_data
            )
        except Conflict as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("Your interest is declared."))
            return redirect("courses:intake_show", application.intake_id)
    context = {"application": application, "form": form}
    return render(request, "courses/application_interest.html", context, status=form_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def application_assess(request: SignedInRequest, pk: int) -> HttpResponse:
    today, now = timezone.localdate(), timezone.now()
    application = get_object_or_404(applications_read_by(request.user, on=today), pk=pk)
    member = open_for_panel(application=application, by=request.user, now=now)
    page = panel_page(application, member, on=today, now=now)
    asked = request.POST.get("act") or request.GET.get("act")
    act = asked if asked in ACTS and page.act else page.act
    form = _form(request, act, application)
    if form and form.is_valid() and _done(request, form, act=act, application=application):
        return redirect("courses:application_assess", application.pk)
    context = {
        "application": application,
        "page": page,
        "act": act,
        "form": form,
        "decisions": application.decisions.order_by("decided_at"),
    }
    status = form_status(form) if form else 200
    return render(request, "courses/application_assess.html", context, status=status)


def _form(request: SignedInRequest, act: str, application: Application) -> NHSForm | None:
    sent = request.POST if request.method == "POST" else None
    if act == "scores":
        return ScoresForm(sent, criteria=list(application.intake.criteria.order_by("position")))
    if act == "vote":
        return VoteForm(sent)
    return JudgementForm(sent, application=application) if act == "decide" else None


def _done(request: SignedInRequest, form: NHSForm, *, act: str, application: Application) -> bool:
    now, by, sent = timezone.now(), request.user, form.cleaned_data
    try:
        if isinstance(form, ScoresForm):
            score_application(application=application, given=form.given, by=by, now=now)
            messages.success(request, _("Your scores are in."))
        elif act == "vote":
            is_for = sent["vote"] == "FOR"
            cast_vote(application=application, is_for=is_for, by=by, now=now)
            messages.success(request, _("Your vote is in. You can change it until it is decided."))
        else:
            judgement = Judgement(sent["step"], sent["reasons"])
            decide_application(application=application, judgement=judgement, by=by, now=now)
            messages.success(request, _("Decided. The applicant is told."))
    except Conflict as refusal:
        form.add_error(None, refusal.message)
        return False
    return True
