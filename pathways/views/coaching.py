"""Offering to coach, and ending it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from common.errors import Conflict
from common.forms import form_status
from pathways.forms.signposts import CoachForm
from pathways.models import CoachOffer
from pathways.selectors.coaches import competencies_to_coach, offers_of, places_to_coach
from pathways.services.coaching import end_coaching, offer_to_coach


@require_safe
def coach_list(request: SignedInRequest) -> HttpResponse:
    offers = offers_of(person=request.user, on=timezone.localdate())
    return render(request, "pathways/coach_list.html", {"offers": offers})


@require_http_methods(["GET", "HEAD", "POST"])
def coach_offer(request: SignedInRequest) -> HttpResponse:
    form = _form(request)
    if request.method == "POST" and form.is_valid():
        try:
            offer_to_coach(**form.chosen(), by=request.user, now=timezone.now())
        except Conflict as refusal:
            form.add_error("competency", refusal.message)
        else:
            messages.success(request, _("People who want to learn this are now led to you."))
            return redirect("pathways:coach_list")
    return render(request, "pathways/coach_offer.html", {"form": form}, status=form_status(form))


@require_POST
def coach_end(request: SignedInRequest, pk: int) -> HttpResponse:
    offers = CoachOffer.objects.visible_to(request.user, on=timezone.localdate())
    offer = get_object_or_404(offers.filter(person=request.user), pk=pk)
    try:
        end_coaching(offer=offer, by=request.user, now=timezone.now())
    except Conflict as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Nobody is led to you for this any more."))
    return redirect("pathways:coach_list")


def _form(request: SignedInRequest) -> CoachForm:
    today = timezone.localdate()
    organisations = places_to_coach(person=request.user, on=today)
    only = list(organisations[:2])
    return CoachForm(
        request.POST or None,
        initial={"organisation": only[0] if len(only) == 1 else None},
        competencies=competencies_to_coach(person=request.user, on=today),
        organisations=organisations,
    )
