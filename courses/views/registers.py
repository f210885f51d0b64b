"""Pages of the register: marking people meeting by meeting, and saying why one was away."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from common.errors import Conflict
from common.forms import form_status
from common.navigation import page_of
from courses.forms.registers import AbsenceForm, RegisterForm
from courses.models import Enrolment, Session
from courses.selectors.registers import (
    Sitting,
    marks_at,
    on_register,
    sitting_to_keep,
    sittings_of,
    told_of,
)
from courses.selectors.sessions import session_rows
from courses.services.absences import explain_absence
from courses.services.registers import MarkedMeanwhile, finish_register, keep_register
from courses.services.sessions import refuse_unless_runs

# Few enough for a phone, and for what a browser may send at once.
PEOPLE_ON_A_PAGE = 25


@require_http_methods(["GET", "HEAD", "POST"])
def session_attendance(request: SignedInRequest, pk: int) -> HttpResponse:
    """The register of one meeting; each row can be saved by itself, or all that is on the page."""
    session = run_session(request, pk)
    sittings, now = sittings_of(session), timezone.now()
    asked = request.GET.get("meeting", "")
    number = int(asked) if asked.isdecimal() and len(asked) <= len(str(len(sittings))) else 0
    sitting = sitting_to_keep(sittings, number=number, now=now)
    rows = on_register(session, actor=request.user, on=timezone.localdate())
    page = page_of(request, rows, size=PEOPLE_ON_A_PAGE)
    form = RegisterForm(
        request.POST if request.method == "POST" else None,
        enrolments=page.object_list,
        marks=marks_at(sitting, page.object_list),
        only=request.POST.get("only", ""),
    )
    if form.is_valid() and _kept(request, form, session, sitting):
        return _after(request, session, sitting, page.number)
    context = {
        "session": session,
        "sittings": sittings,
        "sitting": sitting,
        "told": told_of(session, sitting),
        "has_begun": sitting.has_begun(now=now),
        "form": form,
        "page": page,
    }
    return render(request, "courses/register.html", context, status=form_status(form))


def run_session(request: SignedInRequest, pk: int) -> Session:
    """A session the person sees (404 otherwise) and runs (403 otherwise)."""
    session = get_object_or_404(session_rows(request.user, on=timezone.localdate()), pk=pk)
    refuse_unless_runs(session.offering, by=request.user, now=timezone.now())
    return session


def _kept(request: SignedInRequest, form: RegisterForm, session: Session, sitting: Sitting) -> bool:
    try:
        changed = keep_register(
            session=session,
            begins_at=sitting.begins_at,
            marks=form.marked(),
            by=request.user,
            now=timezone.now(),
        )
    except MarkedMeanwhile as refusal:
        form.show_others(refusal.current)  # type: ignore[arg-type]
        return False
    if request.POST.get("step") != "finish":
        told = ngettext("%(count)d mark is saved.", "%(count)d marks are saved.", len(changed))
        messages.success(request, told % {"count": len(changed)})
        return True
    try:
        finish_register(session=session, by=request.user, now=timezone.now())
    except Conflict as refusal:
        # What was marked is kept all the same.
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Attendance is recorded."))
    return True


def _after(request: SignedInRequest, session: Session, sitting: Sitting, page: int) -> HttpResponse:
    """Back to the same page of the register, or to the session once it is finished."""
    session.refresh_from_db()
    if request.POST.get("step") == "finish" and session.state == "CLOSED":
        return redirect("courses:session_register", session.pk)
    place = {"meeting": sitting.number, "page": page}
    return redirect(reverse("courses:session_attendance", args=[session.pk], query=place))


@require_http_methods(["GET", "HEAD", "POST"])
def absence_explain(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = Enrolment.objects.visible_to(request.user, on=timezone.localdate())
    mine = rows.filter(person=request.user).select_related("session__offering__programme")
    enrolment = get_object_or_404(mine, pk=pk)
    form = AbsenceForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        explain_absence(
            enrolment=enrolment,
            reason=form.cleaned_data["reason"],
            text=form.cleaned_data["text"],
            by=request.user,
            now=timezone.now(),
        )
        messages.success(request, _("Your reason is kept with the register."))
        return redirect("courses:session_show", enrolment.session_id)
    context = {"enrolment": enrolment, "form": form}
    return render(request, "courses/absence_explain.html", context, status=form_status(form))
