"""Pools, putting somebody forward, and deciding about it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.views.ledger import timeline
from common.errors import DomainError
from common.forms import form_status
from common.navigation import page_of
from talent.forms import DecisionForm, NominationForm
from talent.models import Nomination
from talent.selectors.pools import (
    counts_of,
    leads_pool,
    nomination_page,
    nominations_in,
    panel_of,
    pools_for,
)
from talent.services.nominations import decide, nominate, withdraw
from talent.services.reading import open_nomination


@require_safe
def pool_list(request: SignedInRequest) -> HttpResponse:
    person, today = request.user, timezone.localdate()
    page = page_of(request, pools_for(person, on=today))
    counts = counts_of(list(page), person=person, on=today)
    rows = [(pool, counts.get(pool.pk)) for pool in page]
    return render(request, "talent/pool_list.html", {"page": page, "rows": rows})


@require_safe
def pool_show(request: SignedInRequest, pk: int) -> HttpResponse:
    person, today = request.user, timezone.localdate()
    pool = get_object_or_404(pools_for(person, on=today), pk=pk)
    context = {
        "pool": pool,
        "leads_pool": leads_pool(person, pool, on=today),
        "panel": panel_of(pool, reader=person, on=today),
        "reader": person,
        "today": today,
        "page": page_of(request, nominations_in(pool, person=person, on=today)),
    }
    return render(request, "talent/pool_show.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def nomination_add(request: SignedInRequest, pk: int) -> HttpResponse:
    person, today = request.user, timezone.localdate()
    pool = get_object_or_404(pools_for(person, on=today), pk=pk)
    form = NominationForm(
        request.POST if request.method == "POST" else None, person=person, on=today
    )
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        try:
            nomination = nominate(
                pool=pool,
                person=sent["person"],
                reason=sent["reason"],
                by=person,
                now=timezone.now(),
            )
        except DomainError as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("What you wrote is kept. This page shows where it stands."))
            return redirect("talent:nomination_show", pk=nomination.pk)
    context = {"form": form, "pool": pool}
    return render(request, "talent/nomination_add.html", context, status=form_status(form))


@require_safe
def nomination_show(request: SignedInRequest, pk: int) -> HttpResponse:
    return _nomination_page(request, _nomination(request, pk), DecisionForm())


@require_POST
def nomination_decide(request: SignedInRequest, pk: int) -> HttpResponse:
    nomination = _nomination(request, pk)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _nomination_page(request, nomination, form)
    decide(nomination=nomination, by=request.user, now=timezone.now(), **form.cleaned_data)
    messages.success(request, _("Your decision is kept, and the person has been told."))
    return redirect("talent:pool_show", pk=nomination.pool_id)


@require_POST
def nomination_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    nomination = _nomination(request, pk)
    withdraw(nomination=nomination, by=request.user, now=timezone.now())
    messages.success(request, _("You are not considered for this pool any more."))
    return redirect("talent:nomination_show", pk=pk)


@require_safe
def nomination_timeline(request: SignedInRequest, pk: int) -> HttpResponse:
    nomination = _nomination(request, pk)
    open_nomination(nomination=nomination, by=request.user, now=timezone.now())
    words = {"pool": nomination.pool.title, "name": nomination.person.full_name}
    back = reverse("talent:nomination_show", args=[pk])
    title = _("%(pool)s: nomination of %(name)s") % words
    return timeline(request, nomination, title=title, back=(back, _("Nomination")))


def _nomination(request: SignedInRequest, pk: int) -> Nomination:
    rows = Nomination.objects.visible_to(request.user, on=timezone.localdate())
    people = ("person", "nominated_by", "decided_by")
    return get_object_or_404(rows.select_related("pool__organisation", *people), pk=pk)


def _nomination_page(
    request: SignedInRequest, nomination: Nomination, form: DecisionForm
) -> HttpResponse:
    open_nomination(nomination=nomination, by=request.user, now=timezone.now())
    page = nomination_page(nomination, person=request.user, on=timezone.localdate())
    context = {"nomination": nomination, "page": page, "form": form}
    return render(request, "talent/nomination_show.html", context, status=form_status(form))
