"""Pages of those who offer programmes: what they offer, a new offering, and one offering."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from common.errors import Conflict
from common.forms import form_status
from common.navigation import page_of
from courses.forms.offerings import OfferForm
from courses.models import Offering
from courses.selectors.offerings import (
    hosts_for,
    offerings_kept_by,
    programmes_to_offer,
    shares_of,
)
from courses.selectors.programmes import offering_awards, programme_awards
from courses.services.offerings import offer_programme, refuse_unless_keeps_any
from courses.views.offering_steps import FIELD_OF, forms_of, is_done


@require_safe
def offering_list(request: SignedInRequest) -> HttpResponse:
    refuse_unless_keeps_any(by=request.user, now=timezone.now())
    page = page_of(request, offerings_kept_by(request.user, on=timezone.localdate()))
    return render(request, "courses/offering_list.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def offering_add(request: SignedInRequest) -> HttpResponse:
    refuse_unless_keeps_any(by=request.user, now=timezone.now())
    today = timezone.localdate()
    form = OfferForm(
        request.POST if request.method == "POST" else None,
        initial={"admission": "OPEN", "languages": ["en"]},
        programmes=programmes_to_offer(request.user, on=today),
        hosts=hosts_for(request.user, on=today),
    )
    if form.is_valid():
        offering = _offered(request, form)
        if offering:
            messages.success(request, _("The programme is offered. Open a session of it next."))
            return redirect("courses:offering_show", offering.pk)
    return render(request, "courses/offering_add.html", {"form": form}, status=form_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def offering_show(request: SignedInRequest, pk: int) -> HttpResponse:
    """One offering: its terms, what it brings, with whom it is shared, whether it takes people."""
    rows = offerings_kept_by(request.user, on=timezone.localdate())
    offering = get_object_or_404(rows, pk=pk)
    forms = forms_of(request, offering)
    if is_done(request, offering, forms):
        return redirect("courses:offering_show", offering.pk)
    context = {
        "offering": offering,
        "shares": shares_of(offering),
        "taught": programme_awards().filter(programme=offering.programme_id),
        "adds": offering_awards().filter(offering=offering),
        **forms,
    }
    status = max(form_status(form) for form in forms.values())
    return render(request, "courses/offering_show.html", context, status=status)


def _offered(request: SignedInRequest, form: OfferForm) -> Offering | None:
    try:
        return offer_programme(
            programme=form.cleaned_data["programme"],
            host=form.cleaned_data["host"],
            terms=form.terms(),
            by=request.user,
            now=timezone.now(),
        )
    except Conflict as refusal:
        form.add_error(FIELD_OF.get(refusal.code), refusal.message)
        return None
