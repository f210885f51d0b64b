"""Pages of those who keep what is accredited: what ends when, one accreditation, a new one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.models import Organisation
from accounts.visibility import standing
from common.forms import form_status
from common.navigation import page_of
from courses.forms.accreditation import (
    AccreditationForm,
    MonthsForm,
    RenewalForm,
    StepForm,
)
from courses.models import KEEPS_ACCREDITATION, Accreditation, AccreditationRenewal
from courses.selectors.accreditation import accreditations_to_renew, with_targets
from courses.selectors.running import offerings_run_by
from courses.services.accreditation import (
    accredit,
    refuse_unless_keeps_any,
    start_renewal,
    take_over_renewal,
    take_renewal_step,
)


@require_safe
def accreditation_list(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    refuse_unless_keeps_any(keeps=standing(request.user, on=today).holds(*KEEPS_ACCREDITATION))
    form = MonthsForm(request.GET or None)
    rows = accreditations_to_renew(request.user, on=today, months=form.chosen())
    context = {"form": form, "page": page_of(request, rows), "today": today}
    return render(request, "courses/accreditation_list.html", context, status=form_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def accreditation_add(request: SignedInRequest) -> HttpResponse:
    today = timezone.localdate()
    place = standing(request.user, on=today)
    refuse_unless_keeps_any(keeps=place.holds(*KEEPS_ACCREDITATION))
    covered = place.covered_by(*KEEPS_ACCREDITATION)
    providers = Organisation.objects.visible_to(request.user, on=today)
    form = AccreditationForm(
        request.POST or None,
        offerings=offerings_run_by(request.user, on=today),
        providers=providers.filter(pk__in=covered).order_by("name", "pk"),
    )
    if request.method == "POST" and form.is_valid():
        row = accredit(
            of=form.target(),
            body=form.cleaned_data["body"],
            terms=form.terms(),
            by=request.user,
            now=timezone.now(),
        )
        messages.success(request, _("The accreditation is entered."))
        return redirect("courses:accreditation_show", row.pk)
    context = {"form": form}
    return render(request, "courses/accreditation_add.html", context, status=form_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def accreditation_show(request: SignedInRequest, pk: int) -> HttpResponse:
    """One accreditation and its renewal: to be begun, or to be moved on."""
    today = timezone.localdate()
    rows = with_targets(Accreditation.objects.visible_to(request.user, on=today))
    row = get_object_or_404(rows.kept_by(request.user, on=today), pk=pk)
    renewal = row.renewals.open().select_related("worked_on_by").first()
    given = request.POST if request.method == "POST" else None
    if given and renewal and given.get("act") == "take_over":
        take_over_renewal(renewal=renewal, by=request.user, now=timezone.now())
        return _done(request, row, _("You work on this renewal now."))
    form = StepForm(given, state=renewal.state) if renewal else RenewalForm(given, today=today)
    if given is not None and form.is_valid():
        return _done(request, row, _move_on(request, row, renewal, form))
    context = {
        "accreditation": row,
        "renewal": renewal,
        "settled": row.renewals.settled().select_related("worked_on_by"),
        "form": form,
        "today": today,
    }
    return render(request, "courses/accreditation_show.html", context, status=form_status(form))


def _move_on(
    request: SignedInRequest,
    row: Accreditation,
    renewal: AccreditationRenewal | None,
    form: StepForm | RenewalForm,
) -> str:
    """Do what the form says; return what is done in words."""
    given, now = form.cleaned_data, timezone.now()
    if renewal is None or isinstance(form, RenewalForm):
        start_renewal(accreditation=row, due_on=given["due_on"], by=request.user, now=now)
        return _("The renewal has begun.")
    take_renewal_step(
        renewal=renewal,
        step=given["step"],
        by=request.user,
        now=now,
        note=given["note"],
        terms=form.granted(),
    )
    return _("What has happened to the renewal is entered.")


def _done(request: SignedInRequest, row: Accreditation, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("courses:accreditation_show", row.pk)
