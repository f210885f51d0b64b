"""Assessors: who may confirm whose levels, appointing somebody, and ending it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.models import Person
from accounts.second_factor import fresh_second_factor
from common.errors import DomainError, Forbidden
from common.forms import form_status
from common.navigation import page_of
from pathways.forms.assessors import AssessorForm
from pathways.models import AssessorAppointment
from pathways.selectors.assessors import (
    appointments_seen,
    appoints_in,
    assessors_of,
    with_who_may_end,
)
from pathways.services.assessors import appoint_assessor, end_assessor, may_end_now


@require_safe
def assessor_list(request: SignedInRequest) -> HttpResponse:
    reader, today = request.user, timezone.localdate()
    page = page_of(request, appointments_seen(reader=reader, on=today))
    context = {
        "page": page,
        "rows": with_who_may_end(page, reader=reader, on=today),
        "mine": assessors_of(person=reader, on=today),
        "may_appoint": appoints_in(reader, on=today).exists(),
        "today": today,
    }
    return render(request, "pathways/assessor_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_second_factor
def assessor_appoint(request: SignedInRequest) -> HttpResponse:
    reader, today = request.user, timezone.localdate()
    if not appoints_in(reader, on=today).exists():
        raise Forbidden(
            _("Only line managers and learning leads appoint assessors."),
            code="may_not_appoint_assessor",
        )
    form = AssessorForm(request.POST if request.method == "POST" else None, reader=reader, on=today)
    if request.method == "POST" and form.is_valid() and _appoint(form, by=reader):
        names = {"person": form.cleaned_data["assessor"].full_name}
        messages.success(request, _("%(person)s is an assessor now, and has been told.") % names)
        return redirect("pathways:assessor_list")
    context = {"form": form}
    return render(request, "pathways/assessor_appoint.html", context, status=form_status(form))


def _appoint(form: AssessorForm, *, by: Person) -> bool:
    sent, now = form.cleaned_data, timezone.now()
    try:
        appoint_assessor(
            assessor=sent["assessor"], scope=form.scope, days=form.days, by=by, now=now
        )
    except DomainError as refusal:
        form.add_error(None, refusal.message)
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_second_factor
def assessor_end(request: SignedInRequest, pk: int) -> HttpResponse:
    reader, today = request.user, timezone.localdate()
    rows = AssessorAppointment.objects.visible_to(reader, on=today).from_day_on(today)
    named = ("assessor", "subject", "organisation", "framework")
    held = get_object_or_404(rows.select_related(*named), pk=pk)
    if not may_end_now(held, by=reader, on=today):
        raise Forbidden(
            _("Only whoever may appoint assessors here, or the assessor, can end this."),
            code="may_not_end_assessor",
        )
    if request.method == "POST":
        name = {"person": held.assessor.full_name}
        end_assessor(appointment=held, by=reader, now=timezone.now())
        messages.success(request, _("%(person)s is no assessor here any more.") % name)
        return redirect("pathways:assessor_list")
    return render(request, "pathways/assessor_end.html", {"held": held})
