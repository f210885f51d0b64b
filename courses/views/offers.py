"""Answering the offer of a place, and moving to another session."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from common.errors import Conflict
from common.forms import form_status
from courses.forms.offers import AnswerForm, MoveForm
from courses.models import Enrolment, Session
from courses.selectors.elsewhere import MOST, others_of
from courses.services.moves import move
from courses.services.offers import accept_offer, decline_offer

_MOVED = {
    "CONFIRMED": gettext_lazy("You have moved. Your place is on this session now."),
    "WAITING": gettext_lazy("You have moved. You are on the waiting list of this session now."),
}


@require_http_methods(["GET", "HEAD", "POST"])
def offer_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = Enrolment.objects.visible_to(request.user, on=timezone.localdate())
    mine = rows.filter(person=request.user).select_related("session__offering__programme")
    enrolment = get_object_or_404(mine, pk=pk)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        if form.cleaned_data["answer"] == "ACCEPT":
            accept_offer(enrolment=enrolment, by=request.user, now=now)
            messages.success(request, _("You have a place on this session."))
        else:
            decline_offer(enrolment=enrolment, by=request.user, now=now)
            messages.success(request, _("You declined. The place goes to whoever waits next."))
        return redirect("courses:session_show", enrolment.session_id)
    context = {"enrolment": enrolment, "session": enrolment.session, "form": form}
    return render(request, "courses/offer_answer.html", context, status=form_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def enrolment_move(request: SignedInRequest, pk: int) -> HttpResponse:
    today, now = timezone.localdate(), timezone.now()
    rows = Enrolment.objects.visible_to(request.user, on=today).filter(person=request.user)
    enrolment = get_object_or_404(rows.select_related("session__offering__programme"), pk=pk)
    seen = Session.objects.visible_to(request.user, on=today).values("pk")
    others = others_of(enrolment.session, now=now).filter(pk__in=seen)
    nearest = list(others.values_list("pk", flat=True)[:MOST])
    sessions = others.filter(pk__in=nearest)
    form = MoveForm(request.POST if request.method == "POST" else None, sessions=sessions)
    if request.method == "POST" and form.is_valid():
        session = form.cleaned_data["session"]
        try:
            going_on = move(enrolment=enrolment, session=session, by=request.user, now=now)
        except Conflict as refusal:
            form.add_error("session", refusal.message)
        else:
            messages.success(request, _MOVED[going_on.state])
            return redirect("courses:session_show", going_on.session_id)
    context = {
        "enrolment": enrolment,
        "session": enrolment.session,
        "form": form,
        "has_others": bool(nearest),
    }
    return render(request, "courses/enrolment_move.html", context, status=form_status(form))
