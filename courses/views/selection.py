"""Applying for places, following one's applications, and answering an offer."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from common.errors import Conflict
from common.forms import form_status
from common.navigation import page_of
from courses.forms.applying import ApplicationForm
from courses.forms.offers import AnswerForm
from courses.models import Application, Intake
from courses.selectors.selection import (
    answers_by_question,
    answers_of,
    application_of,
    applications_of,
    intakes_open_to,
    intakes_read_by,
)
from courses.selectors.selection_sponsors import sponsorship_of
from courses.services.selection_applying import (
    save_application,
    send_application,
    withdraw_application,
)
from courses.services.selection_offers import accept_selection, decline_selection

_MOST_INTAKES = 50


@require_safe
def application_list(request: SignedInRequest) -> HttpResponse:
    today, now = timezone.localdate(), timezone.now()
    context = {
        "page": page_of(request, applications_of(request.user, on=today)),
        "intakes": intakes_open_to(request.user, on=today, now=now)[:_MOST_INTAKES],
    }
    return render(request, "courses/application_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def intake_apply(request: SignedInRequest, pk: int) -> HttpResponse:
    intake = get_object_or_404(intakes_read_by(request.user, on=timezone.localdate()), pk=pk)
    application = application_of(request.user, intake)
    if application and application.state != "DRAFT":
        return redirect("courses:application_show", application.pk)
    form = _application_form(request, intake, application)
    if form.is_valid() and _kept(request, form, intake):
        return redirect("courses:application_list")
    context = {"intake": intake, "form": form, "now": timezone.now(), "application": application}
    return render(request, "courses/intake_apply.html", context, status=form_status(form))


def _application_form(
    request: SignedInRequest, intake: Intake, application: Application | None
) -> ApplicationForm:
    known = answers_by_question(application) if application else {}
    sponsorship = sponsorship_of(application) if application and intake.asks_sponsor else None
    return ApplicationForm(
        request.POST if request.method == "POST" else None,
        questions=list(intake.questions.order_by("position")),
        has_sponsor=intake.asks_sponsor and not (sponsorship and sponsorship.given_at),
        initial={
            "sponsor": sponsorship.sponsor.email if sponsorship else "",
            **{f"answer_{number}": text for number, text in known.items()},
        },
    )


def _kept(request: SignedInRequest, form: ApplicationForm, intake: Intake) -> bool:
    now, person = timezone.now(), request.user
    try:
        application = save_application(
            intake=intake,
            answers=form.answers,
            person=person,
            by=person,
            now=now,
            sponsor=form.sponsor,
        )
        if form.is_sent:
            send_application(application=application, by=person, now=now)
    except Conflict as refusal:
        form.add_error("sponsor" if refusal.code == "no_sponsor_there" else None, refusal.message)
        return False
    sent, kept = _("Your application is sent."), _("Your application is saved and not sent yet.")
    messages.success(request, sent if form.is_sent else kept)
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def application_show(request: SignedInRequest, pk: int) -> HttpResponse:
    rows = applications_of(request.user, on=timezone.localdate())
    application = get_object_or_404(rows, pk=pk)
    is_withdrawn = request.POST.get("act") == "withdraw"
    if is_withdrawn:
        withdraw_application(application=application, by=request.user, now=timezone.now())
        messages.success(request, _("Your application is withdrawn."))
        return redirect("courses:application_show", application.pk)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _answered(request, form, application):
        return redirect("courses:application_show", application.pk)
    context = {
        "application": application,
        "answers": answers_of(application),
        "decisions": application.decisions.order_by("decided_at"),
        "is_offered": application.is_offer_open(now=timezone.now()),
        "form": form,
    }
    return render(request, "courses/application_show.html", context, status=form_status(form))


def _answered(request: SignedInRequest, form: AnswerForm, application: Application) -> bool:
    now = timezone.now()
    try:
        if form.cleaned_data["answer"] == "ACCEPT":
            accept_selection(application=application, by=request.user, now=now)
            messages.success(request, _("You have accepted the place."))
        else:
            decline_selection(application=application, by=request.user, now=now)
            messages.success(request, _("You declined. The place goes to the reserve list."))
    except Conflict as refusal:
        form.add_error(None, refusal.message)
        return False
    return True
