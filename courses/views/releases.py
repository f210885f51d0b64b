"""The page on which whoever runs a session releases a place for somebody."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from common.forms import form_status
from courses.forms.releases import ReleaseForm
from courses.models import Enrolment
from courses.selectors.charges import late_charge_of
from courses.services.releases import ReleaseReason, release_place
from courses.services.sessions import refuse_unless_runs


@require_http_methods(["GET", "HEAD", "POST"])
def enrolment_release(request: SignedInRequest, pk: int) -> HttpResponse:
    now = timezone.now()
    rows = Enrolment.objects.visible_to(request.user, on=timezone.localdate())
    about = ("person", "organisation", "session__offering__programme", "session__offering__host")
    enrolment = get_object_or_404(rows.select_related(*about), pk=pk)
    refuse_unless_runs(enrolment.session.offering, by=request.user, now=now)
    form = ReleaseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        release_place(
            enrolment=enrolment,
            reason=ReleaseReason(form.cleaned_data["reason"]),
            text=form.cleaned_data["text"],
            by=request.user,
            now=now,
        )
        messages.success(request, _("The place is released. The person is told."))
        return redirect("courses:session_register", enrolment.session_id)
    context = {"enrolment": enrolment, "form": form, "pence": late_charge_of(enrolment, now=now)}
    return render(request, "courses/enrolment_release.html", context, status=form_status(form))
