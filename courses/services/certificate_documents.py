"""The PDF of a certificate: made by a worker when it is issued, and again when it is asked for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Person
from common.dates import london_date
from courses.models import Certificate
from courses.selectors.certificate_view import certificate_view, qr_code
from jobs.models import Document, Job
from jobs.services.documents import (
    Made,
    Source,
    find_document,
    fingerprint,
    keep_document,
    keep_documents,
)
from jobs.services.pdf import as_pdf, page_of_document, renderer
from jobs.services.progress import Work, ask_for, fail, finish, take_turn
from notifications.services.notices import notify

KIND = "courses.certificate_pdf"
READY = "courses.certificate_pdf_ready"
STYLE = "documents/certificate.css"


@transaction.atomic
def ask_for_pdf(
    *, certificate: Certificate, owner: Person, by: Actor, now: datetime
) -> Document | Job:
    """The PDF that ``owner`` has of a certificate, or the work that makes it.

    The caller has found the certificate among those that the owner may see.
    """
    _html, source = _made_from(certificate)
    kept = find_document(owner=owner, source=source, now=now)
    if kept:
        return kept
    work = Work(
        kind=KIND,
        about_key=f"certificate:{certificate.pk}",
        title=certificate.title,
        payload={"certificate_id": certificate.pk},
    )
    return ask_for(owner=owner, work=work, by=by, now=now)


def make_pdf(payload: Mapping[str, Any], now: datetime) -> None:
    """Make the document of a queued job and tell its owner. Safe to run again."""
    job = take_turn(job_id=payload["job_id"])
    if job.is_over:
        return
    seen = Certificate.objects.visible_to(job.owner, on=london_date(now))
    certificate = seen.filter(pk=payload["certificate_id"]).first()
    # Whoever asked may have lost sight of the certificate since.
    if certificate is None:
        fail(job_id=job.pk, reason=_("You can no longer see this certificate."), now=now)
        return
    html, source = _made_from(certificate)
    document = find_document(owner=job.owner, source=source, now=now) or keep_document(
        job=job, source=source, content=_rendered(html, source), now=now
    )
    finish(job_id=job.pk, document=document, now=now)
    notify(
        recipient=job.owner,
        rule=READY,
        subject_key=f"job:{job.pk}",
        url=reverse("jobs:job_show", args=[job.public_id]),
        now=now,
        facts={"title": document.title},
    )


def make_pdfs(payload: Mapping[str, Any], now: datetime) -> None:
    """Make the PDFs of certificates that were just issued, for those they are of.

    Safe to run again: what has been made is not made a second time.
    """
    rows = Certificate.objects.filter(pk__in=payload["certificate_ids"], state="ISSUED")
    wanted = [(row, *_made_from(row)) for row in rows.order_by("pk")]
    has = _kept_already([source for _row, _html, source in wanted])
    keep_documents(
        (
            Made(row.person_id, _secret(row), source, _rendered(html, source))
            for row, html, source in wanted
            if (row.person_id, source.fingerprint) not in has
        ),
        now=now,
    )


def page_of_certificate(certificate: Certificate) -> str:
    """The HTML of the paper twin of a certificate."""
    view = certificate_view(certificate)
    title = f"{view.title}: {view.person_name}"
    context = {"view": view, "qr": qr_code(view.address)}
    return page_of_document("documents/certificate.html", title=title, context=context)


def _made_from(certificate: Certificate) -> tuple[str, Source]:
    html = page_of_certificate(certificate)
    name = slugify(f"{certificate.person_name} {certificate.title}")[:80] or "certificate"
    source = Source(
        kind=KIND,
        title=certificate.title,
        filename=f"{name}-{certificate.serial.lower()}.pdf",
        fingerprint=fingerprint(html.encode(), renderer(STYLE).encode()),
    )
    return html, source


def _rendered(html: str, source: Source) -> bytes:
    return as_pdf(html, identifier=source.fingerprint, style=STYLE)


def _secret(certificate: Certificate) -> str:
    """What the stored name follows from: not the link alone, which others are given."""
    return salted_hmac("courses.certificate_pdf", certificate.token).hexdigest()


def _kept_already(sources: Sequence[Source]) -> set[tuple[int, str]]:
    hashes = [source.fingerprint for source in sources]
    rows = Document.objects.filter(kind=KIND, source_hash__in=hashes)
    return set(rows.values_list("owner_id", "source_hash"))
