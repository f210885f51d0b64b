"""Answering requests to confirm levels: the list, one request, several at once, and the history."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.models import Person
from common.forms import form_status
from common.navigation import page_of
from pathways.forms.verification import CONFIRM, AnswerForm, DayForm, WholeRequestsForm
from pathways.models import RequestState, VerificationRequest
from pathways.selectors.verification import (
    assessed_again,
    requests_answered_by,
    requests_to_answer,
    with_items,
)
from pathways.services.verification_answers import (
    answer_request,
    confirm_requests,
    refuse_unless_may_answer,
)


@require_http_methods(["GET", "HEAD", "POST"])
def verification_waiting(request: SignedInRequest) -> HttpResponse:
    """Requests that wait for the reader; those that are ticked are confirmed as a whole."""
    page = page_of(request, requests_to_answer(request.user, on=timezone.localdate()))
    form = WholeRequestsForm(request.POST if request.method == "POST" else None, requests=page)
    if request.method == "POST" and form.is_valid():
        _confirm_chosen(request, form.chosen)
        return redirect("pathways:verification_waiting")
    context = {"page": page, "form": form}
    return render(request, "pathways/verification_waiting.html", context, status=form_status(form))


def _confirm_chosen(request: SignedInRequest, chosen: list[VerificationRequest]) -> None:
    results = confirm_requests(requests=chosen, by=request.user, now=timezone.now())
    done = [one.request.subject.full_name for one in results if not one.refusal]
    for one in results:
        if one.refusal:
            told = {"person": one.request.subject.full_name, "why": one.refusal}
            messages.error(request, _("%(person)s: %(why)s") % told)
    if done:
        sentence = ngettext(
            "You confirmed every level of %(count)d request: %(people)s.",
            "You confirmed every level of %(count)d requests: %(people)s.",
            len(done),
        )
        messages.success(request, sentence % {"count": len(done), "people": ", ".join(done)})


@require_http_methods(["GET", "HEAD", "POST"])
def verification_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    reader, now = request.user, timezone.now()
    rows = VerificationRequest.objects.visible_to(reader, on=timezone.localdate())
    asked = get_object_or_404(with_items(rows).exclude(subject=reader), pk=pk)
    refuse_unless_may_answer(asked, by=reader, now=now)
    if asked.state != RequestState.ASKED and request.method != "POST":
        return redirect("pathways:verification_show", pk=asked.pk)
    form = AnswerForm(_sent(request, asked), items=asked.items.all())
    if request.method == "POST" and form.is_valid():
        messages.success(request, _answer(asked, form, by=reader))
        return redirect("pathways:verification_waiting")
    context = {"asked": asked, "form": form, "again": assessed_again(asked)}
    return render(request, "pathways/verification_answer.html", context, status=form_status(form))


def _sent(request: SignedInRequest, asked: VerificationRequest) -> QueryDict | None:
    """What was sent; with the button for all of them, a "yes" to each."""
    if request.method != "POST":
        return None
    sent = request.POST.copy()
    if "confirm_all" in sent:
        for item in asked.items.all():
            sent[f"outcome_{item.pk}"] = CONFIRM
    return sent


def _answer(asked: VerificationRequest, form: AnswerForm, *, by: Person) -> str:
    """Carry the answer out, and say what came of it."""
    answers, statement = form.answers, form.cleaned_data["statement"]
    answer_request(request=asked, answers=answers, statement=statement, by=by, now=timezone.now())
    person = {"person": asked.subject.full_name}
    if all(answer.is_confirmed for answer in answers.values()):
        return _("You confirmed all the levels of %(person)s, who is told.") % person
    return _("You answered %(person)s, who is told and can read your reasons.") % person


@require_safe
def verification_answered(request: SignedInRequest) -> HttpResponse:
    """What the reader answered and may still see, as of a day."""
    reader, today = request.user, timezone.localdate()
    form = DayForm(request.GET if "day_year" in request.GET else None, on=today)
    rows = requests_answered_by(reader, on=today, day=form.chosen)
    context = {"form": form, "day": form.chosen, "page": page_of(request, rows)}
    status = form_status(form)
    return render(request, "pathways/verification_answered.html", context, status=status)
