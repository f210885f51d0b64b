from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from common.forms import form_status
from pathways.forms.assessment import AssessmentForm
from pathways.selectors.assessment import assessment_of, questions_of
from pathways.services.attainments import assess_oneself


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


def _saved(count: int) -> str:
    if not count:
        return _("Nothing has changed since you last answered.")
    return ngettext("%(count)d answer saved.", "%(count)d answers saved.", count) % {"count": count}
