"""Pages of the training record: one's own, somebody else's, and a course taken elsewhere."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.models import Person
from common.errors import Conflict
from common.forms import form_status
from courses.forms.external_learning import ExternalLearningForm
from courses.selectors.tables import CSV, XLSX
from courses.selectors.training_records import record_file, training_record
from courses.services.external_learning import record_external_learning
from courses.views.rosters import file_response
from pathways.selectors.assessors import assessors_of
from pathways.selectors.evidence import evidence_of
from pathways.selectors.prior_learning import claimable

LINES_ON_A_PAGE = 50


@require_safe
def training_record_mine(request: SignedInRequest) -> HttpResponse:
    return _record(request, request.user)


@require_safe
def training_record_of(request: SignedInRequest, pk: int) -> HttpResponse:
    people = Person.objects.visible_to(request.user, on=timezone.localdate())
    return _record(request, get_object_or_404(people, pk=pk))


@require_http_methods(["GET", "HEAD", "POST"])
def external_learning_add(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    form = ExternalLearningForm(
        request.POST if request.method == "POST" else None,
        claimable=claimable(person=request.user, on=today),
        assessors=assessors_of(person=request.user, on=today),
        evidence=evidence_of(person=request.user),
        today=today,
    )
    if form.is_valid() and _recorded(request, form):
        messages.success(request, _("The course is on your record. Whoever checks it is told."))
        return redirect("courses:training_record_mine")
    context = {"form": form}
    return render(request, "courses/external_learning_add.html", context, status=form_status(form))


def _record(request: SignedInRequest, person: Person) -> HttpResponse:
    """With ``?format=csv`` or ``xlsx`` as a file."""
    entries = training_record(person, actor=request.user, on=timezone.localdate())
    kind = request.GET.get("format", "")
    if kind in (CSV, XLSX):
        return file_response(record_file(person, entries, kind=kind))
    page = Paginator(entries, LINES_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"person": person, "is_mine": person == request.user, "page": page}
    return render(request, "courses/training_record.html", context)


def _recorded(request: SignedInRequest, form: ExternalLearningForm) -> bool:
    try:
        record_external_learning(
            person=request.user,
            claimed=form.claimed,
            started_on=form.cleaned_data["started_on"],
            hours=form.cleaned_data["hours"],
            by=request.user,
            now=timezone.now(),
        )
    except Conflict as refusal:
        form.add_error(None, refusal.message)
        return False
    return True
