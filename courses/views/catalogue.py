"""The catalogue and one programme."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.visibility import standing
from common.forms import form_status
from common.navigation import page_of
from courses.forms import ProgrammeFilterForm
from courses.models import Programme
from courses.selectors.catalogue import (
    catalogue_rows,
    find_programmes,
    hosts_seen_by,
    reader_of,
)
from courses.selectors.deciders import requests_to_decide
from courses.selectors.programmes import programme_page
from courses.selectors.running import RUNS_SESSIONS


@require_safe
def programme_list(request: SignedInRequest) -> HttpResponse:
    person, today, now = request.user, timezone.localdate(), timezone.now()
    form = ProgrammeFilterForm(request.GET or None, hosts=hosts_seen_by(person, on=today))
    reader = reader_of(person, on=today)
    found = find_programmes(actor=person, filters=form.filters(), reader=reader, on=today, now=now)
    page = page_of(request, found.programmes)
    context = {
        "form": form,
        "page": page,
        "is_similar": found.is_similar,
        "rows": catalogue_rows(page.object_list, actor=person, reader=reader, on=today, now=now),
        "decides": requests_to_decide(person, on=today).exists(),
        "runs_sessions": standing(person, on=today).holds(*RUNS_SESSIONS),
    }
    return render(request, "courses/programme_list.html", context, status=form_status(form))


@require_safe
def programme_show(request: SignedInRequest, pk: int) -> HttpResponse:
    today, now = timezone.localdate(), timezone.now()
    programme = get_object_or_404(Programme.objects.visible_to(request.user, on=today), pk=pk)
    page = programme_page(programme, person=request.user, on=today, now=now)
    return render(request, "courses/programme_show.html", {"programme": programme, "page": page})
