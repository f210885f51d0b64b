from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import SignedInRequest
from common.forms import form_status
from common.navigation import page_of
from pathways.forms.imports import ImportForm
from pathways.models import FrameworkImport, FrameworkVersion, LineKind
from pathways.selectors.authoring import editions_written
from pathways.selectors.imports import imports_of, imports_seen, lines_shown, standing_of
from pathways.selectors.workbooks.problems import Unreadable
from pathways.services.uploads import (
    apply_upload,
    check_upload,
    check_upload_again,
    undo_upload,
)

LINES_A_PAGE = 100


@require_http_methods(["GET", "HEAD", "POST"])
def import_new(request: SignedInRequest, pk: int) -> HttpResponse:
    version = _written(request, pk)
    is_sent = request.method == "POST"
    form = ImportForm(request.POST, request.FILES) if is_sent else ImportForm()
    if form.is_valid() and (imported := _checked(request, form, version)):
        return redirect("pathways:import_show", public_id=imported.public_id)
    past = imports_of(version, actor=request.user, on=timezone.localdate())
    context = {"form": form, "version": version, "page": page_of(request, past)}
    return render(request, "pathways/import_new.html", context, status=form_status(form))


def _checked(
    request: SignedInRequest, form: ImportForm, version: FrameworkVersion
) -> FrameworkImport | None:
    """The checked copy; or None when the file could not be read, which the form then says."""
    try:
        return check_upload(version=version, file=form.upload, by=request.user, now=timezone.now())
    except Unreadable as refusal:
        form.add_error("file", refusal.message)
        return None


@require_safe
def import_show(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    imported = _seen(request, public_id)
    kind = request.GET.get("kind", "")
    lines = lines_shown(imported, kind=kind)
    context = {
        "imported": imported,
        "version": imported.version,
        "standing": standing_of(imported, actor=request.user, now=timezone.now()),
        "kind": kind if kind in LineKind.values else "",
        "page": page_of(request, lines, size=LINES_A_PAGE),
    }
    return render(request, "pathways/import_show.html", context)


@require_POST
def import_apply(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    imported = _seen(request, public_id)
    apply_upload(imported=imported, by=request.user, now=timezone.now())
    messages.success(request, _("The draft now says what the file says."))
    return redirect("pathways:import_show", public_id=public_id)


@require_POST
def import_check(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    imported = _seen(request, public_id)
    check_upload_again(imported=imported, by=request.user, now=timezone.now())
    messages.success(request, _("The file was compared with what the draft says now."))
    return redirect("pathways:import_show", public_id=public_id)


@require_POST
def import_undo(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    imported = _seen(request, public_id)
    undo_upload(imported=imported, by=request.user, now=timezone.now())
    messages.success(request, _("The draft says again what it said before the file was applied."))
    return redirect("pathways:import_show", public_id=public_id)


def _written(request: SignedInRequest, pk: int) -> FrameworkVersion:
    rows = editions_written(request.user, on=timezone.localdate())
    return get_object_or_404(rows.select_related("framework", "scale"), pk=pk)


def _seen(request: SignedInRequest, public_id: UUID) -> FrameworkImport:
    rows = imports_seen(request.user, on=timezone.localdate())
    return get_object_or_404(rows, public_id=public_id)
