"""Pages of those who run sessions: the list, a new session, places, the register, cancelling."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from common.forms import form_status
from common.navigation import page_of
from courses.forms import AttendanceForm, CompletionForm, PlacesForm, SessionForm
from courses.models import Session
from courses.selectors.running import offerings_run_by, register_of, sessions_run_by
from courses.selectors.sessions import session_rows
from courses.services.attendance import complete, record_attendance
from courses.services.sessions import (
    FewerThanSeated,
    cancel_session,
    change_capacity,
    open_session,
    refuse_unless_runs,
    refuse_unless_runs_any,
)


@require_safe
def session_list(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    page = page_of(request, sessions_run_by(request.user, on=today))
    context = {
        "page": page,
        "now": timezone.now(),
        "may_open": offerings_run_by(request.user, on=today).exists(),
    }
    return render(request, "courses/session_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def session_open(request: SignedInRequest) -> HttpResponse:
    refuse_unless_runs_any(by=request.user, now=timezone.now())
    today = timezone.localdate()
    offerings = offerings_run_by(request.user, on=today)
    form = SessionForm(request.POST or None, offerings=offerings, today=today)
    if request.method == "POST" and form.is_valid():
        session = open_session(
            offering=form.cleaned_data["offering"],
            plan=form.plan(),
            by=request.user,
            now=timezone.now(),
        )
        messages.success(request, _("The session is open. People can ask for places."))
        return redirect("courses:session_register", session.pk)
    return render(request, "courses/session_open.html", {"form": form}, status=form_status(form))


@require_safe
def session_register(request: SignedInRequest, pk: int) -> HttpResponse:
    return _register(request, _run_session(request, pk))


@require_POST
def session_attendance(request: SignedInRequest, pk: int) -> HttpResponse:
    session = _run_session(request, pk)
    register = register_of(session, actor=request.user, on=timezone.localdate())
    form = AttendanceForm(request.POST, enrolments=register.places)
    if not form.is_valid():
        return _register(request, session, attendance=form)
    record_attendance(session=session, attended=form.ticked(), by=request.user, now=timezone.now())
    messages.success(request, _("Attendance is recorded."))
    return redirect("courses:session_register", session.pk)


@require_POST
def session_complete(request: SignedInRequest, pk: int) -> HttpResponse:
    session = _run_session(request, pk)
    register = register_of(session, actor=request.user, on=timezone.localdate())
    form = CompletionForm(request.POST, enrolments=register.attended)
    if not form.is_valid():
        return _register(request, session, completion=form)
    chosen = [row for row in register.attended if row.pk in form.ticked()]
    complete(enrolments=chosen, by=request.user, now=timezone.now())
    messages.success(request, _("Completion is recorded. It counts in their pathways."))
    return redirect("courses:session_register", session.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def session_resize(request: SignedInRequest, pk: int) -> HttpResponse:
    session = _run_session(request, pk)
    form = PlacesForm(request.POST or None, initial={"capacity": session.capacity})
    if request.method == "POST" and form.is_valid():
        capacity = form.cleaned_data["capacity"]
        try:
            change_capacity(session=session, capacity=capacity, by=request.user, now=timezone.now())
        except FewerThanSeated as refusal:
            form.add_error("capacity", refusal.message)
        else:
            messages.success(request, _("The number of places is changed."))
            return redirect("courses:session_register", session.pk)
    context = {"session": session, "form": form}
    return render(request, "courses/session_resize.html", context, status=form_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def session_cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    session = _run_session(request, pk)
    if request.method == "POST":
        cancel_session(session=session, by=request.user, now=timezone.now())
        messages.success(request, _("The session is cancelled. Everybody on it is told."))
        return redirect("courses:session_register", session.pk)
    return render(request, "courses/session_cancel.html", {"session": session})


def _run_session(request: SignedInRequest, pk: int) -> Session:
    """A session the person sees (404 otherwise) and runs (403 otherwise)."""
    session = get_object_or_404(session_rows(request.user, on=timezone.localdate()), pk=pk)
    refuse_unless_runs(session.offering.host_id, by=request.user, now=timezone.now())
    return session


def _register(
    request: SignedInRequest,
    session: Session,
    *,
    attendance: AttendanceForm | None = None,
    completion: CompletionForm | None = None,
) -> HttpResponse:
    now = timezone.now()
    register = register_of(session, actor=request.user, on=timezone.localdate())
    is_open = session.state == "OPEN"
    context = {
        "session": session,
        "register": register,
        "may_change": is_open and now < session.settles_at,
        "is_over": is_open and now >= session.starts_at,
        "attendance": attendance or AttendanceForm(enrolments=register.places),
        "completion": completion or CompletionForm(enrolments=register.attended),
    }
    status = 422 if attendance or completion else 200
    context["page_has_errors"] = status == 422
    return render(request, "courses/session_register.html", context, status=status)
