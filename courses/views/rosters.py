"""The roster of a session, as a page and as a file for a spreadsheet."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from common.navigation import page_of
from courses.selectors.accreditation import accreditation_of_session
from courses.selectors.completion import rules_of
from courses.selectors.rosters import roster, roster_counts, roster_file, roster_rows
from courses.selectors.tables import CSV, XLSX, TableFile
from courses.views.registers import run_session

PEOPLE_ON_A_PAGE = 50


@require_safe
def session_register(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who is on a session; with ``?format=csv`` or ``xlsx`` as a file."""
    session = run_session(request, pk)
    today, now = timezone.localdate(), timezone.now()
    kind = request.GET.get("format", "")
    if kind in (CSV, XLSX):
        return file_response(roster_file(session, actor=request.user, on=today, kind=kind))
    page = page_of(request, roster(session, actor=request.user, on=today), size=PEOPLE_ON_A_PAGE)
    is_open = session.state == "OPEN"
    context = {
        "session": session,
        "page": page,
        "rows": roster_rows(session, page.object_list),
        "counts": roster_counts(session, actor=request.user, on=today),
        "rule": rules_of([session]).get(session.pk),
        "may_change": is_open and now < session.settles_at,
        "may_release": is_open and session.withdrawal_ends_at <= now < session.settles_at,
        "is_over": is_open and now >= session.starts_at,
        "accreditation": accreditation_of_session(session, on=today),
    }
    return render(request, "courses/session_register.html", context)


def file_response(file: TableFile) -> HttpResponse:
    response = HttpResponse(file.content, content_type=file.content_type)
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return response
