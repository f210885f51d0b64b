from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import SignedInRequest
from common.errors import DomainError
from common.forms import form_status
from common.navigation import page_of
from pathways.forms.roles import RoleFilterForm
from pathways.models import RoleProfile
from pathways.selectors.conditions import conditions_met
from pathways.selectors.gap import gap_analysis
from pathways.selectors.role_profiles import role_profiles, steps_in, steps_on
from pathways.selectors.role_writing import writes_roles, written_roles
from pathways.selectors.roles import aspired_role, current_role
from pathways.selectors.step_adds import step_adds
from pathways.services.aspirations import choose_role


@require_safe
def role_list(request: SignedInRequest) -> HttpResponse:
    form = RoleFilterForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    roles = role_profiles(actor=request.user, on=timezone.localdate(), **wanted)
    is_author = writes_roles(actor=request.user, on=timezone.localdate())
    context = {"form": form, "page": page_of(request, roles), "is_author": is_author}
    return render(request, "pathways/role_list.html", context, status=form_status(form))


@require_safe
def role_show(request: SignedInRequest, pk: int) -> HttpResponse:
    reader, today = request.user, timezone.localdate()
    roles = RoleProfile.objects.visible_to(reader, on=today).select_related("version__framework")
    role = get_object_or_404(roles, pk=pk)
    further = steps_on(role=role, actor=reader, on=today)
    adds = step_adds(further)
    context = {
        "role": role,
        "gap": gap_analysis(person_id=reader.pk, role_profile=role, on=today),
        "steps_in": steps_in(role=role, actor=reader, on=today),
        "steps_on": [(step, adds[step.pk]) for step in further],
        "is_current": role == current_role(person_id=reader.pk, on=today),
        "is_chosen": role == aspired_role(person_id=reader.pk, on=today),
        "conditions": conditions_met(person_id=reader.pk, role=role, on=today),
        "may_write": written_roles(actor=reader, on=today).filter(pk=role.pk).exists(),
    }
    return render(request, "pathways/role_show.html", context)


@require_POST
def role_choose(request: SignedInRequest, pk: int) -> HttpResponse:
    roles = RoleProfile.objects.visible_to(request.user, on=timezone.localdate())
    role = get_object_or_404(roles, pk=pk)
    try:
        choose_role(person=request.user, role_profile=role, by=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return redirect("pathways:role_show", pk=role.pk)
    chosen = _("You are working towards %(role)s.") % {"role": role.title}
    messages.success(request, chosen)
    return redirect("pathways:gap_mine")


@require_POST
def role_leave(request: SignedInRequest) -> HttpResponse:
    choose_role(person=request.user, role_profile=None, by=request.user, now=timezone.now())
    messages.success(request, _("You are no longer working towards another role."))
    return redirect("pathways:gap_mine")
