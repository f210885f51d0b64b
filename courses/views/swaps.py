"""Asking a colleague to swap places, and answering."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from common.errors import Conflict
from common.forms import form_status
from courses.forms.swaps import SwapAnswerForm, SwapForm
from courses.models import Enrolment, Session, SwapRequest
from courses.selectors.swaps import MOST, open_swap_of, swappable_with
from courses.services.swaps import agree_to_swap, ask_for_swap, decline_swap, take_swap_back


@require_http_methods(["GET", "HEAD", "POST"])
def swap_ask(request: SignedInRequest, pk: int) -> HttpResponse:
    today, now = timezone.localdate(), timezone.now()
    rows = Enrolment.objects.visible_to(request.user, on=today).filter(person=request.user)
    enrolment = get_object_or_404(rows.select_related("session__offering__programme"), pk=pk)
    if request.method == "POST" and request.POST.get("step") == "TAKE_BACK":
        return _take_back(request, enrolment)
    seen = Session.objects.visible_to(request.user, on=today).values("pk")
    others = swappable_with(enrolment.session, now=now).filter(pk__in=seen)
    nearest = list(others.values_list("pk", flat=True)[:MOST])
    form = SwapForm(request.POST or None, sessions=others.filter(pk__in=nearest))
    if request.method == "POST" and form.is_valid():
        try:
            ask_for_swap(enrolment=enrolment, by=request.user, now=now, **form.cleaned_data)
        except Conflict as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("Your colleague is asked. You keep your place meanwhile."))
            return redirect("courses:swap_ask", pk)
    context = {"enrolment": enrolment, "session": enrolment.session, "form": form}
    context |= {"swap": open_swap_of(enrolment, now=now), "has_others": bool(nearest)}
    return render(request, "courses/swap_ask.html", context, status=form_status(form))


def _take_back(request: SignedInRequest, enrolment: Enrolment) -> HttpResponse:
    now = timezone.now()
    asked = SwapRequest.objects.visible_to(request.user, on=timezone.localdate()).open_at(now)
    swap = get_object_or_404(asked.select_related("asker"), place=enrolment)
    take_swap_back(swap=swap, by=request.user, now=now)
    messages.success(request, _("Your colleague is asked no longer. You keep your place."))
    return redirect("courses:session_show", enrolment.session_id)


@require_http_methods(["GET", "HEAD", "POST"])
def swap_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    now = timezone.now()
    rows = SwapRequest.objects.visible_to(request.user, on=timezone.localdate())
    asked = rows.filter(partner=request.user).select_related(
        "asker", "partner", "session__offering__programme", "other_session"
    )
    swap = get_object_or_404(asked, pk=pk)
    form = SwapAnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            session_id = _answer(request, swap, form.cleaned_data["answer"])
        except Conflict as refusal:
            form.add_error(None, refusal.message)
        else:
            return redirect("courses:session_show", session_id)
    context = {"swap": swap, "form": form, "is_open": swap.state == "ASKED" and now < swap.ends_at}
    return render(request, "courses/swap_answer.html", context, status=form_status(form))


def _answer(request: SignedInRequest, swap: SwapRequest, answer: str) -> int:
    """Return the session on which the reader has a place now."""
    now = timezone.now()
    if answer == "AGREE":
        agree_to_swap(swap=swap, by=request.user, now=now)
        messages.success(request, _("You have swapped. Your place is on this session now."))
        return swap.session_id
    decline_swap(swap=swap, by=request.user, now=now)
    messages.success(request, _("You keep your place. Your colleague is told."))
    return swap.other_session_id
