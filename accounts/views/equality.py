"""One's own equality monitoring: why it is asked, what one answered, and how to stop it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.equality.forms import AnswersForm
from accounts.http import SignedInRequest
from accounts.selectors.equality import codes_to_offer, own_record, wording_of
from accounts.services.equality import (
    answer_equality,
    delete_answers,
    resume_monitoring,
    stop_monitoring,
)
from common.forms import form_status


@require_safe
def equality_show(request: SignedInRequest) -> HttpResponse:
    record, codes = own_record(request.user, by=request.user), codes_to_offer()
    rows = [
        (attribute.label, wording_of(record.answers.get(attribute), found))
        for attribute, found in codes.items()
    ]
    return render(request, "accounts/equality_show.html", {"record": record, "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def equality_answer(request: SignedInRequest) -> HttpResponse:
    person = request.user
    record = own_record(person, by=person)
    if record.opted_out_on:
        return redirect("accounts:equality_show")
    form = AnswersForm(
        request.POST if request.method == "POST" else None,
        codes=codes_to_offer(),
        answers=record.answers,
    )
    if request.method == "POST" and form.is_valid():
        answer_equality(person=person, answers=form.answers(), by=person, now=timezone.now())
        messages.success(request, _("Your answers are saved."))
        return redirect("accounts:equality_show")
    return render(
        request, "accounts/equality_answer.html", {"form": form}, status=form_status(form)
    )


@require_POST
def equality_delete(request: SignedInRequest) -> HttpResponse:
    delete_answers(person=request.user, by=request.user, now=timezone.now())
    messages.success(request, _("Your answers are deleted."))
    return redirect("accounts:equality_show")


@require_http_methods(["GET", "HEAD", "POST"])
def equality_stop(request: SignedInRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "accounts/equality_stop.html")
    stop_monitoring(person=request.user, by=request.user, now=timezone.now())
    messages.success(request, _("We have stopped. Your answers are deleted."))
    return redirect("accounts:equality_show")


@require_POST
def equality_resume(request: SignedInRequest) -> HttpResponse:
    resume_monitoring(person=request.user, by=request.user, now=timezone.now())
    messages.success(request, _("You take part again. You can answer the questions now."))
    return redirect("accounts:equality_show")
