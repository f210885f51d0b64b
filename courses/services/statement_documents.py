"""The PDF of a statement of charges: asked for by somebody who may see it, made by a worker."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Person
from common.dates import london_date
from common.errors import Forbidden
from courses.models import Statement
from courses.selectors.statements import StatementView, statement_view
from jobs.models import Document, Job
from jobs.services.documents import Source, find_document, fingerprint, keep_document
from jobs.services.pdf import as_pdf, page_of_document, renderer
from jobs.services.progress import Work, ask_for, fail, finish, take_turn
from notifications.services.notices import notify

KIND = "courses.statement_pdf"
READY = "courses.statement_pdf_ready"


@transaction.atomic
def queue_statement_pdf(*, statement: Statement, owner: Person, by: Actor, now: datetime) -> Job:
    """Ask for the PDF of ``statement`` for ``owner``. Asking again before it is made is one job.

    Refuses ``Forbidden`` (``may_not_see_statement``) for an owner who may not see it.
    """
    found = _seen_by(owner, statement_id=statement.pk, now=now)
    if found is None:
        raise Forbidden(
            _("You can only make a PDF of a statement you may see."), code="may_not_see_statement"
        )
    view = statement_view(found, actor=owner, on=london_date(now))
    work = Work(
        kind=KIND,
        about_key=f"statement:{found.pk}",
        title=view.title,
        payload={"statement_id": found.pk},
    )
    return ask_for(owner=owner, work=work, by=by, now=now)


def make_statement_pdf(payload: Mapping[str, Any], now: datetime) -> None:
    """Make the document of a queued job and tell its owner. Safe to run again."""
    job = take_turn(job_id=payload["job_id"])
    if job.is_over:
        return
    statement = _seen_by(job.owner, statement_id=payload["statement_id"], now=now)
    # Whoever asked may have lost sight of the statement since.
    if statement is None:
        fail(job_id=job.pk, reason=_("You can no longer see this statement."), now=now)
        return
    view = statement_view(statement, actor=job.owner, on=london_date(now))
    document = _document(job, view=view, now=now)
    finish(job_id=job.pk, document=document, now=now)
    notify(
        recipient=job.owner,
        rule=READY,
        subject_key=f"job:{job.pk}",
        url=reverse("jobs:job_show", args=[job.public_id]),
        now=now,
        facts={"title": document.title},
    )


def statement_page(view: StatementView) -> str:
    """Return the HTML of the paper twin of ``view``."""
    return page_of_document("documents/statement.html", title=view.title, context={"view": view})


def _seen_by(owner: Person, *, statement_id: int, now: datetime) -> Statement | None:
    rows = Statement.objects.visible_to(owner, on=london_date(now))
    related = rows.select_related("host", "payer", "corrects__host", "issued_by")
    return related.filter(pk=statement_id).first()


def _document(job: Job, *, view: StatementView, now: datetime) -> Document:
    html = statement_page(view)
    source = Source(
        kind=KIND,
        title=view.title,
        filename=f"{slugify(view.title)[:80] or 'statement'}.pdf",
        fingerprint=fingerprint(html.encode(), renderer().encode()),
    )
    kept = find_document(owner=job.owner, source=source, now=now)
    if kept:
        return kept
    content = as_pdf(html, identifier=source.fingerprint)
    return keep_document(job=job, source=source, content=content, now=now)
