"""Who has looked at one's record, what happened to a record, and the auditors' search."""

from collections.abc import Collection

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.ledger_forms import LedgerSearchForm
from accounts.models import Person
from accounts.selectors.ledger import (
    PAGE_SIZE,
    checks,
    found_events,
    happenings,
    reading_rows,
    readings_of,
    sentence_of,
    timeline_of,
)
from accounts.visibility import standing
from common.errors import Forbidden
from common.forms import form_status
from common.navigation import page_of


def shown_to(request: HttpRequest) -> bool:
    """The menu names the search for auditors; the standing is read already."""
    user = request.user
    return isinstance(user, Person) and standing(user, on=timezone.localdate()).holds("AUDITOR")


@require_safe
def reading_list(request: SignedInRequest) -> HttpResponse:
    person, today = request.user, timezone.localdate()
    page = page_of(request, readings_of(person, on=today))
    rows = reading_rows(list(page.object_list), person=person, on=today)
    return render(request, "accounts/ledger/reading_list.html", {"page": page, "readings": rows})


def timeline(
    request: SignedInRequest,
    *records: Model,
    title: str,
    back: tuple[str, str],
    without: Collection[str] = (),
) -> HttpResponse:
    """The page of any record that ``request`` has been found to see: what happened to it.

    ``back`` is the address of the record and what to call it; ``without`` the verbs of what this
    reader is not told.
    """
    rows = timeline_of(records, reader=request.user).exclude(verb__in=without)
    page = page_of(request, rows)
    context = {"page": page, "happenings": happenings(page.object_list), "title": title}
    context |= {"back_href": back[0], "back_text": back[1]}
    return render(request, "accounts/ledger/timeline.html", context)


@require_safe
def ledger_search(request: SignedInRequest) -> HttpResponse:
    person, today = request.user, timezone.localdate()
    if not shown_to(request):
        raise Forbidden(_("Only auditors can search the ledger."), code="may_not_audit")
    form = LedgerSearchForm(request.GET or None, reader=person, on=today)
    search = form.search(before=request.GET.get("before", ""))
    events = found_events(person, search, on=today) if search else []
    shown = events[:PAGE_SIZE]
    last = shown[-1] if len(events) > PAGE_SIZE else None
    context = {
        "form": form,
        "rows": [(event, sentence_of(event)) for event in shown],
        "older": f"{last.happened_at.isoformat()}_{last.pk}" if last else "",
        "checks": checks(person, on=today),
    }
    return render(request, "accounts/ledger/search.html", context, status=form_status(form))
