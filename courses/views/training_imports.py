"""Training of the staff record: brought in from a file, shown before it counts, and taken out."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from accounts.models import Organisation
from common.errors import Conflict
from common.forms import form_status
from common.navigation import page_of
from courses.forms.training_imports import ApplyForm, TakeOutForm, TrainingFileForm
from courses.models import ImportedAs, TrainingImport
from courses.selectors.compliance_rules import organisations_ruled
from courses.selectors.training_imports import (
    REMEDIES,
    imports_of,
    imports_seen,
    lines_of,
    standing_of,
)
from courses.services.training_exports import take_out_training
from courses.services.training_imports import apply_training_file, check_training_file
from courses.views.compliance_rules import chosen_organisation
from courses.views.rosters import file_response

LINES_ON_A_PAGE = 100


@require_http_methods(["GET", "HEAD", "POST"])
def training_imports(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    organisations = organisations_ruled(actor=request.user, on=today)
    organisation = chosen_organisation(request, list(organisations))
    step = request.POST.get("step")
    file = TrainingFileForm(request.POST, request.FILES) if step == "upload" else TrainingFileForm()
    taking = TakeOutForm(request.POST if step == "take_out" else None, today=today)
    if answer := _carry_out(request, organisation, file, taking):
        return answer
    sent = taking if taking.is_bound else file
    context = {
        "organisations": organisations,
        "organisation": organisation,
        "file": file,
        "taking": taking,
        "sent": sent,
        "page": page_of(request, imports_of(organisation, actor=request.user, on=today)),
    }
    return render(request, "courses/training_imports.html", context, status=form_status(sent))


@require_http_methods(["GET", "HEAD", "POST"])
def training_import(request: SignedInRequest, pk: int) -> HttpResponse:
    imported = get_object_or_404(imports_seen(request.user, on=timezone.localdate()), pk=pk)
    form = ApplyForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _is_applied(request, form, imported):
        messages.success(request, _("The file is being applied. Load the page again in a moment."))
        return redirect("courses:training_import", imported.pk)
    standing = standing_of(imported)
    kinds = [kind for kind, _count in standing.counts]
    kind = request.GET.get("kind") if request.GET.get("kind") in kinds else None
    shown = kind or next(iter(kinds), ImportedAs.NEW)
    page = page_of(request, lines_of(imported, kind=shown), size=LINES_ON_A_PAGE)
    context = {
        "imported": imported,
        "standing": standing,
        "kind": shown,
        "page": page,
        "back": reverse(
            "courses:training_imports", query={"organisation": imported.organisation_id}
        ),
        "lines": [(line, REMEDIES.get(line.problem, "")) for line in page],
        "form": form,
    }
    return render(request, "courses/training_import.html", context, status=form_status(form))


def _carry_out(
    request: SignedInRequest,
    organisation: Organisation,
    file: TrainingFileForm,
    taking: TakeOutForm,
) -> HttpResponse | None:
    """What was asked for, once its form is right."""
    by, now = request.user, timezone.now()
    if taking.is_valid():
        day = taking.cleaned_data["on"]
        return file_response(take_out_training(organisation=organisation, on=day, by=by, now=now))
    if not file.is_valid():
        return None
    try:
        made = check_training_file(organisation=organisation, file=file.upload, by=by, now=now)
    except Conflict as refusal:
        file.add_error("file", refusal.message)
        return None
    messages.success(request, _("The file is being read. Nothing is recorded until you apply it."))
    return redirect(reverse("courses:training_import", args=[made.pk]))


def _is_applied(request: SignedInRequest, form: ApplyForm, imported: TrainingImport) -> bool:
    try:
        apply_training_file(
            imported=imported,
            leaves_out_problems=form.cleaned_data["leave_out"],
            by=request.user,
            now=timezone.now(),
        )
    except Conflict as refusal:
        form.add_error(None, refusal.message)
        return False
    return True
