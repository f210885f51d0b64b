"""The steps that lead on from a role, as its authors write them."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.http import SignedInRequest
from pathways.forms.pathway_steps import StepAddForm, StepForm
from pathways.models import PathwayStep, RoleProfile
from pathways.selectors.role_writing import written_steps
from pathways.services.pathways import add_step, change_step, remove_step
from pathways.views.role_writing import FORM, answered, told, tried, written


@FORM
def step_add(request: SignedInRequest, pk: int) -> HttpResponse:
    role = written(request, pk)
    roles = RoleProfile.objects.visible_to(request.user, on=timezone.localdate())
    others = roles.exclude(pk=role.pk).order_by("stage", "title", "pk")
    form = StepAddForm(request.POST if request.method == "POST" else None, roles=others)
    if form.is_valid() and tried(form, lambda: _add(request, role, form), "to_role"):
        return redirect("pathways:role_write", pk=role.pk)
    return answered(request, "pathways/step_form.html", form, {"role": role})


def _add(request: SignedInRequest, role: RoleProfile, form: StepAddForm) -> PathwayStep:
    target = form.cleaned_data["to_role"]
    given: dict[str, Any] = {
        "particulars": form.particulars(),
        "by": request.user,
        "now": timezone.now(),
    }
    return add_step(from_role=role, to_role=target, **given)


@FORM
def step_change(request: SignedInRequest, pk: int) -> HttpResponse:
    step = _step(request, pk)
    form = StepForm(request.POST if request.method == "POST" else None, step=step)
    if form.is_valid() and tried(form, lambda: _change(request, step, form)):
        return redirect("pathways:role_write", pk=step.from_role_id)
    context = {"role": step.from_role, "step": step}
    return answered(request, "pathways/step_form.html", form, context)


def _change(request: SignedInRequest, step: PathwayStep, form: StepForm) -> bool:
    given: dict[str, Any] = {
        "particulars": form.particulars(),
        "by": request.user,
        "now": timezone.now(),
    }
    change_step(step=step, **given)
    return True


@require_POST
def step_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    step = _step(request, pk)
    told(request, lambda: remove_step(step=step, by=request.user, now=timezone.now()))
    return redirect("pathways:role_write", pk=step.from_role_id)


def _step(request: SignedInRequest, pk: int) -> PathwayStep:
    return get_object_or_404(written_steps(actor=request.user, on=timezone.localdate()), pk=pk)
