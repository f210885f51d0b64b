"""How long an organisation keeps records, what holds them, and what is due: for its officers."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.models import LegalHold, Organisation, Person
from accounts.retention_forms import HoldForm, RuleForm
from accounts.rights import RECORD_CLASSES
from accounts.second_factor import fresh_second_factor
from accounts.selectors.retention import audited_by, latest_run, rules_for, run_lines
from accounts.services.letting_go import look
from accounts.services.retention import change_rule, lift_hold, set_hold
from accounts.standing import standing
from common.errors import Conflict
from common.forms import form_status
from common.navigation import page_of


def shown_to(request: HttpRequest) -> bool:
    """The menu names the page for data protection officers; their standing is read already."""
    user = request.user
    return isinstance(user, Person) and standing(user, on=timezone.localdate()).holds("AUDITOR")


def _audited(request: SignedInRequest, pk: int) -> Organisation:
    return get_object_or_404(audited_by(request.user, on=timezone.localdate()), pk=pk)


@require_safe
def retention_list(request: SignedInRequest) -> HttpResponse:
    audited = audited_by(request.user, on=timezone.localdate())
    if not audited.exists():
        raise Http404
    return render(request, "accounts/rights/places.html", {"page": page_of(request, audited)})


@require_safe
def retention_show(request: SignedInRequest, pk: int) -> HttpResponse:
    organisation, today = _audited(request, pk), timezone.localdate()
    holds = LegalHold.objects.visible_to(request.user, on=today).in_force()
    run = latest_run(organisation, request.user, is_dry=True, on=today)
    context = {
        "organisation": organisation,
        "rules": [
            (RECORD_CLASSES[code], rule) for code, rule in rules_for(organisation.pk).items()
        ],
        "holds": holds.filter(organisation=organisation)
        .select_related("person", "set_by")
        .order_by("-set_at", "-pk"),
        "run": run,
        "lines": run_lines(run) if run else [],
    }
    return render(request, "accounts/rights/retention.html", context)


@require_POST
def retention_look(request: SignedInRequest, pk: int) -> HttpResponse:
    look(organisation=_audited(request, pk), by=request.user, now=timezone.now())
    messages.success(request, _("What is due was counted. Nothing was changed."))
    return redirect("accounts:retention_show", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_second_factor
def retention_rule_change(request: SignedInRequest, pk: int, record_class: str) -> HttpResponse:
    organisation = _audited(request, pk)
    rule = rules_for(organisation.pk).get(record_class)
    if rule is None:
        raise Http404
    form = RuleForm.of(rule, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        change_rule(
            organisation=organisation,
            record_class=record_class,
            terms=form.terms(),
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=timezone.now(),
        )
        messages.success(request, _("The rule was changed for your organisation."))
        return redirect("accounts:retention_show", pk=pk)
    context = {"form": form, "organisation": organisation, "what": RECORD_CLASSES[record_class]}
    return render(request, "accounts/rights/rule.html", context, status=form_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_second_factor
def hold_set(request: SignedInRequest, pk: int) -> HttpResponse:
    organisation = _audited(request, pk)
    form = HoldForm.of(organisation, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _holds(request, organisation, form):
        messages.success(request, _("The records are held from now on."))
        return redirect("accounts:retention_show", pk=pk)
    context: dict[str, Any] = {"form": form, "organisation": organisation}
    return render(request, "accounts/rights/hold.html", context, status=form_status(form))


def _holds(request: SignedInRequest, organisation: Organisation, form: HoldForm) -> bool:
    try:
        set_hold(
            organisation=organisation,
            person=form.person,
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=timezone.now(),
        )
    except Conflict as refusal:
        form.add_error("email", refusal.message)
        return False
    return True


@require_POST
@fresh_second_factor
def hold_lift(request: SignedInRequest, pk: int) -> HttpResponse:
    holds = LegalHold.objects.visible_to(request.user, on=timezone.localdate())
    hold = get_object_or_404(holds, pk=pk)
    lift_hold(hold=hold, by=request.user, now=timezone.now())
    messages.success(request, _("The hold was lifted."))
    return redirect("accounts:retention_show", pk=hold.organisation_id)
