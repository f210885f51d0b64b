"""Emergency access: opening a record past a denial, reading it, and judging who did."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms import EmergencyForm, EmergencyReviewForm
from accounts.http import SignedInRequest
from accounts.models import EmergencyAccess, Person
from accounts.policies import BREAKS_GLASS, may_review_emergency
from accounts.second_factor import fresh_second_factor
from accounts.selectors.emergency import accesses_known_to
from accounts.selectors.relations import roles_at
from accounts.services.emergency import (
    end_emergency,
    open_in_emergency,
    read_in_emergency,
    review_emergency,
)
from accounts.visibility import standing
from common.errors import Conflict, DomainError, Forbidden
from common.forms import form_status
from common.navigation import page_of


def shown_to(request: HttpRequest) -> bool:
    """The menu leads there who may open a record, and so who reviews it."""
    return isinstance(request.user, Person) and standing(
        request.user, on=timezone.localdate()
    ).holds(*BREAKS_GLASS)


@require_safe
def emergency_list(request: SignedInRequest) -> HttpResponse:
    person, now, today = request.user, timezone.now(), timezone.localdate()
    page = page_of(request, accesses_known_to(person, on=today))
    for access in page.object_list:
        access.is_late = access.is_late_to_review(now=now)  # type: ignore[attr-defined]
    may_open = standing(person, on=today).holds(*BREAKS_GLASS)
    return render(request, "accounts/emergency_list.html", {"page": page, "may_open": may_open})


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_second_factor
def emergency_open(request: SignedInRequest) -> HttpResponse:
    person, today = request.user, timezone.localdate()
    if not standing(person, on=today).holds(*BREAKS_GLASS):
        raise Forbidden(
            _("Only those who answer for an organisation's records can open one like this."),
            code="may_not_open_in_emergency",
        )
    form = EmergencyForm(request.POST if request.method == "POST" else None, by=person, on=today)
    if request.method == "POST" and form.is_valid():
        try:
            access = open_in_emergency(by=person, now=timezone.now(), **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect("accounts:emergency_show", access.pk)
    context = {"form": form}
    return render(request, "accounts/emergency_open.html", context, status=form_status(form))


@require_safe
def emergency_show(request: SignedInRequest, pk: int) -> HttpResponse:
    access, now = _access(request, pk), timezone.now()
    if access.person_id != request.user.pk or not access.is_open(now=now):
        return _about(request, access, EmergencyReviewForm())
    sections = read_in_emergency(access=access, by=request.user, now=now)
    context = {"access": access, "sections": sections}
    return render(request, "accounts/emergency_record.html", context)


@require_POST
def emergency_end(request: SignedInRequest, pk: int) -> HttpResponse:
    end_emergency(access=_access(request, pk), by=request.user, now=timezone.now())
    messages.success(request, _("The record is closed again."))
    return redirect("accounts:emergency_list")


@require_POST
def emergency_review(request: SignedInRequest, pk: int) -> HttpResponse:
    access, form = _access(request, pk), EmergencyReviewForm(request.POST)
    if not form.is_valid():
        return _about(request, access, form)
    try:
        review_emergency(access=access, by=request.user, now=timezone.now(), **form.cleaned_data)
    except Conflict as refusal:
        form.add_error(None, refusal.message)
        return _about(request, access, form)
    messages.success(request, _("Your review is kept."))
    return redirect("accounts:emergency_list")


def _access(request: SignedInRequest, pk: int) -> EmergencyAccess:
    seen = EmergencyAccess.objects.visible_to(request.user, on=timezone.localdate())
    return get_object_or_404(
        seen.select_related("person", "subject", "organisation", "reviewed_by"), pk=pk
    )


def _about(
    request: SignedInRequest, access: EmergencyAccess, form: EmergencyReviewForm
) -> HttpResponse:
    """Who opened what and why, for those who may know; the record itself is not shown."""
    person = request.user
    roles = roles_at(person, access.organisation_id, on=timezone.localdate())
    may_review = access.reviewed_at is None and may_review_emergency(
        roles,
        is_own=access.person_id == person.pk,
        is_about_oneself=access.subject_id == person.pk,
    )
    context = {
        "access": access,
        "form": form,
        "may_review": may_review,
        # What was withheld from the person is for reviewers and for who withheld it.
        "is_subject": access.subject_id == person.pk,
    }
    return render(request, "accounts/emergency_about.html", context, status=form_status(form))
