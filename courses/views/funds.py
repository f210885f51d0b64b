"""Funds: the list, one fund with what was committed of it, a new one, and the rules of paying."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.models import Person
from accounts.selectors.relations import roles_at
from accounts.visibility import standing
from common.errors import Conflict, DomainError, Forbidden
from common.forms import form_status
from common.http.attachments import attachment
from common.navigation import page_of
from courses.forms.money import BudgetForm, FundForm, MoneyRuleForm
from courses.models import SEES_MONEY, Fund
from courses.policies.funds import may_keep_funds
from courses.selectors.exports import FORMATS, export_file
from courses.selectors.funds import (
    commitment_table,
    commitments_of,
    fund_chart,
    funds_read_by,
    keeps_money_in,
    kinds_in_words,
    rules_read_by,
    told_commitments,
)
from courses.services.funds import change_budget, open_fund, set_money_rule


def shown_to(request: HttpRequest) -> bool:
    """Whether the menu leads here: by a role, which signing in has already read. Who holds a
    budget or has an allowance comes from the page of courses."""
    person = request.user
    place = standing(person, on=timezone.localdate()) if isinstance(person, Person) else None
    return place is not None and place.holds(*SEES_MONEY)


@require_safe
def fund_list(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    all_years = request.GET.get("years") == "all"
    context = {
        "page": page_of(request, funds_read_by(request.user, on=today, all_years=all_years)),
        "all_years": all_years,
        "may_keep": keeps_money_in(request.user, on=today).exists(),
    }
    return render(request, "courses/fund_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def fund_add(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    organisations = keeps_money_in(request.user, on=today)
    _refuse_unless_any(organisations.exists())
    form = FundForm(
        request.POST or None, organisations=organisations, reader=request.user, on=today
    )
    if request.method == "POST" and form.is_valid():
        try:
            fund = open_fund(
                organisation=form.cleaned_data["organisation"],
                plan=form.plan(),
                by=request.user,
                now=timezone.now(),
            )
        except DomainError as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The fund is set up."))
            return redirect("courses:fund_show", fund.pk)
    return render(request, "courses/fund_add.html", {"form": form}, status=form_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def fund_show(request: SignedInRequest, pk: int) -> HttpResponse:
    fund = _fund(request, pk)
    if request.GET.get("format") in FORMATS:
        return _file(request, fund, kind=request.GET["format"])
    form = BudgetForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _change(request, fund, form):
        return redirect("courses:fund_show", fund.pk)
    today = timezone.localdate()
    page = page_of(request, commitments_of(fund))
    context = {
        "fund": fund,
        "chart": fund_chart(fund),
        "page": page,
        "rows": told_commitments(page.object_list, actor=request.user, on=today),
        "form": form,
        "may_keep": may_keep_funds(roles_at(request.user, fund.organisation_id, on=today)),
    }
    return render(request, "courses/fund_show.html", context, status=form_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def money_rules(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    organisations = keeps_money_in(request.user, on=today)
    form = MoneyRuleForm(request.POST or None, organisations=organisations, on=today)
    if request.method == "POST":
        _refuse_unless_any(organisations.exists())
        if form.is_valid() and _set_rule(request, form):
            return redirect("courses:money_rules")
    page = page_of(request, rules_read_by(request.user, on=today))
    context = {
        "page": page,
        "rows": [(rule, kinds_in_words(rule.kinds)) for rule in page.object_list],
        "form": form,
        "may_keep": organisations.exists(),
        "today": today,
    }
    return render(request, "courses/money_rules.html", context, status=form_status(form))


def _fund(request: SignedInRequest, pk: int) -> Fund:
    funds = Fund.objects.visible_to(request.user, on=timezone.localdate())
    related = funds.with_owed().select_related("organisation", "holder", "person")
    return get_object_or_404(related.prefetch_related("programmes"), pk=pk)


def _file(request: SignedInRequest, fund: Fund, *, kind: str) -> HttpResponse:
    today = timezone.localdate()
    rows = told_commitments(commitments_of(fund), actor=request.user, on=today)
    file = export_file(commitment_table(fund, rows), kind=kind)
    return attachment(file.content, name=file.name, content_type=file.content_type)


def _change(request: SignedInRequest, fund: Fund, form: BudgetForm) -> bool:
    amount = form.cleaned_data["amount"]
    try:
        change_budget(fund=fund, amount_pence=amount, by=request.user, now=timezone.now())
    except Conflict as refusal:
        form.add_error("amount", refusal.message)
        return False
    messages.success(request, _("The budget is changed."))
    return True


def _set_rule(request: SignedInRequest, form: MoneyRuleForm) -> bool:
    organisation = form.cleaned_data["organisation"]
    try:
        set_money_rule(
            organisation=organisation, plan=form.plan(), by=request.user, now=timezone.now()
        )
    except Conflict as refusal:
        form.add_error("starts_on", refusal.message)
        return False
    messages.success(request, _("The rule is set."))
    return True


def _refuse_unless_any(keeps: bool) -> None:
    if not keeps:
        raise Forbidden(_("Only learning leads keep funds."), code="may_not_keep_funds")
