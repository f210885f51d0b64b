"""Asking for confirmation, reading what became of it, and taking it back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.models import Person
from accounts.selectors.relations import line_manager_of
from common.errors import DomainError
from common.forms import form_status
from common.navigation import page_of
from pathways.forms.verification import AskForm, DayForm
from pathways.models import RequestState, VerificationRequest
from pathways.selectors.assessors import assessors_of
from pathways.selectors.verification import (
    as_of,
    assessed_again,
    evidence_to_show,
    levels_to_confirm,
    requests_of,
    requests_to_answer,
    who_answers,
    who_may_read_sign_offs,
    with_items,
)
from pathways.services.verification import ask_for_verification, withdraw_verification
from pathways.services.verification_answers import may_answer_now
from pathways.services.verification_reading import note_reading


@require_safe
def verification_list(request: SignedInRequest) -> HttpResponse:
    """What the reader asked, what waits, and what was signed off."""
    person, today = request.user, timezone.localdate()
    mine = requests_of(person, reader=person, on=today)
    waiting = mine.filter(state=RequestState.ASKED)
    manager = line_manager_of(person, on=today)
    context = {
        "waiting": who_answers(waiting, line_manager=manager, on=today),
        "page": page_of(request, mine.exclude(state=RequestState.ASKED)),
        "open_count": levels_to_confirm(person=person, on=today).count(),
        "to_answer_count": requests_to_answer(person, on=today).count(),
    }
    return render(request, "pathways/verification_list.html", context)


@require_safe
def sign_off_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """The sign-offs of one person as of a day, for the person and their line manager."""
    reader, today = request.user, timezone.localdate()
    person = get_object_or_404(who_may_read_sign_offs(reader, on=today), pk=pk)
    form = DayForm(request.GET if "day_year" in request.GET else None, on=today)
    rows = as_of(requests_of(person, reader=reader, on=today), form.chosen)
    context = {"person": person, "form": form, "day": form.chosen, "page": page_of(request, rows)}
    return render(request, "pathways/sign_off_list.html", context, status=form_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def verification_ask(request: SignedInRequest) -> HttpResponse:
    person, today = request.user, timezone.localdate()
    form = AskForm(
        request.POST if request.method == "POST" else None,
        levels=levels_to_confirm(person=person, on=today),
        manager=line_manager_of(person, on=today),
        assessors=assessors_of(person=person, on=today),
        evidence=evidence_to_show(person=person),
    )
    if request.method == "POST" and form.is_valid() and _ask(form, by=person):
        messages.success(
            request, _("Your request is on its way. You are told when it is answered.")
        )
        return redirect("pathways:verification_list")
    context = {"form": form}
    return render(request, "pathways/verification_ask.html", context, status=form_status(form))


def _ask(form: AskForm, *, by: Person) -> bool:
    try:
        ask_for_verification(subject=by, asked=form.asked, by=by, now=timezone.now())
    except DomainError as refusal:
        form.add_error(None, refusal.message)
        return False
    return True


@require_safe
def verification_show(request: SignedInRequest, pk: int) -> HttpResponse:
    reader, now = request.user, timezone.now()
    asked = _one_seen(reader, pk)
    note_reading(request=asked, by=reader, now=now)
    context = {
        "asked": asked,
        "again": assessed_again(asked),
        "is_mine": asked.subject_id == reader.pk,
        "may_answer": may_answer_now(asked, by=reader, now=now),
        "waits_for": _waits_for(asked),
    }
    return render(request, "pathways/verification_show.html", context)


def _one_seen(reader: Person, pk: int) -> VerificationRequest:
    rows = VerificationRequest.objects.visible_to(reader, on=timezone.localdate())
    return get_object_or_404(with_items(rows), pk=pk)


def _waits_for(asked: VerificationRequest) -> Person | None:
    today = timezone.localdate()
    manager = None if asked.assessor_id else line_manager_of(asked.subject, on=today)
    return who_answers([asked], line_manager=manager, on=today)[0].by


@require_POST
def verification_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    asked = _one_seen(request.user, pk)
    withdraw_verification(request=asked, by=request.user, now=timezone.now())
    messages.success(request, _("You took your request back. Nobody is asked any more."))
    return redirect("pathways:verification_list")
