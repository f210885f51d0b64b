"""Subject-access packs: asked for by the person or their data protection officer, made by a
worker, kept as a document that only the person can open."""

from collections.abc import Mapping
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO, Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Person
from accounts.policies import may_make_pack
from accounts.selectors.rights import rights_relations
from accounts.services.export import export_person
from accounts.telling import tell
from common.dates import london_date, long_date
from common.errors import Forbidden
from jobs.models import Document, Job
from jobs.rights import PACK
from jobs.services.documents import Source, fingerprint, keep_document
from jobs.services.progress import Work, ask_for, fail, finish, take_turn

READY = "accounts.pack_ready"
ASKED_FOR_YOU = "accounts.pack_asked_for_you"


@transaction.atomic
def ask_for_pack(*, person: Person, by: Actor, now: datetime) -> Job:
    """Queue a copy of everything held about ``person``, for ``person``.

    A data protection officer may ask for it on the person's behalf: the person is told at once and
    gets it; the officer does not. Asking again before the work has begun gives the same job.
    """
    if not may_make_pack(rights_relations(by, person, on=london_date(now))):
        raise Forbidden(
            _("Only the person and their data protection officer can have this made."),
            code="may_not_make_pack",
        )
    work = Work(
        kind=PACK,
        about_key=f"person:{person.pk}",
        title=_("A copy of your information"),
        payload={"person_id": person.pk},
    )
    job = ask_for(owner=person, work=work, by=by, now=now)
    if by != person:
        _tell(job, ASKED_FOR_YOU, now=now)
    return job


def make_pack(payload: Mapping[str, Any], now: datetime) -> None:
    """Make the pack of a queued job and tell its owner. Safe to run again."""
    job = take_turn(job_id=payload["job_id"])
    if job.is_over:
        return
    # Who has left since can no longer open it; their data protection officer has the command.
    if not job.owner.is_active:
        fail(job_id=job.pk, reason=_("The account was closed before this was made."), now=now)
        return
    with TemporaryFile() as content:
        export_person(person=job.owner, to=content, by=job.owner, now=now)
        content.seek(0)
        document = _keep(job, content, now=now)
    finish(job_id=job.pk, document=document, now=now)
    _tell(job, READY, now=now)


def _keep(job: Job, content: IO[bytes], *, now: datetime) -> Document:
    day = london_date(now)
    source = Source(
        kind=PACK,
        title=_("A copy of your information, %(day)s") % {"day": long_date(day)},
        filename=f"your-information-{day.isoformat()}.zip",
        # Every copy is one of its moment: none stands for another.
        fingerprint=fingerprint(PACK.encode(), job.public_id.bytes),
        content_type="application/zip",
    )
    return keep_document(job=job, source=source, content=content, now=now)


def _tell(job: Job, rule: str, *, now: datetime) -> None:
    tell(
        recipient=job.owner,
        rule=rule,
        subject_key=f"job:{job.pk}",
        url=reverse("jobs:job_show", args=[job.public_id]),
        now=now,
    )
