import os
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError

from jobs.models import Document
from jobs.services.documents import (
    KEPT_FOR,
    Source,
    find_document,
    fingerprint,
    keep_document,
    purge_expired,
    purge_orphans,
)
from tests.factories.accounts import PersonFactory
from tests.factories.clock import NOW, TODAY
from tests.factories.jobs import DocumentFactory, JobFactory
from tests.jobs.undoing import undone

pytestmark = pytest.mark.django_db

SOURCE = Source(
    kind="tests.work", title="My plan", filename="my-plan.pdf", fingerprint=fingerprint(b"a plan")
)


def test_a_fingerprint_tells_where_one_part_ends_and_the_next_begins():
    assert fingerprint(b"ab", b"c") != fingerprint(b"a", b"bc")
    assert len(fingerprint()) == 64


def test_a_document_is_kept_for_ninety_days_under_a_name_that_says_nothing():
    job = JobFactory(owner__family_name="Okafor")

    document = keep_document(job=job, source=SOURCE, content=b"%PDF", now=NOW)

    assert document.owner == job.owner
    assert document.expires_on == TODAY + KEPT_FOR
    assert document.size == 4
    assert Path(document.file.path).read_bytes() == b"%PDF"
    assert document.file.name == f"documents/{document.public_id.hex}"
    assert document.public_id != job.public_id


def test_a_try_after_a_crash_writes_over_its_own_file():
    """The first try wrote the file and was killed before its transaction ended."""
    job = JobFactory()
    with undone():
        keep_document(job=job, source=SOURCE, content=b"first", now=NOW)

    document = keep_document(job=job, source=SOURCE, content=b"second", now=NOW)

    storage = document.file.storage
    assert storage.listdir("documents")[1] == [document.public_id.hex]
    assert Path(document.file.path).read_bytes() == b"second"


def test_the_same_source_is_found_for_the_same_owner_only_and_kept_longer():
    job = JobFactory()
    document = keep_document(job=job, source=SOURCE, content=b"%PDF", now=NOW)
    later = NOW + timedelta(days=30)

    found = find_document(owner=job.owner, source=SOURCE, now=later)

    assert found == document
    assert found.expires_on == TODAY + timedelta(days=30) + KEPT_FOR
    assert find_document(owner=PersonFactory(), source=SOURCE, now=later) is None


def test_a_document_whose_file_was_lost_is_not_found_and_can_be_made_again():
    job = JobFactory()
    document = keep_document(job=job, source=SOURCE, content=b"%PDF", now=NOW)
    document.file.storage.delete(document.file.name)

    assert find_document(owner=job.owner, source=SOURCE, now=NOW) is None
    assert not Document.objects.exists()


def test_the_database_refuses_a_second_document_from_the_same():
    first = DocumentFactory()

    with pytest.raises(IntegrityError):
        DocumentFactory(owner=first.owner, source_hash=first.source_hash)


def test_the_database_refuses_an_empty_document():
    with pytest.raises(IntegrityError):
        DocumentFactory(size=0)


@pytest.mark.django_db(transaction=True)
def test_a_file_stays_when_the_removal_of_its_row_is_undone():
    document = DocumentFactory(expires_on=date(2026, 11, 1))

    with undone():
        purge_expired(on=TODAY)

    assert Document.objects.get() == document
    assert document.file.storage.exists(document.file.name)


def test_a_job_outlives_its_document(django_capture_on_commit_callbacks):
    job = JobFactory(
        state="DONE",
        started_at=NOW,
        ended_at=NOW,
        document=DocumentFactory(expires_on=date(2026, 11, 1)),
    )

    with django_capture_on_commit_callbacks(execute=True):
        purge_expired(on=TODAY)

    job.refresh_from_db()
    assert job.document is None


def test_a_file_without_a_row_goes_after_a_day_and_others_stay():
    kept = DocumentFactory()
    storage = kept.file.storage
    for name in ("documents/old", "documents/new"):
        storage.save(name, ContentFile(b"lost"))
    two_days_ago = (NOW - timedelta(days=2)).timestamp()
    for name in ("documents/old", kept.file.name):
        os.utime(storage.path(name), (two_days_ago, two_days_ago))
    os.utime(storage.path("documents/new"), (NOW.timestamp(), NOW.timestamp()))

    removed = purge_orphans(now=NOW)

    assert removed == 1
    assert set(storage.listdir("documents")[1]) == {kept.public_id.hex, "new"}


def test_there_is_nothing_to_purge_before_the_first_document():
    assert purge_orphans(now=NOW) == 0
