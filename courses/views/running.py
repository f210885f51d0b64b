"""Pages of those who run sessions: the list, a new session, places, the register, cancelling."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.models import Person
from accounts.visibility import standing
from common.forms import form_status
from common.navigation import page_of
from courses.forms.sessions import CancelForm, PlacesForm, SessionForm
from courses.forms.windows import WindowForm
from courses.models import CancelReason, Session
from courses.selectors.elsewhere import instead_of
from courses.selectors.running import RUNS_SESSIONS, offerings_run_by, sessions_run_by
from courses.services.sessions import (
    FewerThanSeated,
    cancel_session,
    change_capacity,
    open_session,
    refuse_unless_runs_any,
)
from courses.services.windows import change_window
from courses.views.registers import run_session


@require_safe
def session_list(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    page = page_of(request, sessions_run_by(request.user, on=today))
    context = {
        "page": page,
        "now": timezone.now(),
        "may_open": offerings_run_by(request.user, on=today).exists(),
        "runs_any": standing(request.user, on=today).holds(*RUNS_SESSIONS),
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


@require_http_methods(["GET", "HEAD", "POST"])
def session_resize(request: SignedInRequest, pk: int) -> HttpResponse:
    """What of a session can still be changed: its places, and when people can ask and withdraw."""
    session = run_session(request, pk)
    now = timezone.now()
    sent = request.POST if request.method == "POST" else None
    is_window = sent is not None and sent.get("step") == "WINDOW"
    form = PlacesForm(None if is_window else sent, initial={"capacity": session.capacity})
    window = WindowForm(sent if is_window else None, session=session, now=now)
    asked = window if is_window else form
    if sent is not None and asked.is_valid():
        try:
            said = _change(session, form, window, is_window=is_window, by=request.user)
        except FewerThanSeated as refusal:
            form.add_error("capacity", refusal.message)
        else:
            messages.success(request, said)
            return redirect("courses:session_register", session.pk)
    context = {"session": session, "form": form, "window": window, "asked": asked}
    return render(request, "courses/session_resize.html", context, status=form_status(asked))


def _change(
    session: Session, form: PlacesForm, window: WindowForm, *, is_window: bool, by: Person
) -> str:
    now = timezone.now()
    if is_window:
        change_window(session=session, plan=window.plan(), by=by, now=now)
        return _("The session is changed.")
    change_capacity(session=session, capacity=form.cleaned_data["capacity"], by=by, now=now)
    return _("The number of places is changed.")


@require_http_methods(["GET", "HEAD", "POST"])
def session_cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    session = run_session(request, pk)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason = CancelReason(form.cleaned_data["reason"])
        text = form.cleaned_data["text"]
        now = timezone.now()
        cancel_session(session=session, reason=reason, text=text, by=request.user, now=now)
        messages.success(request, _("The session is cancelled. Everybody on it is told."))
        return redirect("courses:session_register", session.pk)
    context = {
        "session": session,
        "form": form,
        "days": (session.starts_at - timezone.now()).days,
        "others": len(instead_of(session, on=timezone.localdate(), now=timezone.now())),
    }
    return render(request, "courses/session_cancel.html", context, status=form_status(form))
