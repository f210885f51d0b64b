"""Files made for somebody: kept once per source, found again, removed when their time is over."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import IO
from uuid import NAMESPACE_URL, uuid5

import structlog
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage
from django.db import transaction

from accounts.actors import SystemJob
from accounts.models import Person
from accounts.scope import run_as
from common.dates import london_date
from jobs.models import DOCUMENTS_FOLDER, Document, Job

log = structlog.get_logger(__name__)

PURGER = SystemJob("jobs.purge", organisation_ids=None)

KEPT_FOR = timedelta(days=90)
# A file without a row is one whose transaction has not ended yet, or never will.
ORPHAN_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Source:
    """What a document is made from. ``fingerprint`` is the SHA-256 of everything that shapes it."""

    kind: str
    title: str
    filename: str
    fingerprint: str
    content_type: str = "application/pdf"


def fingerprint(*parts: bytes) -> str:
    """SHA-256 of what a document is made from, as 64 hexadecimal digits."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def find_document(*, owner: Person, source: Source, now: datetime) -> Document | None:
    """The document made from the same for the same owner, its time begun anew, if one is kept."""
    document = (
        Document.objects.select_for_update()
        .filter(owner=owner, kind=source.kind, source_hash=source.fingerprint)
        .first()
    )
    if document is None:
        return None
    if not document.file.storage.exists(str(document.file.name)):
        log.error("document_file_missing", document_id=document.pk)
        document.delete()
        return None
    document.expires_on = max(document.expires_on, london_date(now) + KEPT_FOR)
    document.save(update_fields=["expires_on"])
    return document


def keep_document(
    *, job: Job, source: Source, content: bytes | IO[bytes], now: datetime
) -> Document:
    """Store what ``job`` made, for its owner; a file is stored piece by piece, from its beginning.

    The stored name follows from the job's own secret number: a worker killed between writing the
    file and committing the row writes over its own file at the next try, and leaves none behind.
    """
    document = _stored(job.owner_id, f"{job.public_id}", source=source, content=content, now=now)
    document.save(force_insert=True)
    return document


@dataclass(frozen=True, slots=True)
class Made:
    """A document that nobody waits for: whose it is, and the secret its stored name comes from."""

    owner_id: int
    secret: str
    source: Source
    content: bytes


def keep_documents(made: Iterable[Made], *, now: datetime) -> list[Document]:
    """Store what was made for many people at once. What was kept meanwhile stays as it is."""
    rows = [
        _stored(one.owner_id, one.secret, source=one.source, content=one.content, now=now)
        for one in made
    ]
    return Document.objects.bulk_create(rows, ignore_conflicts=True)


def _stored(
    owner_id: int, secret: str, *, source: Source, content: bytes | IO[bytes], now: datetime
) -> Document:
    file = ContentFile(content) if isinstance(content, bytes) else File(content)
    document = Document(
        public_id=uuid5(NAMESPACE_URL, f"document:{secret}"),
        owner_id=owner_id,
        kind=source.kind,
        title=source.title,
        filename=source.filename,
        content_type=source.content_type,
        size=file.size,
        source_hash=source.fingerprint,
        made_at=now,
        expires_on=london_date(now) + KEPT_FOR,
    )
    storage = document.file.storage
    storage.delete(document.file.field.generate_filename(document, source.filename))
    document.file.save(source.filename, file, save=False)
    return document


@run_as(PURGER)
def purge_expired(*, on: date) -> int:
    """Remove documents whose last day was before ``on``; each file goes once its row has gone."""
    expired = Document.objects.select_for_update(skip_locked=True).filter(expires_on__lt=on)
    documents = list(expired)
    for document in documents:
        remove = partial(document.file.storage.delete, str(document.file.name))
        transaction.on_commit(remove, robust=True)
    Document.objects.filter(pk__in=[document.pk for document in documents]).delete()
    return len(documents)


@run_as(PURGER)
def purge_orphans(*, now: datetime) -> int:
    """Remove stored files without a row that are old enough for no transaction to want them."""
    storage: Storage = Document().file.storage
    if not storage.exists(DOCUMENTS_FOLDER):
        return 0
    stored = {f"{DOCUMENTS_FOLDER}/{name}" for name in storage.listdir(DOCUMENTS_FOLDER)[1]}
    known = set(Document.objects.filter(file__in=stored).values_list("file", flat=True))
    old = [name for name in stored - known if storage.get_modified_time(name) < now - ORPHAN_AFTER]
    for name in old:
        storage.delete(name)
    return len(old)
