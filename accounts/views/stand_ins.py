"""Who stands in for a line manager: the list, naming somebody, ending it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.models import Delegation, Person
from accounts.policies import may_delegate
from accounts.role_forms import StandInForm
from accounts.second_factor import fresh_second_factor
from accounts.selectors.delegations import names_stand_ins_for_others, stand_ins_shown
from accounts.selectors.relations import roles_at
from accounts.services.delegations import delegate, end_delegation
from accounts.visibility import standing
from common.errors import DomainError, Forbidden
from common.forms import form_status
from common.navigation import page_of


@require_safe
def stand_in_list(request: SignedInRequest) -> HttpResponse:
    person, today = request.user, timezone.localdate()
    page = page_of(request, stand_ins_shown(person, on=today))
    context = {
        "page": page,
        "rows": [(handed, _may_end(handed, by=person)) for handed in page],
        "may_name": _may_name(person),
        "today": today,
    }
    return render(request, "accounts/stand_in_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_second_factor
def stand_in_add(request: SignedInRequest) -> HttpResponse:
    person, today = request.user, timezone.localdate()
    if not _may_name(person):
        raise Forbidden(
            _("Only somebody to whom people report can say who stands in."),
            code="may_not_delegate",
        )
    form = StandInForm(request.POST if request.method == "POST" else None, reader=person, on=today)
    if request.method == "POST" and form.is_valid() and _name(form, by=person):
        names = {"person": form.cleaned_data["delegate"].full_name}
        messages.success(request, _("%(person)s stands in, and has been told.") % names)
        return redirect("accounts:stand_in_list")
    context = {"form": form}
    return render(request, "accounts/stand_in_add.html", context, status=form_status(form))


def _name(form: StandInForm, *, by: Person) -> bool:
    sent = form.cleaned_data
    try:
        delegate(
            manager=sent["manager"],
            to=sent["delegate"],
            organisation=sent["organisation"],
            days=form.days,
            by=by,
            now=timezone.now(),
        )
    except DomainError as refusal:
        form.add_error(None, refusal.message)
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_second_factor
def stand_in_end(request: SignedInRequest, pk: int) -> HttpResponse:
    by, today = request.user, timezone.localdate()
    rows = Delegation.objects.visible_to(by, on=today).from_day_on(today)
    handed = get_object_or_404(rows.select_related("manager", "delegate", "organisation"), pk=pk)
    if not _may_end(handed, by=by):
        raise Forbidden(
            _("Only the line manager, or an HR administrator, can end this."),
            code="may_not_delegate",
        )
    if request.method == "POST":
        end_delegation(delegation=handed, by=by, now=timezone.now())
        names = {"person": handed.delegate.full_name}
        messages.success(request, _("%(person)s does not stand in any more.") % names)
        return redirect("accounts:stand_in_list")
    return render(request, "accounts/stand_in_end.html", {"handed": handed})


def _may_end(handed: Delegation, *, by: Person) -> bool:
    """The same rule as the service's, from what the standing knows: no query for each row."""
    return may_delegate(
        {"SELF"} if handed.manager_id == by.pk else set(),
        roles_at(by, handed.organisation_id, on=timezone.localdate()),
        is_to_oneself=handed.delegate_id == by.pk,
    )


def _may_name(person: Person) -> bool:
    today = timezone.localdate()
    return standing(person, on=today).has("LINE_MANAGER") or names_stand_ins_for_others(
        person, on=today
    )
