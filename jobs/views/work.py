"""Watching a piece of long work, and opening what was made: each its owner's alone."""

from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import SignedInRequest
from accounts.second_factor import proves_who_it_is
from common.navigation import page_of
from jobs.models import Document, Job
from jobs.rights import PACK
from jobs.wordings import wording_of


@require_safe
def job_show(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    today = timezone.localdate()
    jobs = Job.objects.visible_to(request.user, on=today).select_related("document")
    job = get_object_or_404(jobs, public_id=public_id)
    # htmx asks again every two seconds and gets only what changes.
    template = "jobs/state.html" if request.headers.get("HX-Request") else "jobs/job_show.html"
    expired = job.document is not None and job.document.expires_on < today
    context = {"job": job, "expired": expired, "wording": wording_of(job.kind)}
    return render(request, template, context)


@require_safe
def document_list(request: SignedInRequest) -> HttpResponse:
    documents = Document.objects.visible_to(request.user, on=timezone.localdate())
    page = page_of(request, documents.order_by("-made_at", "-pk"))
    return render(request, "jobs/document_list.html", {"page": page})


@require_safe
def document_download(request: SignedInRequest, public_id: UUID) -> FileResponse:
    documents = Document.objects.visible_to(request.user, on=timezone.localdate())
    document = get_object_or_404(documents, public_id=public_id)
    if document.kind == PACK:
        proves_who_it_is(request, now=timezone.now())
    try:
        content = document.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(
        content,
        as_attachment=True,
        filename=document.filename,
        content_type=document.content_type,
        # A copy in a cache would outlive the document, and its owner's right to it.
        headers={"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"},
    )
