"""A session, asking for a place on it, and giving it up."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.views.ledger import timeline
from common.forms import form_status
from common.navigation import page_of
from courses.forms.places import EnrolForm
from courses.models import Enrolment, Session
from courses.selectors.accreditation import accreditation_of_session
from courses.selectors.allotments import seats_read_by
from courses.selectors.approval_page import promise_to, request_status
from courses.selectors.enrolments import enrolments_of, verbs_kept_from
from courses.selectors.results import result_of
from courses.selectors.sessions import place_in_queue, session_page, session_rows
from courses.services.admission import AlreadyEnrolled
from courses.services.budgets import NoBudget
from courses.services.enrolment import enrol, withdraw

_CAME_TO = {
    "CONFIRMED": gettext_lazy("You have a place on this session."),
    "WAITING": gettext_lazy("The session is full. You are on its waiting list."),
    "REQUESTED": gettext_lazy("Your request is waiting for approval."),
}


@require_safe
def session_show(request: SignedInRequest, pk: int) -> HttpResponse:
    return _show(request, pk, form=EnrolForm())


@require_POST
def session_enrol(request: SignedInRequest, pk: int) -> HttpResponse:
    form = EnrolForm(request.POST)
    if not form.is_valid():
        return _show(request, pk, form=form)
    sessions = Session.objects.visible_to(request.user, on=timezone.localdate())
    session = get_object_or_404(sessions, pk=pk)
    try:
        enrolment = enrol(
            session=session,
            person=request.user,
            by=request.user,
            now=timezone.now(),
            reason=form.cleaned_data["reason"],
        )
    except AlreadyEnrolled as refusal:
        messages.error(request, refusal.message)
    except NoBudget as refusal:
        form.add_error(None, refusal.message)
        return _show(request, pk, form=form)
    else:
        messages.success(request, _CAME_TO[enrolment.state])
    return redirect("courses:session_show", session.pk)


@require_safe
def enrolment_list(request: SignedInRequest) -> HttpResponse:
    page = page_of(request, enrolments_of(request.user, on=timezone.localdate()))
    return render(request, "courses/enrolment_list.html", {"page": page, "now": timezone.now()})


@require_http_methods(["GET", "HEAD", "POST"])
def enrolment_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    enrolments = Enrolment.objects.visible_to(request.user, on=timezone.localdate())
    mine = enrolments.filter(person=request.user).select_related("session__offering__programme")
    enrolment = get_object_or_404(mine, pk=pk)
    if request.method == "POST":
        withdraw(enrolment=enrolment, by=request.user, now=timezone.now())
        messages.success(request, _("You have withdrawn."))
        return redirect("courses:session_show", enrolment.session_id)
    return render(request, "courses/enrolment_withdraw.html", {"enrolment": enrolment})


def _show(request: SignedInRequest, pk: int, *, form: EnrolForm) -> HttpResponse:
    today, now = timezone.localdate(), timezone.now()
    session = get_object_or_404(session_rows(request.user, on=today), pk=pk)
    page = session_page(session, person=request.user, on=today, now=now)
    mine = page.enrolment
    place = place_in_queue(mine) if mine and mine.state == "WAITING" else None
    context = {"session": session, "page": page, "place_in_queue": place, "form": form, "now": now}
    context["seats"] = seats_read_by(request.user, session, on=today)
    context["accreditation"] = accreditation_of_session(session, on=today)
    if mine:
        context["status"] = request_status(mine)
        if session.starts_at <= now:
            context["result"] = result_of(mine, actor=request.user, on=today)
    if page.may_ask and not page.is_entitled:
        context["promise"] = promise_to(request.user, offering=session.offering, on=today)
    return render(request, "courses/session_show.html", context, status=form_status(form))


@require_safe
def enrolment_timeline(request: SignedInRequest, pk: int) -> HttpResponse:
    today = timezone.localdate()
    rows = Enrolment.objects.visible_to(request.user, on=today)
    rows = rows.select_related("person", "session__offering__programme")
    enrolment = get_object_or_404(rows, pk=pk)
    words = {
        "course": enrolment.session.offering.programme.title,
        "name": enrolment.person.full_name,
    }
    back = reverse("courses:session_show", args=[enrolment.session_id])
    title = _("%(course)s: request of %(name)s") % words
    kept = verbs_kept_from(request.user, enrolment, on=today)
    return timeline(request, enrolment, title=title, back=(back, words["course"]), without=kept)
