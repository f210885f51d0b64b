"""Seats of a session that are kept for organisations."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import SignedInRequest
from common.dates import london_date
from common.errors import Conflict
from common.forms import form_status
from courses.forms.allotments import SeatsForm
from courses.models import Session
from courses.selectors.allotments import seats_read_by, sharers_of
from courses.selectors.sessions import session_rows
from courses.services.allotments import keep_seats
from courses.services.sessions import refuse_unless_runs


@require_http_methods(["GET", "HEAD", "POST"])
def session_seats(request: SignedInRequest, pk: int) -> HttpResponse:
    today = timezone.localdate()
    session = get_object_or_404(session_rows(request.user, on=today), pk=pk)
    refuse_unless_runs(session.offering, by=request.user, now=timezone.now())
    form = SeatsForm(
        request.POST or None,
        organisations=sharers_of(session, on=today),
        first=today + timedelta(days=1),
        last=london_date(session.starts_at),
    )
    if request.method == "POST" and form.is_valid() and _keep(request, session, form):
        return redirect("courses:session_seats", session.pk)
    context = {
        "session": session,
        "seats": seats_read_by(request.user, session, on=today),
        "form": form,
    }
    return render(request, "courses/allotment_list.html", context, status=form_status(form))


def _keep(request: SignedInRequest, session: Session, form: SeatsForm) -> bool:
    try:
        keep_seats(session=session, by=request.user, now=timezone.now(), **form.cleaned_data)
    except Conflict as refusal:
        form.add_error(None, refusal.message)
        return False
    messages.success(request, _("The seats are kept as you said."))
    return True
