"""Fetching a CASE package for a draft, and starting a framework from a package."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from accounts.models import Person
from common.errors import Conflict
from common.forms import form_status
from common.navigation import page_of
from pathways.forms.packages import FetchForm, PackageStartForm
from pathways.models import FetchState, FrameworkVersion, PackageFetch
from pathways.selectors.case.fetches import fetches_of, fetches_seen
from pathways.selectors.workbooks.problems import Unreadable
from pathways.services.case.fetching import ask_for_package
from pathways.services.case.starting import Faulty, start_from_address, start_from_file
from pathways.views.authoring import edition_written, refuse_unless_starts

# As many as one reads above a form; more show up once these are corrected.
MOST_MISTAKES = 20


@require_http_methods(["GET", "HEAD", "POST"])
def fetch_new(request: SignedInRequest, pk: int) -> HttpResponse:
    version = edition_written(request.user, pk)
    is_sent = request.method == "POST"
    form = FetchForm(request.POST) if is_sent else FetchForm(initial=_again(request, version))
    if form.is_valid() and (asked := _asked(form, version, by=request.user)):
        return redirect("pathways:fetch_show", public_id=asked.public_id)
    past = fetches_of(version, actor=request.user, on=timezone.localdate())
    context = {"form": form, "version": version, "page": page_of(request, past)}
    return render(request, "pathways/fetch_new.html", context, status=form_status(form))


def _again(request: SignedInRequest, version: FrameworkVersion) -> dict[str, str]:
    """The address that was asked for last, for whoever tries it again."""
    if "again" not in request.GET:
        return {}
    last = fetches_of(version, actor=request.user, on=timezone.localdate()).first()
    if last is None:
        return {}
    is_own = last.asked_by_id == request.user.pk
    return {"address": last.address if is_own else last.shown_address}


def _asked(form: FetchForm, version: FrameworkVersion, *, by: Person) -> PackageFetch | None:
    try:
        return ask_for_package(version=version, source=form.source, by=by, now=timezone.now())
    except Conflict as refusal:
        form.add_error(None, refusal.message)
        return None


@require_safe
def fetch_show(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    rows = fetches_seen(request.user, on=timezone.localdate())
    asked = get_object_or_404(rows, public_id=public_id)
    is_part = bool(request.headers.get("HX-Request"))
    if asked.imported is not None and not is_part:
        return redirect("pathways:import_show", public_id=asked.imported.public_id)
    template = "pathways/parts/fetch_state.html" if is_part else "pathways/fetch_show.html"
    answer = render(request, template, {"fetch": asked, "version": asked.version})
    if is_part and asked.state == FetchState.FETCHED:
        # What came of it is a page of its own, where the browser goes without being asked.
        answer["HX-Redirect"] = request.path
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def package_start(request: SignedInRequest) -> HttpResponse:
    refuse_unless_starts(request.user)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = PackageStartForm(*sent, reader=request.user, on=timezone.localdate())
    if form.is_valid() and (shown := _started(form, by=request.user)):
        return shown
    context = {"form": form}
    return render(request, "pathways/package_start.html", context, status=form_status(form))


def _started(form: PackageStartForm, *, by: Person) -> HttpResponse | None:
    """To what came of it; or None with the reason on the form."""
    told, file, now = form.beginning, form.upload, timezone.now()
    try:
        if file is None:
            asked = start_from_address(beginning=told, source=form.source, by=by, now=now)
            return redirect("pathways:fetch_show", public_id=asked.public_id)
        imported = start_from_file(beginning=told, file=file, by=by, now=now)
        return redirect("pathways:import_show", public_id=imported.public_id)
    except Faulty as refusal:
        for sentence in [refusal.message, *refusal.mistakes[:MOST_MISTAKES]]:
            form.add_error("file", sentence)
    except Unreadable as refusal:
        form.add_error("file", refusal.message)
    except Conflict as refusal:
        form.add_error("code", refusal.message)
    return None
