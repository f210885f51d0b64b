"""Results of a session: a file to fill in, what it would change, applying it and undoing it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from common.errors import Conflict
from common.forms import form_status
from common.navigation import page_of
from courses.forms.results import ResultFileForm
from courses.forms.training_imports import ApplyForm
from courses.models import ResultFile, ResultKind, Session
from courses.selectors.results import (
    REMEDIES,
    file_to_fill_in,
    files_of,
    files_seen,
    lines_of_file,
    standing_of_file,
)
from courses.selectors.tables import CSV, XLSX
from courses.services.results import apply_results, check_results, undo_results
from courses.views.registers import run_session
from courses.views.rosters import file_response
from pathways.selectors.workbooks.problems import Unreadable

LINES_ON_A_PAGE = 100


@require_http_methods(["GET", "HEAD", "POST"])
def session_results(request: SignedInRequest, pk: int) -> HttpResponse:
    """The files of one session; with ``?format=csv`` or ``xlsx`` the file to fill in."""
    session = run_session(request, pk)
    kind = request.GET.get("format", "")
    if kind in (CSV, XLSX):
        return file_response(file_to_fill_in(session, kind=kind))
    is_sent = request.method == "POST"
    form = ResultFileForm(request.POST, request.FILES) if is_sent else ResultFileForm()
    if form.is_valid() and (made := _checked(request, form, session)):
        return redirect("courses:result_file", made.pk)
    context = {
        "session": session,
        "has_begun": session.starts_at <= timezone.now() and session.state != "CANCELLED",
        "form": form,
        "page": page_of(request, files_of(session, actor=request.user, on=timezone.localdate())),
    }
    return render(request, "courses/session_results.html", context, status=form_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def result_file(request: SignedInRequest, pk: int) -> HttpResponse:
    """What one file would change or has changed; applying and undoing it."""
    file = get_object_or_404(files_seen(request.user, on=timezone.localdate()), pk=pk)
    form = ApplyForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _carried_out(request, form, file):
        return redirect("courses:result_file", file.pk)
    standing = standing_of_file(file)
    kinds = [kind for kind, _count in standing.counts]
    chosen = request.GET.get("kind") if request.GET.get("kind") in kinds else None
    shown = chosen or next(iter(kinds), ResultKind.NEW)
    page = page_of(request, lines_of_file(file, kind=shown), size=LINES_ON_A_PAGE)
    context = {
        "session": file.session,
        "file": file,
        "standing": standing,
        "kind": shown,
        "page": page,
        "lines": [(line, REMEDIES.get(line.problem, "")) for line in page],
        "form": form,
    }
    return render(request, "courses/session_result_file.html", context, status=form_status(form))


def _checked(request: SignedInRequest, form: ResultFileForm, session: Session) -> ResultFile | None:
    try:
        return check_results(session=session, file=form.upload, by=request.user, now=timezone.now())
    except (Conflict, Unreadable) as refusal:
        form.add_error("file", refusal.message)
        return None


def _carried_out(request: SignedInRequest, form: ApplyForm, file: ResultFile) -> bool:
    """Apply the file, or undo it where the step says so."""
    by, now = request.user, timezone.now()
    try:
        if request.POST.get("step") == "undo":
            undo_results(file=file, by=by, now=now)
            messages.success(request, _("The file is undone. What was there before counts again."))
        else:
            leaves_out = form.cleaned_data["leave_out"]
            apply_results(file=file, leaves_out_problems=leaves_out, by=by, now=now)
            messages.success(request, _("The results are recorded. The people are told."))
    except Conflict as refusal:
        form.add_error(None, refusal.message)
        return False
    return True
