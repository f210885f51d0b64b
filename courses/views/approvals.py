"""Requests that wait for a line manager, or for the learning lead of people without one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.models import Person
from common.forms import form_status
from common.navigation import page_of
from courses.forms import DecisionForm
from courses.models import Enrolment, RefusalReason
from courses.selectors.deciders import requests_to_decide
from courses.services.enrolment import approve, refuse, refuse_unless_may_decide


@require_safe
def approval_list(request: SignedInRequest) -> HttpResponse:
    page = page_of(request, requests_to_decide(request.user, on=timezone.localdate()))
    return render(request, "courses/approval_list.html", {"page": page})


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
    context = {"enrolment": enrolment, "session": enrolment.session, "form": form}
    return render(request, "courses/approval_decide.html", context, status=form_status(form))


def _decide(enrolment: Enrolment, form: DecisionForm, *, by: Person) -> str:
    """Carry the decision out, and say what came of it."""
    given, now = form.cleaned_data, timezone.now()
    person = {"person": enrolment.person.full_name}
    if given["decision"] == "REFUSE":
        reason = RefusalReason(given["reason"])
        refuse(enrolment=enrolment, reason=reason, text=given["text"], by=by, now=now)
        return _("You refused the request of %(person)s. They are told why.") % person
    approved = approve(enrolment=enrolment, by=by, now=now)
    if approved.state == "WAITING":
        return _("You approved it. %(person)s is on the waiting list of a full session.") % person
    return _("You approved it. %(person)s has a place.") % person
