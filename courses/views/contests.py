"""Contesting a refusal, and answering a contest."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from common.forms import form_status
from courses.forms.approvals import ContestAnswerForm, ContestForm
from courses.models import Contest, Enrolment
from courses.selectors.approval_page import request_status
from courses.services.refusals import answer_contest, contest, refuse_unless_may_answer


@require_http_methods(["GET", "HEAD", "POST"])
def contest_make(request: SignedInRequest, pk: int) -> HttpResponse:
    enrolments = Enrolment.objects.visible_to(request.user, on=timezone.localdate())
    mine = enrolments.filter(person=request.user).select_related("session__offering__programme")
    enrolment = get_object_or_404(mine, pk=pk)
    form = ContestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        contest(enrolment=enrolment, text=text, by=request.user, now=timezone.now())
        messages.success(request, _("You have contested the refusal. Somebody else answers it."))
        return redirect("courses:session_show", enrolment.session_id)
    context = {
        "enrolment": enrolment,
        "session": enrolment.session,
        "status": request_status(enrolment),
        "form": form,
    }
    return render(request, "courses/contest_make.html", context, status=form_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def contest_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    today = timezone.localdate()
    rows = Contest.objects.visible_to(request.user, on=today)
    rows = rows.exclude(enrolment__person=request.user)
    made = get_object_or_404(
        rows.select_related("enrolment__person", "enrolment__session__offering__programme"), pk=pk
    )
    refuse_unless_may_answer(made, by=request.user, now=timezone.now())
    form = ContestAnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer_contest(contest=made, by=request.user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Your answer is sent to the person."))
        return redirect("courses:approval_list")
    context = {
        "contest": made,
        "enrolment": made.enrolment,
        "session": made.enrolment.session,
        "status": request_status(made.enrolment),
        "form": form,
    }
    return render(request, "courses/contest_answer.html", context, status=form_status(form))
