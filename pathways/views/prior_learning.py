from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from common.errors import Conflict
from common.forms import form_status
from common.navigation import page_of
from pathways.forms.prior_learning import ClaimForm, DecideForm
from pathways.models import ClaimState, PriorLearningClaim
from pathways.selectors.assessors import assessors_of
from pathways.selectors.evidence import evidence_of
from pathways.selectors.prior_learning import (
    claimable,
    claims_of,
    claims_seen_by,
    claims_waiting_for,
    evidence_of_claim,
    levels_for,
)
from pathways.services.prior_learning import (
    decide_claim,
    may_decide_now,
    read_claim,
    refuse_unless_may_decide,
    submit_claim,
    withdraw_claim,
)


@require_safe
def claim_list(request: SignedInRequest) -> HttpResponse:
    """One's own claims, and those that wait for one's decision."""
    context = {
        "page": page_of(request, claims_of(person=request.user)),
        "waiting": claims_waiting_for(request.user, on=timezone.localdate())[:50],
    }
    return render(request, "pathways/claim_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def claim_submit(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    form = ClaimForm(
        request.POST if request.method == "POST" else None,
        claimable=claimable(person=request.user, on=today),
        assessors=assessors_of(person=request.user, on=today),
        evidence=evidence_of(person=request.user),
        today=today,
    )
    if form.is_valid() and (claim := _submitted(request, form)):
        messages.success(request, _("Your claim is submitted."))
        return redirect("pathways:claim_show", pk=claim.pk)
    return render(request, "pathways/claim_submit.html", {"form": form}, status=form_status(form))


def _submitted(request: SignedInRequest, form: ClaimForm) -> PriorLearningClaim | None:
    try:
        return submit_claim(
            person=request.user, claimed=form.claimed, by=request.user, now=timezone.now()
        )
    except Conflict as refusal:
        form.add_error(None, refusal.message)
        return None


@require_safe
def claim_show(request: SignedInRequest, pk: int) -> HttpResponse:
    today = timezone.localdate()
    claim = _seen(request, pk)
    read_claim(claim=claim, by=request.user, now=timezone.now())
    waits = claim.state == ClaimState.SUBMITTED
    context = {
        "claim": claim,
        "levels": _with_words(claim),
        "evidence": evidence_of_claim(claim, actor=request.user, on=today),
        "is_mine": claim.person_id == request.user.pk,
        "waits": waits,
        "decides": waits and may_decide_now(claim, by=request.user, on=today),
    }
    return render(request, "pathways/claim_show.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def claim_decide(request: SignedInRequest, pk: int) -> HttpResponse:
    claim = _seen(request, pk)
    refuse_unless_may_decide(claim, by=request.user, on=timezone.localdate())
    levels = list(claim.levels.all())
    scales = levels_for([level.competency for level in levels])
    form = DecideForm(
        request.POST if request.method == "POST" else None,
        claim=claim,
        levels=list(zip(levels, scales, strict=True)),
    )
    if form.is_valid():
        decide_claim(
            claim=claim,
            decisions=form.decisions,
            by=request.user,
            now=timezone.now(),
            statement=form.cleaned_data["statement"],
            valid_to=form.cleaned_data["valid_to"],
        )
        messages.success(request, _("The claim is decided. The person is told."))
        return redirect("pathways:claim_list")
    context = {"form": form, "claim": claim}
    return render(request, "pathways/claim_decide.html", context, status=form_status(form))


@require_POST
def claim_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    withdraw_claim(claim=_seen(request, pk), by=request.user, now=timezone.now())
    messages.success(request, _("Your claim is taken back."))
    return redirect("pathways:claim_list")


def _seen(request: SignedInRequest, pk: int) -> PriorLearningClaim:
    return get_object_or_404(claims_seen_by(request.user, on=timezone.localdate()), pk=pk)


def _with_words(claim: PriorLearningClaim) -> list[tuple[Any, str, str]]:
    """Each level of a claim, in the words of its scale: what was claimed and what was accepted."""
    levels = list(claim.levels.all())
    scales = levels_for([level.competency for level in levels])
    words = [{one.rank: one.label for one in scale} for scale in scales]
    return [
        (level, labels.get(level.rank, ""), labels.get(level.accepted_rank, ""))
        for level, labels in zip(levels, words, strict=True)
    ]
