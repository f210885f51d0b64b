"""A person's long work: asked for, watched, finished or failed with a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor, SystemJob
from accounts.models import Person
from accounts.scope import lifted
from accounts.services.ledger import record
from jobs.models import JOB_WORKFLOW, Document, Job, JobState
from jobs.services.outbox import put

ASKER = SystemJob("jobs.ask_for", organisation_ids=None)


@dataclass(frozen=True, slots=True)
class Work:
    """What is asked for. ``payload`` carries identifiers to the handler of ``kind``."""

    kind: str
    about_key: str
    title: str
    payload: Mapping[str, Any]


@transaction.atomic
def ask_for(*, owner: Person, work: Work, by: Actor, now: datetime) -> Job:
    """Queue a piece of long work for ``owner``; the outbox row goes with it.

    Asking again before it has started returns the waiting job. One that has started may have read
    what it is made from, so then the same work is queued once more.
    """
    if owner == by:
        return _ask(owner, work, by=by, now=now)
    # The job is its owner's, and so out of the sight of whoever sets it going: the line manager,
    # say, whose signature asks for the PDF of a colleague's plan.
    with lifted(ASKER):
        return _ask(owner, work, by=by, now=now)


def _ask(owner: Person, work: Work, *, by: Actor, now: datetime) -> Job:
    job, created = Job.objects.get_or_create(
        owner=owner,
        kind=work.kind,
        about_key=work.about_key,
        state=JobState.QUEUED,
        defaults={"title": work.title, "asked_at": now},
    )
    if created:
        put(
            kind=work.kind, key=f"job:{job.pk}", payload={**work.payload, "job_id": job.pk}, now=now
        )
        record(
            by=by,
            now=now,
            verb="ask_for",
            about=job,
            subject_id=owner.pk,
            rule="own_work",
            facts={"kind": work.kind, "about": work.about_key},
        )
    return job


def start(payload: Mapping[str, Any], now: datetime) -> None:
    """Let the owner see that the work has begun; a handler's ``on_claimed``."""
    job = _lock(payload["job_id"])
    if job.is_over:
        return
    job.state = JOB_WORKFLOW.target("start", current=job.state)
    job.started_at = job.started_at or now
    job.save(update_fields=["state", "started_at"])


def take_turn(*, job_id: int) -> Job:
    """Wait until no other worker makes the same for the same owner; return the job, locked.

    Two renderings of one thing would both find nothing kept, and the second would be in vain.
    """
    job = Job.objects.select_related("owner").get(pk=job_id)
    same = Job.objects.filter(owner_id=job.owner_id, kind=job.kind, about_key=job.about_key)
    under_way = same.filter(state__in=[JobState.QUEUED, JobState.RUNNING]).order_by("pk")
    list(under_way.select_for_update(no_key=True))
    job.refresh_from_db(fields=["state"])
    return job


def finish(*, job_id: int, document: Document, now: datetime) -> Job:
    """Mark the work as ready, with the document it made."""
    job = _lock(job_id)
    job.state = JOB_WORKFLOW.target("finish", current=job.state)
    job.document, job.ended_at, job.steps_done = document, now, job.steps_total
    job.save(update_fields=["state", "document", "ended_at", "steps_done"])
    return job


def fail(*, job_id: int, reason: str, now: datetime) -> Job:
    """Mark the work as failed, with a sentence for its owner."""
    job = _lock(job_id)
    job.state = JOB_WORKFLOW.target("fail", current=job.state)
    job.reason, job.ended_at = reason, now
    job.save(update_fields=["state", "reason", "ended_at"])
    return job


def give_up(payload: Mapping[str, Any], now: datetime) -> None:
    """Tell the owner that no more tries follow; a handler's ``on_parked``."""
    reason = _("We tried several times and could not make it. Ask for it again later.")
    fail(job_id=payload["job_id"], reason=reason, now=now)


def _lock(job_id: int) -> Job:
    return Job.objects.select_for_update(no_key=True).get(pk=job_id)
