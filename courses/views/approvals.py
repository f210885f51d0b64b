"""Requests that wait for somebody's answer, and by which rule an organisation decides them."""

from django.contrib import messages
from django.core.paginator import Page
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from accounts.models import Organisation, Person
from common.errors import Conflict, Forbidden
from common.forms import form_status
from common.navigation import page_of
from courses.forms.approvals import DecisionForm, OrganisationForm, RuleForm, TogetherForm
from courses.models import Enrolment, RefusalReason
from courses.selectors.approval_page import request_status
from courses.selectors.approval_rules import organisations_whose_rule_is_kept, rule_for, rules_of
from courses.selectors.deciders import requests_to_decide
from courses.selectors.refusals import contests_to_answer
from courses.services.approval_rules import set_rule
from courses.services.approvals import Because, refuse_unless_may_decide
from courses.services.deciding_together import Outcome, decide_together
from courses.services.enrolment import approve, refuse

_MOST_CONTESTS = 50


@require_http_methods(["GET", "HEAD", "POST"])
def approval_list(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    page: Page[Enrolment] = page_of(request, requests_to_decide(request.user, on=today))
    form = TogetherForm(request.POST or None, enrolments=page.object_list)
    if request.method == "POST" and form.is_valid():
        chosen = [row for row in page.object_list if row.pk in form.ticked()]
        for outcome in decide_together(
            enrolments=chosen, because=_because(form), by=request.user, now=timezone.now()
        ):
            _tell_outcome(request, outcome)
        return redirect("courses:approval_list")
    context = {
        "page": page,
        "form": form,
        "contests": contests_to_answer(request.user, on=today)[:_MOST_CONTESTS],
        "keeps_rules": organisations_whose_rule_is_kept(request.user, on=today).exists(),
    }
    return render(request, "courses/approval_list.html", context, status=form_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def approval_decide(request: SignedInRequest, pk: int) -> HttpResponse:
    today = timezone.localdate()
    enrolments = Enrolment.objects.visible_to(request.user, on=today).exclude(person=request.user)
    enrolment = get_object_or_404(
        enrolments.select_related("person", "organisation", "session__offering__programme"), pk=pk
    )
    refuse_unless_may_decide(enrolment, by=request.user, now=timezone.now())
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        messages.success(request, _decide(enrolment, form, by=request.user))
        return redirect("courses:approval_list")
    context = {
        "enrolment": enrolment,
        "session": enrolment.session,
        "status": request_status(enrolment),
        "form": form,
    }
    return render(request, "courses/approval_decide.html", context, status=form_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def approval_rule(request: SignedInRequest) -> HttpResponse:
    """How requests are decided in one of the organisations whose rule the reader keeps."""
    today = timezone.localdate()
    organisation, choice = _organisation(request)
    rule = rule_for(organisation.pk, on=today)
    form = RuleForm(request.POST or None, initial=RuleForm.as_typed(rule, today=today), today=today)
    if request.method == "POST" and form.is_valid():
        try:
            _write_rule(request, organisation, form)
        except Conflict as refusal:
            form.add_error("starts_on", refusal.message)
        else:
            messages.success(request, _("The rule is written. It holds from its first day on."))
            chosen = {"organisation": organisation.pk}
            return redirect(reverse("courses:approval_rule", query=chosen))
    context = {
        "organisation": organisation,
        "choice": choice,
        "rule": rule,
        "page": page_of(request, rules_of(organisation, actor=request.user, on=today)),
        "form": form,
    }
    return render(request, "courses/approval_rule.html", context, status=form_status(form))


def _organisation(request: SignedInRequest) -> tuple[Organisation, OrganisationForm]:
    """The organisation that the address names, else the first; and the form to choose another."""
    kept = organisations_whose_rule_is_kept(request.user, on=timezone.localdate())
    choice = OrganisationForm(request.GET or None, organisations=kept)
    first = kept.first()
    if first is None:
        raise Forbidden(
            _("Only learning leads and administrators say how requests are decided."),
            code="may_not_keep_rule",
        )
    named = choice.cleaned_data["organisation"] if choice.is_bound and choice.is_valid() else None
    organisation = named or first
    return organisation, OrganisationForm(
        initial={"organisation": organisation}, organisations=kept
    )


def _write_rule(request: SignedInRequest, organisation: Organisation, form: RuleForm) -> None:
    set_rule(
        organisation=organisation,
        terms=form.terms(),
        starts_on=form.cleaned_data["starts_on"],
        by=request.user,
        now=timezone.now(),
    )


def _because(form: DecisionForm) -> Because | None:
    """The reason of a refusal; None for an approval."""
    given = form.cleaned_data
    if given["decision"] == "APPROVE":
        return None
    return Because(RefusalReason(given["reason"]), given["text"])


def _decide(enrolment: Enrolment, form: DecisionForm, *, by: Person) -> str:
    """Carry the decision out, and say what came of it."""
    because, now = _because(form), timezone.now()
    if because is None:
        return _came_to(approve(enrolment=enrolment, by=by, now=now))
    reason, text = because.reason, because.text
    return _came_to(refuse(enrolment=enrolment, reason=reason, text=text, by=by, now=now))


def _tell_outcome(request: SignedInRequest, outcome: Outcome) -> None:
    if outcome.refusal:
        words = {"person": outcome.enrolment.person.full_name, "why": outcome.refusal}
        messages.error(request, _("Nothing changed for %(person)s: %(why)s") % words)
        return
    messages.success(request, _came_to(outcome.enrolment))


def _came_to(enrolment: Enrolment) -> str:
    sentences = {
        "REFUSED": _("You refused the request of %(person)s. They are told why."),
        "WAITING": _("You approved it. %(person)s is on the waiting list of a full session."),
        "REQUESTED": _("You approved it. %(person)s waits for the second approval now."),
        "CONFIRMED": _("You approved it. %(person)s has a place."),
    }
    return sentences[enrolment.state] % {"person": enrolment.person.full_name}
