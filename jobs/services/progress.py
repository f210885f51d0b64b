"""A person's long work: asked for, watched, finished or failed with a sentence."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction

from accounts.models import Person
from accounts.services.ledger import record
from jobs.models import JOB_WORKFLOW, Document, Job, JobState
from jobs.services.outbox import put


@transaction.atomic
def ask_for(
    *, owner: Person, kind: str, title: str, payload: Mapping[str, Any], by: Person, now: datetime
) -> Job:
    """Queue a piece of long work for ``owner``; the outbox row goes with it.

    Asking again while the same work is still going on returns the job that is under way.
    """
    waiting = Job.objects.filter(
        owner=owner, kind=kind, title=title, state__in=[JobState.QUEUED, JobState.RUNNING]
    )
    under_way = waiting.order_by("-pk").first()
    if under_way:
        return under_way
    job = Job.objects.create(owner=owner, kind=kind, title=title, asked_at=now)
    put(kind=kind, key=f"job:{job.pk}", payload={**payload, "job_id": job.pk}, now=now)
    record(by=by, now=now, verb="ask_for", about=job, subject_id=owner.pk, rule="own_work")
    return job


def show_progress(*, job_id: int, done: int, total: int, now: datetime) -> None:
    """Say how far the work has got. Seen by others once the surrounding transaction commits."""
    job = Job.objects.get(pk=job_id)
    if job.is_over:
        return
    job.state = JOB_WORKFLOW.target("start", current=job.state)
    job.started_at = job.started_at or now
    job.steps_done, job.steps_total = min(done, total), total
    job.save(update_fields=["state", "started_at", "steps_done", "steps_total"])


def fingerprint(*parts: bytes) -> str:
    """SHA-256 of what a document is made from, as 64 hexadecimal digits."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def finish(*, job_id: int, document: Document, now: datetime) -> Job:
    """Mark the work as ready, with the document it made."""
    job = Job.objects.select_for_update().get(pk=job_id)
    job.state = JOB_WORKFLOW.target("finish", current=job.state)
    job.document, job.ended_at, job.steps_done = document, now, job.steps_total
    job.save(update_fields=["state", "document", "ended_at", "steps_done"])
    return job


def fail(*, job_id: int, reason: str, now: datetime) -> Job:
    """Mark the work as failed, with a sentence for its owner."""
    job = Job.objects.select_for_update().get(pk=job_id)
    job.state = JOB_WORKFLOW.target("fail", current=job.state)
    job.reason, job.ended_at = reason, now
    job.save(update_fields=["state", "reason", "ended_at"])
    return job


def keep_document(
    *, owner: Person, kind: str, title: str, filename: str, content: bytes, source_hash: str,
    made_at: datetime, expires_on: date,
) -> Document:  # fmt: skip
    """Store a file for ``owner`` once per source: the same source gives the same document back."""
    existing = Document.objects.filter(owner=owner, kind=kind, source_hash=source_hash).first()
    if existing:
        return existing
    document = Document(
        owner=owner,
        kind=kind,
        title=title,
        filename=filename,
        size=len(content),
        source_hash=source_hash,
        made_at=made_at,
        expires_on=expires_on,
    )
    document.file.save(filename, ContentFile(content), save=False)
    document.save(force_insert=True)
    return document
