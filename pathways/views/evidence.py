from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import SignedInRequest
from common.errors import Conflict
from common.forms import form_status
from common.navigation import page_of
from pathways.forms.evidence import FORMS, ChangeForm, EvidenceForm, FileForm
from pathways.models import Evidence, EvidenceKind
from pathways.selectors.evidence import (
    bytes_kept,
    competencies_to_show,
    evidence_of,
    evidence_seen_by,
    shown_in,
)
from pathways.services.evidence import (
    MOST_KEPT,
    add_file,
    add_link,
    add_reflection,
    change_evidence,
    read_evidence,
    remove_evidence,
)

# What somebody has handed in runs nothing and is shown in nothing, should a browser open it.
_OPENS_NOTHING = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
)
_ADDS = {EvidenceKind.LINK: add_link, EvidenceKind.REFLECTION: add_reflection}


@require_safe
def evidence_list(request: SignedInRequest) -> HttpResponse:
    context = {
        "page": page_of(request, evidence_of(person=request.user)),
        "kept": bytes_kept(person=request.user),
        "most": MOST_KEPT,
    }
    return render(request, "pathways/evidence_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def evidence_add(request: SignedInRequest, kind: str) -> HttpResponse:
    today = timezone.localdate()
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = FORMS[kind](
        data,
        files,
        competencies=competencies_to_show(person=request.user, on=today),
        today=today,
    )
    if form.is_valid() and (evidence := _added(request, form, kind)):
        messages.success(request, _("Your evidence is kept."))
        return redirect("pathways:evidence_show", public_id=evidence.public_id)
    context = {"form": form, "kind": EvidenceKind(kind)}
    return render(request, "pathways/evidence_add.html", context, status=form_status(form))


def _added(request: SignedInRequest, form: EvidenceForm, kind: str) -> Evidence | None:
    """The new evidence; or None when it was refused, which the form then says."""
    given: dict[str, Any] = {"person": request.user, "words": form.words, "by": request.user}
    try:
        if isinstance(form, FileForm):
            file = form.cleaned_data["file"]
            return add_file(content=file.file, name=file.name, now=timezone.now(), **given)
        return _ADDS[EvidenceKind(kind)](now=timezone.now(), **given)
    except Conflict as refusal:
        form.add_error("file" if isinstance(form, FileForm) else None, refusal.message)
        return None


@require_safe
def evidence_show(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    evidence = _seen(request, public_id)
    is_mine = evidence.person_id == request.user.pk
    context = {
        "evidence": evidence,
        "is_mine": is_mine,
        "shown": shown_in(evidence=evidence) if is_mine else [],
    }
    return render(request, "pathways/evidence_show.html", context)


@require_safe
def evidence_download(request: SignedInRequest, public_id: UUID) -> FileResponse:
    evidence = _seen(request, public_id)
    if not evidence.file:
        raise Http404
    try:
        content = evidence.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(
        content,
        as_attachment=True,
        filename=evidence.file_name,
        content_type=evidence.content_type,
        headers={
            "Cache-Control": "private, no-store",
            "Content-Security-Policy": _OPENS_NOTHING,
            "Cross-Origin-Resource-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def evidence_change(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    evidence, today = _own(request, public_id), timezone.localdate()
    form = ChangeForm(
        request.POST if request.method == "POST" else None,
        evidence=evidence,
        competencies=_offered(request, evidence),
        today=today,
    )
    if form.is_valid():
        change_evidence(evidence=evidence, words=form.words, by=request.user, now=timezone.now())
        messages.success(request, _("Your changes are saved."))
        return redirect("pathways:evidence_show", public_id=public_id)
    context = {"form": form, "evidence": evidence}
    return render(request, "pathways/evidence_change.html", context, status=form_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def evidence_remove(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    evidence = _own(request, public_id)
    if request.method == "POST":
        remove_evidence(evidence=evidence, by=request.user, now=timezone.now())
        messages.success(request, _("The evidence is removed."))
        return redirect("pathways:evidence_list")
    context = {"evidence": evidence, "shown": shown_in(evidence=evidence)}
    return render(request, "pathways/evidence_remove.html", context)


def _seen(request: SignedInRequest, public_id: UUID) -> Evidence:
    """What the reader may open; whoever is not its person leaves a trace."""
    rows = evidence_seen_by(request.user, on=timezone.localdate())
    evidence = get_object_or_404(rows, public_id=public_id)
    read_evidence(evidence=evidence, by=request.user, now=timezone.now())
    return evidence


def _own(request: SignedInRequest, public_id: UUID) -> Evidence:
    return get_object_or_404(evidence_of(person=request.user), public_id=public_id)


def _offered(request: SignedInRequest, evidence: Evidence) -> list[Any]:
    """What can be selected: what is offered today, and what was selected before."""
    offered = list(competencies_to_show(person=request.user, on=timezone.localdate()))
    used = [use.competency for use in evidence.uses.all()]
    return [*offered, *(row for row in used if row not in offered)]
