"""One's appraisals, and one appraisal from the first draft to the second signature."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from accounts.views.ledger import timeline
from appraisals.forms.agreement import ConversationForm, ObjectiveForm
from appraisals.selectors.cycles import runs_cycles
from appraisals.selectors.lists import held_appraisals, own_appraisals
from appraisals.selectors.reading import reading_of
from appraisals.selectors.records import line_manager_of_record
from appraisals.services.conversation import record_conversation
from appraisals.services.handing_over import hand_over
from appraisals.services.objectives import add_objective, change_objective, remove_objective
from appraisals.services.workflow import send_back, share, sign
from appraisals.views.loading import as_party, seen_appraisal, seen_objective
from common import forms
from common.errors import Conflict
from common.navigation import page_of


@require_safe
def appraisal_list(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    context = {
        "own": own_appraisals(actor=request.user, on=today),
        "page": page_of(request, held_appraisals(actor=request.user, on=today)),
        "runs_cycles": runs_cycles(actor=request.user, on=today),
        "today": today,
    }
    return render(request, "appraisals/appraisal_list.html", context)


@require_safe
def appraisal_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    appraisal, side, today = as_party(request, pk)
    reading = reading_of(appraisal=appraisal, actor=request.user, side=side, on=today)
    context = {"reading": reading, "appraisal": appraisal, "today": today}
    return render(request, "appraisals/appraisal_detail.html", context)


@require_safe
def appraisal_timeline(request: SignedInRequest, pk: int) -> HttpResponse:
    appraisal, _side, _today = as_party(request, pk)
    title = _("Appraisal of %(name)s") % {"name": appraisal.subject.full_name}
    back = reverse("appraisals:appraisal_detail", args=[pk])
    return timeline(request, appraisal, title=title, back=(back, _("Appraisal")))


@require_POST
def appraisal_share(request: SignedInRequest, pk: int) -> HttpResponse:
    return _step(request, pk, share, _("You have shared your part."))


@require_POST
def appraisal_send_back(request: SignedInRequest, pk: int) -> HttpResponse:
    return _step(request, pk, send_back, _("Sent back. It can be changed and shared again."))


@require_POST
def appraisal_sign(request: SignedInRequest, pk: int) -> HttpResponse:
    appraisal, _side, _today = as_party(request, pk)
    seen = request.POST.get("seen", "")[:64] or "nothing"
    sign(appraisal=appraisal, by=request.user, now=timezone.now(), seen=seen)
    messages.success(request, _("You have signed."))
    return redirect("appraisals:appraisal_detail", pk=pk)


def _step(
    request: SignedInRequest, pk: int, take: Callable[..., object], done: str
) -> HttpResponse:
    appraisal, _side, _today = as_party(request, pk)
    take(appraisal=appraisal, by=request.user, now=timezone.now())
    messages.success(request, done)
    return redirect("appraisals:appraisal_detail", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def conversation_record(request: SignedInRequest, pk: int) -> HttpResponse:
    appraisal, _side, today = as_party(request, pk)
    days = {"met_on": appraisal.met_on, "wellbeing_on": appraisal.wellbeing_on}
    form = ConversationForm(request.POST or None, on=today, initial=days)
    if request.method == "POST" and form.is_valid():
        record_conversation(
            appraisal=appraisal, **form.cleaned_data, by=request.user, now=timezone.now()
        )
        messages.success(request, _("The days are kept."))
        return redirect("appraisals:appraisal_detail", pk=pk)
    context = {"form": form, "appraisal": appraisal}
    page = "appraisals/conversation_form.html"
    return render(request, page, context, status=forms.form_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def objective_add(request: SignedInRequest, pk: int) -> HttpResponse:
    appraisal, _side, today = as_party(request, pk)
    form = ObjectiveForm(request.POST or None, on=today)
    if request.method == "POST" and form.is_valid():
        add_objective(
            appraisal=appraisal, wording=form.wording(), by=request.user, now=timezone.now()
        )
        messages.success(request, _("The objective is added."))
        return redirect("appraisals:appraisal_detail", pk=pk)
    context = {"form": form, "appraisal": appraisal}
    return render(
        request, "appraisals/objective_form.html", context, status=forms.form_status(form)
    )


@require_http_methods(["GET", "HEAD", "POST"])
def objective_change(request: SignedInRequest, pk: int, objective_pk: int) -> HttpResponse:
    appraisal, _side, today = as_party(request, pk)
    objective = seen_objective(appraisal, objective_pk, by=request, on=today)
    form = ObjectiveForm(request.POST or None, on=today, objective=objective)
    context = {"form": form, "appraisal": appraisal, "objective": objective}
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            change_objective(
                objective=objective,
                wording=form.wording(),
                version=form.known_version(),
                by=request.user,
                now=timezone.now(),
            )
        except Conflict as refusal:
            context |= {"refusal": refusal, "current": getattr(refusal, "current", None)}
            status = refusal.status
        else:
            messages.success(request, _("The objective is changed."))
            return redirect("appraisals:appraisal_detail", pk=pk)
    page = "appraisals/objective_form.html"
    return render(request, page, context, status=max(status, forms.form_status(form)))


@require_POST
def objective_remove(request: SignedInRequest, pk: int, objective_pk: int) -> HttpResponse:
    appraisal, _side, today = as_party(request, pk)
    objective = seen_objective(appraisal, objective_pk, by=request, on=today)
    remove_objective(objective=objective, by=request.user, now=timezone.now())
    messages.success(request, _("The objective is removed."))
    return redirect("appraisals:appraisal_detail", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def appraisal_hand_over(request: SignedInRequest, pk: int) -> HttpResponse:
    today = timezone.localdate()
    appraisal = seen_appraisal(request, pk, on=today)
    to = line_manager_of_record(appraisal, on=today)
    if request.method == "POST" and to:
        hand_over(appraisal=appraisal, to=to, by=request.user, now=timezone.now())
        messages.success(
            request,
            _("The appraisal is now with %(name)s.") % {"name": to.full_name},
        )
        return redirect("appraisals:appraisal_list")
    context = {"appraisal": appraisal, "to": to, "is_mine": to == request.user}
    return render(request, "appraisals/hand_over.html", context)
