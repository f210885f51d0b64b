"""Pages of completing: everybody of a session at once, one person, and what it takes."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from common.errors import Conflict
from common.forms import form_status
from courses.forms.completion import PART, CompletionForm, CompletionRuleForm, OneCompletionForm
from courses.models import CompletionRule, Enrolment, Offering
from courses.selectors.completion import (
    MAY_COMPLETE,
    outcomes_in_words,
    people_to_complete,
    rules_of,
    standings_of,
)
from courses.services.attendance import complete
from courses.services.completion import complete_in_part, set_completion_rule
from courses.services.sessions import refuse_unless_runs
from courses.views.registers import run_session


@require_http_methods(["GET", "HEAD", "POST"])
def session_complete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everybody who meets what it takes at once; the others one by one."""
    session = run_session(request, pk)
    people = people_to_complete(session, actor=request.user, on=timezone.localdate())
    ready = [one for one in people if one.meets_rule and one.enrolment.state == "ATTENDED"]
    form = CompletionForm(request.POST if request.method == "POST" else None, standings=ready)
    if form.is_valid():
        ticked = form.ticked()
        chosen = [one.enrolment for one in ready if one.enrolment.pk in ticked]
        complete(enrolments=chosen, by=request.user, now=timezone.now())
        told = ngettext(
            "%(count)d person has completed. It counts in their pathway.",
            "%(count)d people have completed. It counts in their pathways.",
            len(chosen),
        )
        messages.success(request, told % {"count": len(chosen)})
        return redirect("courses:session_register", session.pk)
    context = {
        "session": session,
        "rule": rules_of([session]).get(session.pk),
        "ready": ready,
        "others": [one for one in people if one not in ready],
        "form": form,
    }
    return render(request, "courses/session_complete.html", context, status=form_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def enrolment_complete(request: SignedInRequest, pk: int) -> HttpResponse:
    """One person: everything in spite of what is missing, or a part."""
    enrolment = _run_enrolment(request, pk)
    [standing] = standings_of([enrolment])
    form = OneCompletionForm(
        request.POST if request.method == "POST" else None,
        standing=standing,
        outcomes=outcomes_in_words(enrolment),
    )
    if form.is_valid() and _completed(request, form, enrolment):
        messages.success(request, _("This is recorded. The person is told."))
        return redirect("courses:session_complete", enrolment.session_id)
    context = {"enrolment": enrolment, "standing": standing, "form": form}
    return render(request, "courses/enrolment_complete.html", context, status=form_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def completion_rule(request: SignedInRequest, pk: int) -> HttpResponse:
    """What it takes to complete an offering: what holds, what held, and from when something else
    does."""
    today = timezone.localdate()
    rows = Offering.objects.visible_to(request.user, on=today).select_related("programme", "host")
    offering = get_object_or_404(rows, pk=pk)
    refuse_unless_runs(offering, by=request.user, now=timezone.now())
    form = CompletionRuleForm(request.POST if request.method == "POST" else None, today=today)
    if form.is_valid():
        set_completion_rule(
            offering=offering,
            least_share=form.cleaned_data["least_share"],
            needs_evaluation=form.cleaned_data["needs_evaluation"],
            result=form.result,
            starts_on=form.cleaned_data["starts_on"],
            by=request.user,
            now=timezone.now(),
        )
        messages.success(request, _("What it takes to complete is set."))
        return redirect("courses:completion_rule", offering.pk)
    rules = CompletionRule.objects.visible_to(request.user, on=today).filter(offering=offering)
    context = {
        "offering": offering,
        "rules": rules.order_by("-starts_on"),
        "today": today,
        "form": form,
    }
    return render(request, "courses/completion_rule.html", context, status=form_status(form))


def _run_enrolment(request: SignedInRequest, pk: int) -> Enrolment:
    """Somebody on a session the reader runs: 404 unseen, 403 where somebody else runs it."""
    rows = Enrolment.objects.visible_to(request.user, on=timezone.localdate())
    rows = rows.select_related("person", "session__offering__programme")
    enrolment = get_object_or_404(rows, pk=pk)
    refuse_unless_runs(enrolment.session.offering, by=request.user, now=timezone.now())
    if enrolment.state not in MAY_COMPLETE:
        raise Conflict(
            _("Only somebody who attended and has not completed can be completed."),
            code="stale_state",
        )
    return enrolment


def _completed(request: SignedInRequest, form: OneCompletionForm, enrolment: Enrolment) -> bool:
    given, now = form.cleaned_data, timezone.now()
    try:
        if given["how"] == PART:
            complete_in_part(
                enrolment=enrolment, competencies=form.reached, by=request.user, now=now
            )
        else:
            reasons = {enrolment.pk: given.get("reason", "")}
            complete(enrolments=[enrolment], by=request.user, now=now, exceptions=reasons)
    except Conflict as refusal:
        form.add_error(None, refusal.message)
        return False
    return True
