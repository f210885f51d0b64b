"""Saying where one stands: the overview, one question a page, a whole section, and checking it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from common.forms import form_status
from pathways.forms.assessment import AssessmentForm, QuestionForm
from pathways.selectors.assessment import (
    Assessment,
    Step,
    assessment_of,
    checked_answers,
    question_of,
    questions_of,
)
from pathways.selectors.evidence import evidence_of
from pathways.services.attainments import assess_oneself
from pathways.services.self_assessment import answer_question


@require_safe
def assessment_show(request: SignedInRequest) -> HttpResponse:
    assessment = assessment_of(person=request.user, on=timezone.localdate())
    return render(request, "pathways/assessment_show.html", {"assessment": assessment})


@require_http_methods(["GET", "HEAD", "POST"])
def assessment_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    assessment = assessment_of(person=request.user, on=timezone.localdate())
    part = assessment.part(pk) if assessment else None
    if assessment is None or part is None:
        raise Http404
    questions = questions_of(part=part, version=assessment.version)
    answers = request.POST if request.method == "POST" else None
    form = AssessmentForm(answers, questions=questions)
    if form.is_valid():
        person = request.user
        new = assess_oneself(person=person, ranks=form.ranks, by=person, now=timezone.now())
        messages.success(request, _saved(len(new)))
        following = assessment.after(part)
        if following is None:
            return redirect("pathways:gap_mine")
        return redirect("pathways:assessment_answer", pk=following.domain.pk)
    context = {"form": form, "part": part, "assessment": assessment}
    return render(request, "pathways/assessment_answer.html", context, status=form_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def assessment_question(request: SignedInRequest, pk: int) -> HttpResponse:
    """One question on a page of its own. Every answer is saved at once."""
    person = request.user
    assessment, step = _step(request, pk)
    question = question_of(step=step, version=assessment.version)
    form = QuestionForm(request.POST if request.method == "POST" else None, question=question)
    if form.is_valid():
        note, now = form.cleaned_data["note"], timezone.now()
        answer_question(competency=step.competency, rank=form.rank, note=note, by=person, now=now)
        return _onward(request, step)
    context = {
        "form": form,
        "step": step,
        "onward": _next_page(step),
        "kept": evidence_of(person=person, competency_id=pk),
    }
    return render(request, "pathways/assessment_question.html", context, status=form_status(form))


def _step(request: SignedInRequest, pk: int) -> tuple[Assessment, Step]:
    assessment = assessment_of(person=request.user, on=timezone.localdate())
    step = assessment.step(pk) if assessment else None
    if assessment is None or step is None:
        raise Http404
    return assessment, step


def _onward(request: SignedInRequest, step: Step) -> HttpResponse:
    if "later" in request.POST:
        messages.success(request, _("Your answers are saved. Go on whenever you like."))
        return redirect("pathways:assessment_show")
    if step.after is None:
        return redirect("pathways:assessment_check")
    return redirect("pathways:assessment_question", pk=step.after.pk)


def _next_page(step: Step) -> str:
    if step.after is None:
        return reverse("pathways:assessment_check")
    return reverse("pathways:assessment_question", args=[step.after.pk])


@require_safe
def assessment_check(request: SignedInRequest) -> HttpResponse:
    """Everything the reader said of themselves, to look through and change."""
    assessment = assessment_of(person=request.user, on=timezone.localdate())
    context = {
        "assessment": assessment,
        "domains": checked_answers(assessment) if assessment else [],
    }
    return render(request, "pathways/assessment_check.html", context)


def _saved(count: int) -> str:
    if not count:
        return _("Nothing has changed since you last answered.")
    return ngettext("%(count)d answer saved.", "%(count)d answers saved.", count) % {"count": count}
