"""Pages of evaluation: answering, what a session came to, and an offering over time."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from common.errors import Conflict
from common.forms import form_status
from courses.forms.evaluations import EvaluationAnswerForm
from courses.models import EvaluationInvitation, Offering
from courses.selectors.evaluations import offering_results, session_results
from courses.services.evaluations import answer_evaluation
from courses.services.sessions import refuse_unless_runs
from courses.views.registers import run_session


@require_http_methods(["GET", "HEAD", "POST"])
def evaluation_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """``pk`` is the number of one's own enrolment."""
    rows = EvaluationInvitation.objects.visible_to(request.user, on=timezone.localdate())
    rows = rows.select_related("form", "enrolment__session__offering__programme")
    invitation = get_object_or_404(rows, enrolment_id=pk)
    form = EvaluationAnswerForm(
        request.POST if request.method == "POST" else None,
        questions=invitation.form.questions.order_by("position"),
    )
    if form.is_valid() and _answered(request, form, invitation):
        messages.success(request, _("Thank you. Your answers are counted without your name."))
        return redirect("courses:session_show", invitation.enrolment.session_id)
    context = {
        "invitation": invitation,
        "session": invitation.enrolment.session,
        "is_open": not invitation.is_answered and timezone.now() < invitation.closes_at,
        "form": form,
    }
    return render(request, "courses/evaluation_answer.html", context, status=form_status(form))


@require_safe
def session_evaluation(request: SignedInRequest, pk: int) -> HttpResponse:
    session = run_session(request, pk)
    context = {"session": session, "results": session_results(session, now=timezone.now())}
    return render(request, "courses/session_evaluation.html", context)


@require_safe
def offering_evaluation(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = Offering.objects.visible_to(request.user, on=timezone.localdate())
    offering = get_object_or_404(rows.select_related("programme", "host"), pk=pk)
    refuse_unless_runs(offering, by=request.user, now=timezone.now())
    context = {"offering": offering, "results": offering_results(offering, now=timezone.now())}
    return render(request, "courses/offering_evaluation.html", context)


def _answered(
    request: SignedInRequest, form: EvaluationAnswerForm, invitation: EvaluationInvitation
) -> bool:
    try:
        answer_evaluation(
            invitation=invitation, answers=form.answers, by=request.user, now=timezone.now()
        )
    except Conflict as refusal:
        form.add_error(None, refusal.message)
        return False
    return True
