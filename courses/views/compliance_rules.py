"""What an organisation asks for in mandatory training, and how long it counts there."""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from accounts.models import Organisation
from common.errors import Conflict, Forbidden
from common.forms import form_status
from common.navigation import page_of
from courses.forms.compliance_rules import AskForm, PeriodForm, RenewalForm
from courses.forms.mandates import MandateForm
from courses.models import Mandate, Subject, SubjectRequirement
from courses.selectors.compliance_rules import (
    levels_to_ask,
    organisations_ruled,
    training_rules,
)
from courses.selectors.mandates import mandates_of
from courses.selectors.offerings import named, programmes_to_offer
from courses.services.compliance_rules import (
    end_requirement,
    require_training,
    set_refresh_period,
    set_renewal_rule,
)
from courses.services.mandates import end_mandate, make_mandatory
from pathways.models import RoleProfile

RuleForm = AskForm | PeriodForm | RenewalForm | MandateForm


@dataclass(frozen=True, slots=True)
class RuleForms:
    """``sent`` is the one that was posted."""

    ask: AskForm
    period: PeriodForm
    renewal: RenewalForm
    mandate: MandateForm
    sent: RuleForm | None


@require_http_methods(["GET", "HEAD", "POST"])
def training_rules_page(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    organisations = organisations_ruled(actor=request.user, on=today)
    organisation = chosen_organisation(request, list(organisations))
    forms = _forms(request)
    if request.method == "POST" and (said := _change(request, organisation, forms)):
        messages.success(request, said)
        chosen = {"organisation": organisation.pk}
        return redirect(reverse("courses:training_rules", query=chosen))
    context = {
        "organisations": organisations,
        "rules": training_rules(organisation, actor=request.user, on=today),
        "mandates": page_of(request, mandates_of(organisation, actor=request.user, on=today)),
        "forms": forms,
    }
    status = form_status(forms.sent) if forms.sent else 200
    return render(request, "courses/training_rules.html", context, status=status)


def chosen_organisation(
    request: SignedInRequest, organisations: list[Organisation]
) -> Organisation:
    """The one that is asked for, else the first whose rules the reader may set."""
    if not organisations:
        raise Forbidden(
            _("Only learning leads and HR administrators see the rules of an organisation."),
            code="may_not_set_training_rules",
        )
    asked = request.GET.get("organisation", "")
    if not asked:
        return organisations[0]
    found = [one for one in organisations if str(one.pk) == asked]
    if not found:
        raise Http404
    return found[0]


def _forms(request: SignedInRequest) -> RuleForms:
    today, step = timezone.localdate(), request.POST.get("step", "")
    levels = levels_to_ask(request.user, on=today)
    roles = RoleProfile.objects.visible_to(request.user, on=today).order_by("title", "pk")
    subjects = Subject.objects.visible_to(request.user, on=today).order_by("title", "pk")
    is_asking = request.method == "POST" and step not in _OTHERS
    ask = AskForm(request.POST if is_asking else None, levels=levels, roles=roles)
    period = PeriodForm(request.POST if step == "refresh" else None, levels=levels)
    renewal = RenewalForm(request.POST if step == "renewal" else None, subjects=subjects)
    mandate = _mandate_form(request, roles, on=today)
    sent = next((one for one in (ask, period, renewal, mandate) if one.is_bound), None)
    return RuleForms(ask, period, renewal, mandate, sent)


_OTHERS = {"refresh", "renewal", "end", "mandate", "end_mandate"}


def _mandate_form(
    request: SignedInRequest, roles: QuerySet[RoleProfile], *, on: date
) -> MandateForm:
    """Begun with the programme from whose page somebody comes."""
    programmes = programmes_to_offer(request.user, on=on)
    from_page = programmes.filter(pk=number_of(request.GET.get("programme", ""))).first()
    return MandateForm(
        request.POST if request.POST.get("step") == "mandate" else None,
        initial={"programme": named(from_page)} if from_page else None,
        programmes=programmes,
        roles=roles,
    )


def _change(request: SignedInRequest, organisation: Organisation, forms: RuleForms) -> str:
    """Carry out what was sent, and say what came of it; "" when something has to be put right."""
    if request.POST.get("step") == "end":
        end_requirement(requirement=_requirement(request), by=request.user, now=timezone.now())
        return _("It is not asked for any more from today.")
    if request.POST.get("step") == "end_mandate":
        end_mandate(mandate=_mandate(request), by=request.user, now=timezone.now())
        return _("It is not mandatory any more from today.")
    if forms.sent is None or not forms.sent.is_valid():
        return ""
    try:
        return _carry_out(request, organisation, forms.sent)
    except Conflict as refusal:
        forms.sent.add_error(None, refusal.message)
        return ""


def _carry_out(
    request: SignedInRequest,
    organisation: Organisation,
    form: RuleForm,
) -> str:
    by, now = request.user, timezone.now()
    if isinstance(form, AskForm):
        require_training(organisation=organisation, wanted=form.asking, by=by, now=now)
        return _("It is asked for. People see it on their page of mandatory training.")
    if isinstance(form, MandateForm):
        make_mandatory(organisation=organisation, wanted=form.wanted(), by=by, now=now)
        return _("It is mandatory. People find it marked in the catalogue.")
    if isinstance(form, PeriodForm):
        set_refresh_period(organisation=organisation, wanted=form.period, by=by, now=now)
        return _("The period is set. What was issued before stays, unless you said otherwise.")
    set_renewal_rule(organisation=organisation, wanted=form.renewing(), by=by, now=now)
    return _("The rule about renewing is set.")


def _requirement(request: SignedInRequest) -> SubjectRequirement:
    rows = SubjectRequirement.objects.visible_to(request.user, on=timezone.localdate())
    return get_object_or_404(rows, pk=number_of(request.POST.get("requirement", "")))


def _mandate(request: SignedInRequest) -> Mandate:
    rows = Mandate.objects.visible_to(request.user, on=timezone.localdate())
    return get_object_or_404(rows, pk=number_of(request.POST.get("mandate", "")))


def number_of(typed: str) -> int:
    """What names a row; nothing does for anything else."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0
