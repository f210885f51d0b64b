"""Pages of a development plan: read it, start one, change its actions, have it made as a PDF."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.models import Person
from accounts.selectors.relations import relations_to
from accounts.views.ledger import timeline
from appraisals.forms.plans import ActionForm
from appraisals.models import PLAN_ACTION_WORKFLOW, DevelopmentPlan, PlanAction
from appraisals.policies.plans import (
    may_add_action,
    may_read_plan,
    may_start_plan,
    may_take_action_step,
)
from appraisals.selectors.plan_view import plan_view
from appraisals.selectors.plans import earlier_plans, running_plan
from appraisals.services.plan_actions import add_action, take_action_step
from appraisals.services.plan_documents import queue_plan_pdf
from appraisals.services.plans import start_plan
from appraisals.services.reading import open_plan
from common.errors import Conflict, Forbidden
from common.forms import form_status


@require_safe
def plan_mine(request: SignedInRequest) -> HttpResponse:
    return _running(request, request.user)


@require_safe
def plan_of_person(request: SignedInRequest, pk: int) -> HttpResponse:
    people = Person.objects.visible_to(request.user, on=timezone.localdate())
    return _running(request, get_object_or_404(people, pk=pk))


@require_safe
def plan_show(request: SignedInRequest, pk: int) -> HttpResponse:
    """Any plan that may be seen, the ones that are over included."""
    return _page(request, _plan(request, pk), on=timezone.localdate())


@require_safe
def plan_timeline(request: SignedInRequest, pk: int) -> HttpResponse:
    plan = _plan(request, pk)
    back = reverse("appraisals:plan_show", args=[pk])
    return timeline(
        request, plan, *plan.actions.all(), title=plan.title, back=(back, _("Development plan"))
    )


@require_POST
def plan_start(request: SignedInRequest) -> HttpResponse:
    try:
        start_plan(person=request.user, by=request.user, now=timezone.now())
    except Conflict as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Your plan has been started."))
    return redirect("appraisals:plan_mine")


@require_POST
def plan_pdf(request: SignedInRequest, pk: int) -> HttpResponse:
    plan = _plan(request, pk)
    job = queue_plan_pdf(plan=plan, owner=request.user, by=request.user, now=timezone.now())
    return redirect("jobs:job_show", job.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def action_add(request: SignedInRequest, pk: int) -> HttpResponse:
    plan, today = _plan(request, pk), timezone.localdate()
    form = _action_form(request, plan, on=today)
    if form.is_valid():
        try:
            add_action(plan=plan, action=form.action(), by=request.user, now=timezone.now())
        except Conflict as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The action is in the plan."))
            return redirect("appraisals:plan_show", plan.pk)
    context = {"form": form, "plan": plan}
    return render(request, "appraisals/plans/action_add.html", context, status=form_status(form))


@require_POST
def action_step(request: SignedInRequest, pk: int, step: str) -> HttpResponse:
    if step not in PLAN_ACTION_WORKFLOW.names:
        raise Http404
    actions = PlanAction.objects.visible_to(request.user, on=timezone.localdate())
    action = get_object_or_404(actions, pk=pk)
    try:
        action = take_action_step(action=action, step=step, by=request.user, now=timezone.now())
    except Conflict as refusal:
        messages.error(request, refusal.message)
    else:
        said = {"title": action.title, "state": action.get_state_display()}
        messages.success(request, _("%(title)s: %(state)s.") % said)
    return redirect("appraisals:plan_show", action.plan_id)


def _plan(request: SignedInRequest, pk: int) -> DevelopmentPlan:
    plans = DevelopmentPlan.objects.visible_to(request.user, on=timezone.localdate())
    return get_object_or_404(plans.select_related("person", "role_profile"), pk=pk)


def _running(request: SignedInRequest, person: Person) -> HttpResponse:
    """The plan that runs now, or the page that offers to start one."""
    today = timezone.localdate()
    plan = running_plan(person=person, actor=request.user, on=today)
    if plan:
        return _page(request, plan, on=today)
    relations = relations_to(request.user, person, on=today)
    if not may_read_plan(relations):
        raise Forbidden(
            _("Development plans stay with the person and their line managers."),
            code="may_not_read_plan",
        )
    context = {"person": person, "may_start": may_start_plan(relations)}
    return render(request, "appraisals/plans/plan_none.html", context)


def _page(request: SignedInRequest, plan: DevelopmentPlan, *, on: date) -> HttpResponse:
    open_plan(plan=plan, by=request.user, now=timezone.now())
    relations = relations_to(request.user, plan.person, on=on)
    runs = plan.is_in_force(on=on)
    context: dict[str, Any] = {
        "plan": plan,
        "view": plan_view(plan=plan, reader=request.user, on=on),
        "earlier": earlier_plans(plan=plan, actor=request.user, on=on),
        "is_mine": plan.person_id == request.user.pk,
        "may_add": runs and may_add_action(relations),
        "may_change": runs and may_take_action_step(relations),
    }
    return render(request, "appraisals/plans/plan.html", context)


def _action_form(request: SignedInRequest, plan: DevelopmentPlan, *, on: date) -> ActionForm:
    """The form as sent, or with the course that a link to it named."""
    chosen = request.GET.get("programme", "")
    initial = {"kind": "COURSE", "programme": chosen} if chosen.isdecimal() else {}
    data = request.POST if request.method == "POST" else None
    return ActionForm(data, initial=initial, plan=plan, reader=request.user, on=on)
