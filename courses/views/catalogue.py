"""The catalogue and one programme."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.visibility import standing
from common.forms import form_status
from common.navigation import PAGE_SIZE
from courses.forms.catalogue import ProgrammeFilterForm
from courses.models import KEEPS_RULES, Programme
from courses.policies.compliance import TOLD_OF_TRAINING
from courses.selectors.catalogue import (
    catalogue_rows,
    hosts_seen_by,
    providers_seen_by,
    reader_of,
)
from courses.selectors.deciders import requests_to_decide
from courses.selectors.interests import is_interested
from courses.selectors.programmes import programme_page
from courses.selectors.running import RUNS_SESSIONS
from courses.selectors.search import search_catalogue


@require_safe
def programme_list(request: SignedInRequest) -> HttpResponse:
    person, today, now = request.user, timezone.localdate(), timezone.now()
    form = ProgrammeFilterForm(
        request.GET or None,
        hosts=hosts_seen_by(person, on=today),
        providers=providers_seen_by(person, on=today),
    )
    reader, filters = reader_of(person, on=today), form.filters()
    found = search_catalogue(actor=person, filters=filters, marked=reader.marked, on=today, now=now)
    form.tell(found.facets)
    page = Paginator(found.ids, PAGE_SIZE).get_page(request.GET.get("page"))
    place = standing(person, on=today)
    context = {
        "form": form,
        "page": page,
        "is_similar": found.is_similar,
        "rows": catalogue_rows(
            list(page.object_list), actor=person, reader=reader, on=today, now=now
        ),
        "decides": place.holds(*KEEPS_RULES) or requests_to_decide(person, on=today).exists(),
        "runs_sessions": place.holds(*RUNS_SESSIONS),
    }
    return render(request, "courses/programme_list.html", context, status=form_status(form))


@require_safe
def programme_show(request: SignedInRequest, pk: int) -> HttpResponse:
    today, now = timezone.localdate(), timezone.now()
    programme = get_object_or_404(Programme.objects.visible_to(request.user, on=today), pk=pk)
    page = programme_page(programme, person=request.user, on=today, now=now)
    context = {"programme": programme, "page": page}
    context["sets_rules"] = standing(request.user, on=today).holds(*TOLD_OF_TRAINING)
    context["is_told"] = is_interested(request.user, programme, on=today)
    return render(request, "courses/programme_show.html", context)
