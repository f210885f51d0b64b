"""Writing role profiles: the list, a draft, its particulars, use, withdrawal and successors."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from common.errors import DomainError, Forbidden
from common.forms import NHSForm, form_status
from common.navigation import page_of
from pathways.forms.role_profiles import (
    RoleDraftForm,
    RoleParticularsForm,
    SuccessorForm,
    WithdrawForm,
)
from pathways.models import RoleProfile
from pathways.selectors.role_page import role_to_write
from pathways.selectors.role_writing import (
    editions_to_measure_by,
    national_frameworks,
    owners_of_new,
    replacements_for,
    written_roles,
)
from pathways.services.role_editions import draft_successor, succeed_members
from pathways.services.role_profiles import (
    describe_role,
    discard_role,
    draft_role,
    publish_role,
    withdraw_role,
)

FORM = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def role_writing(request: SignedInRequest) -> HttpResponse:
    today, words = timezone.localdate(), request.GET.get("words", "")[:100]
    roles = written_roles(actor=request.user, on=today, words=words)
    context = {"page": page_of(request, roles), "words": words}
    return render(request, "pathways/role_writing.html", context)


@FORM
def role_draft(request: SignedInRequest) -> HttpResponse:
    form = _draft_form(request)
    if form.is_valid() and (role := tried(form, lambda: _draft(request, form))):
        messages.success(request, _("Now say which levels the role asks for."))
        return redirect("pathways:role_write", pk=role.pk)
    return answered(request, "pathways/role_draft.html", form, {})


def _draft_form(request: SignedInRequest) -> RoleDraftForm:
    author, today = request.user, timezone.localdate()
    owners = owners_of_new(actor=author, on=today)
    national = national_frameworks(actor=author, on=today)
    if not owners and not national:
        raise Forbidden(_("Only framework authors write role profiles."), code="may_not_write_role")
    editions = editions_to_measure_by(actor=author, on=today)
    sent = request.POST if request.method == "POST" else None
    return RoleDraftForm(sent, owners=owners, editions=editions, national=national)


def _draft(request: SignedInRequest, form: RoleDraftForm) -> RoleProfile:
    return draft_role(
        code=form.cleaned_data["code"],
        particulars=form.particulars(),
        version=form.chosen_version,
        owner=form.chosen_owner,
        is_family=form.cleaned_data["is_family"],
        by=request.user,
        now=timezone.now(),
    )


@require_safe
def role_write(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everything about one profile, with what may be done to it."""
    role = written(request, pk)
    context = {"role": role, "page": role_to_write(role=role)}
    return render(request, "pathways/role_write.html", context)


@FORM
def role_describe(request: SignedInRequest, pk: int) -> HttpResponse:
    role = written(request, pk)
    names = RoleParticularsForm.base_fields
    given = {name: getattr(role, name) for name in names}
    form = RoleParticularsForm(request.POST if request.method == "POST" else None, initial=given)
    if form.is_valid() and tried(form, lambda: _describe(request, role, form)):
        return redirect("pathways:role_write", pk=role.pk)
    return answered(request, "pathways/role_describe.html", form, {"role": role})


def _describe(request: SignedInRequest, role: RoleProfile, form: RoleParticularsForm) -> Any:
    now = timezone.now()
    return describe_role(role=role, particulars=form.particulars(), by=request.user, now=now)


@require_POST
def role_publish(request: SignedInRequest, pk: int) -> HttpResponse:
    role = written(request, pk)
    if done := told(request, lambda: publish_role(role=role, by=request.user, now=timezone.now())):
        messages.success(request, _("%(role)s is in use from today.") % {"role": done.title})
    return redirect("pathways:role_write", pk=role.pk)


@require_POST
def role_discard(request: SignedInRequest, pk: int) -> HttpResponse:
    role = written(request, pk)
    try:
        discard_role(role=role, by=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return redirect("pathways:role_write", pk=role.pk)
    messages.success(request, _("The draft of %(role)s is gone.") % {"role": role.title})
    return redirect("pathways:role_writing")


@FORM
def role_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    role = written(request, pk)
    roles = replacements_for(role=role, actor=request.user, on=timezone.localdate())
    form = WithdrawForm(request.POST if request.method == "POST" else None, roles=roles)
    if form.is_valid() and tried(form, lambda: _withdraw(request, role, form), "replacement"):
        messages.success(request, _("%(role)s is no longer in use.") % {"role": role.title})
        return redirect("pathways:role_write", pk=role.pk)
    return answered(request, "pathways/role_withdraw.html", form, {"role": role})


def _withdraw(request: SignedInRequest, role: RoleProfile, form: WithdrawForm) -> Any:
    replacement, now = form.cleaned_data["replacement"], timezone.now()
    return withdraw_role(role=role, replacement=replacement, by=request.user, now=now)


@FORM
def role_succeed(request: SignedInRequest, pk: int) -> HttpResponse:
    """Begin the successor of a profile in use, perhaps by another edition of its framework."""
    role = written(request, pk)
    editions = editions_to_measure_by(actor=request.user, on=timezone.localdate())
    sent = request.POST if request.method == "POST" else None
    form = SuccessorForm(sent, role=role, editions=editions)
    if form.is_valid() and (draft := tried(form, lambda: _succeed(request, role, form), "version")):
        return redirect("pathways:role_write", pk=draft.pk)
    return answered(request, "pathways/role_succeed.html", form, {"role": role})


def _succeed(request: SignedInRequest, role: RoleProfile, form: SuccessorForm) -> RoleProfile:
    now = timezone.now()
    return draft_successor(role=role, version=form.chosen_version, by=request.user, now=now)


@require_POST
def role_bring(request: SignedInRequest, pk: int) -> HttpResponse:
    """Bring what a family asks for now to its members in use, and tell what came of each."""
    family, now = written(request, pk), timezone.now()
    brought = told(request, lambda: succeed_members(family=family, by=request.user, now=now)) or []
    if titles := ", ".join(one.member.title for one in brought if one.successor):
        said = _("These roles have a successor now: %(roles)s") % {"roles": titles}
        messages.success(request, said)
    for one in brought:
        if one.refusal:
            why = {"role": one.member.title, "why": one.refusal}
            messages.error(request, _("%(role)s: %(why)s") % why)
    return redirect("pathways:role_write", pk=family.pk)


def written(request: SignedInRequest, pk: int) -> RoleProfile:
    """The profile of the address, if the reader writes it; else it is not there."""
    return get_object_or_404(written_roles(actor=request.user, on=timezone.localdate()), pk=pk)


def answered(
    request: HttpRequest, template: str, form: NHSForm, context: dict[str, Any]
) -> HttpResponse:
    """The page of ``form``: 422 when something on it has to be put right."""
    return render(request, template, {"form": form, **context}, status=form_status(form))


def tried(form: NHSForm, act: Callable[[], Any], field: str | None = None) -> Any:
    """What ``act`` returns; a refusal is written on the form, with what was typed still there."""
    try:
        return act()
    except DomainError as refusal:
        form.add_error(_field_of(refusal, form) or field, refusal.message)
        return None


def _field_of(refusal: DomainError, form: NHSForm) -> str | None:
    named = {"code_taken": "code", "edition_not_in_use": "version"}.get(refusal.code)
    return named if named in form.fields else None


def told(request: HttpRequest, act: Callable[[], Any]) -> Any:
    """What ``act`` returns; a refusal is told on the page that follows."""
    try:
        return act()
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return None
