"""What a role asks for: levels by domain, its family, and conditions in groups."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.http import SignedInRequest
from pathways.forms.role_demands import AskForm, ConditionForm, GroupForm
from pathways.forms.role_profiles import FamilyForm
from pathways.models import RequirementGroup, RoleCondition, RoleProfile
from pathways.selectors.role_writing import (
    asked_in_domain,
    domains_to_ask,
    families_for,
    written_conditions,
    written_groups,
)
from pathways.services.role_conditions import (
    add_condition,
    add_group,
    change_condition,
    change_group,
    remove_condition,
    remove_group,
)
from pathways.services.role_requirements import ask_for, follow_family, take_family_level
from pathways.views.role_writing import FORM, answered, told, tried, written


@FORM
def role_ask(request: SignedInRequest, pk: int, domain_pk: int) -> HttpResponse:
    """The levels of one domain, all on one page."""
    role = written(request, pk)
    domains = {domain.pk: domain for domain in domains_to_ask(role=role)}
    domain = domains.get(domain_pk) or get_object_or_404(role.version.domains, pk=domain_pk)
    rows = asked_in_domain(role=role, domain=domain)
    form = AskForm(request.POST if request.method == "POST" else None, rows=rows)
    if form.is_valid() and tried(form, lambda: _ask(request, role, form)):
        messages.success(request, _("What the role asks for has been saved."))
        return redirect("pathways:role_write", pk=role.pk)
    context = {"role": role, "domain": domain, "rows": rows}
    return answered(request, "pathways/role_ask.html", form, context)


def _ask(request: SignedInRequest, role: RoleProfile, form: AskForm) -> bool:
    ask_for(role=role, levels=form.levels(), by=request.user, now=timezone.now())
    return True


@FORM
def role_family(request: SignedInRequest, pk: int) -> HttpResponse:
    role = written(request, pk)
    families = families_for(role=role)
    sent = request.POST if request.method == "POST" else None
    form = FamilyForm(sent, role=role, families=families)
    if form.is_valid() and tried(form, lambda: _follow(request, role, form), "family"):
        return redirect("pathways:role_write", pk=role.pk)
    return answered(request, "pathways/role_family.html", form, {"role": role})


def _follow(request: SignedInRequest, role: RoleProfile, form: FamilyForm) -> bool:
    follow_family(role=role, family=form.chosen, by=request.user, now=timezone.now())
    return True


@require_POST
def role_take_level(request: SignedInRequest, pk: int, competency_pk: int) -> HttpResponse:
    role = written(request, pk)
    asked = role.requirements.select_related("competency")
    row = get_object_or_404(asked, competency=competency_pk)
    told(
        request,
        lambda: take_family_level(
            role=role, competency=row.competency, by=request.user, now=timezone.now()
        ),
    )
    return redirect("pathways:role_write", pk=role.pk)


@FORM
def group_add(request: SignedInRequest, pk: int) -> HttpResponse:
    role = written(request, pk)
    return _group_page(request, role, add_to=None)


@FORM
def group_add_inside(request: SignedInRequest, pk: int) -> HttpResponse:
    outer = _group(request, pk)
    return _group_page(request, outer.role_profile, add_to=outer)


def _group_page(
    request: SignedInRequest, role: RoleProfile, *, add_to: RequirementGroup | None
) -> HttpResponse:
    form = GroupForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and tried(form, lambda: _add_group(request, role, add_to, form)):
        return redirect("pathways:role_write", pk=role.pk)
    return answered(request, "pathways/role_group.html", form, {"role": role, "outer": add_to})


def _add_group(
    request: SignedInRequest, role: RoleProfile, outer: RequirementGroup | None, form: GroupForm
) -> RequirementGroup:
    given: dict[str, Any] = {
        "particulars": form.particulars(),
        "by": request.user,
        "now": timezone.now(),
    }
    return add_group(role=role, parent=outer, **given)


@FORM
def group_change(request: SignedInRequest, pk: int) -> HttpResponse:
    group = _group(request, pk)
    sent = request.POST if request.method == "POST" else None
    form = GroupForm(sent, group=group)
    if form.is_valid() and tried(form, lambda: _change_group(request, group, form)):
        return redirect("pathways:role_write", pk=group.role_profile_id)
    context = {"role": group.role_profile, "group": group}
    return answered(request, "pathways/role_group.html", form, context)


def _change_group(request: SignedInRequest, group: RequirementGroup, form: GroupForm) -> bool:
    given: dict[str, Any] = {
        "particulars": form.particulars(),
        "by": request.user,
        "now": timezone.now(),
    }
    change_group(group=group, **given)
    return True


@require_POST
def group_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    group = _group(request, pk)
    told(request, lambda: remove_group(group=group, by=request.user, now=timezone.now()))
    return redirect("pathways:role_write", pk=group.role_profile_id)


@FORM
def condition_add(request: SignedInRequest, pk: int) -> HttpResponse:
    group = _group(request, pk)
    form = ConditionForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and tried(form, lambda: _add_condition(request, group, form)):
        return redirect("pathways:role_write", pk=group.role_profile_id)
    return answered(request, "pathways/role_condition.html", form, {"role": group.role_profile})


def _add_condition(
    request: SignedInRequest, group: RequirementGroup, form: ConditionForm
) -> RoleCondition:
    given: dict[str, Any] = {
        "particulars": form.particulars(),
        "by": request.user,
        "now": timezone.now(),
    }
    return add_condition(group=group, **given)


@FORM
def condition_change(request: SignedInRequest, pk: int) -> HttpResponse:
    row = _condition(request, pk)
    sent = request.POST if request.method == "POST" else None
    form = ConditionForm(sent, condition=row)
    if form.is_valid() and tried(form, lambda: _change_condition(request, row, form)):
        return redirect("pathways:role_write", pk=row.group.role_profile_id)
    context = {"role": row.group.role_profile, "condition": row}
    return answered(request, "pathways/role_condition.html", form, context)


def _change_condition(request: SignedInRequest, row: RoleCondition, form: ConditionForm) -> bool:
    given: dict[str, Any] = {"by": request.user, "now": timezone.now()}
    change_condition(condition=row, particulars=form.particulars(), **given)
    return True


@require_POST
def condition_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    row = _condition(request, pk)
    told(request, lambda: remove_condition(condition=row, by=request.user, now=timezone.now()))
    return redirect("pathways:role_write", pk=row.group.role_profile_id)


def _group(request: SignedInRequest, pk: int) -> RequirementGroup:
    return get_object_or_404(written_groups(actor=request.user, on=timezone.localdate()), pk=pk)


def _condition(request: SignedInRequest, pk: int) -> RoleCondition:
    rows = written_conditions(actor=request.user, on=timezone.localdate())
    return get_object_or_404(rows, pk=pk)
