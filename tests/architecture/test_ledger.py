import ast

import pytest

from tests.architecture.recording import silent_services
from tests.architecture.source import modules, name_of, tree

# The machinery beneath the services: what it writes is part of the act of whoever calls it.
MACHINERY = {
    "accounts/services/ending.py": "sessions that end by an act, which is recorded",
    "accounts/services/ledger.py": "is the ledger",
    "accounts/services/anchors.py": "what it proves of the ledger lies outside of it",
    "accounts/services/verification.py": "reads the ledger, and keeps what it found",
    "jobs/services/heartbeats.py": "signs of life, twice a minute",
    "jobs/services/outbox.py": "rows of the queue",
    "jobs/services/documents.py": "files made for a job that somebody asked for",
    "jobs/services/progress.py": "how far such a job has come; the asking is recorded",
    "pathways/services/case/fetch_progress.py": "how far a package has come that was asked for",
    "courses/services/offer_ends.py": "part of changing the times of a session, which is recorded",
    "courses/services/training_import_work.py": "how far a file has come that was uploaded; what it"
    " writes is recorded for each person",
    "pathways/services/case/tokens.py": "sealed and in the cache, of no row",
    "pathways/services/case/ties.py": "part of bringing in a package, which is recorded as a whole",
    "pathways/services/lost_rules.py": "part of undoing a file, which is recorded as a whole",
    "pathways/services/unconfirming.py": "part of a change of a draft, which is recorded",
    "pathways/services/part_comments.py": "follows parts of a draft, whose change is recorded",
    "pathways/services/evidence_files.py": "removes files that belong to no row",
    "pathways/services/rows.py": "many rows by one statement, for a service that records it",
    "pathways/services/tree_lock.py": "counts a change of a draft that its writer records",
    "pathways/services/family_levels.py": "part of a change of a family, which is recorded",
    "talent/services/projection.py": "copies for the search what is recorded elsewhere",
    "jobs/services/erasing.py": "part of an erasure, which is recorded as a whole",
    "notifications/services/erasing.py": "part of an erasure, which is recorded as a whole",
    "notifications/services/notices.py": "a notice tells of an event that is recorded",
}


def test_every_service_that_writes_records_an_event():
    silent = [
        f"{name_of(path)}:{service}"
        for path in modules("services")
        if name_of(path) not in MACHINERY
        for service in silent_services(tree(path))
    ]

    assert silent == []


def test_the_machinery_is_still_there():
    found = {name_of(path) for path in modules("services")}

    assert set(MACHINERY) - found == set()


@pytest.mark.parametrize(
    "sample",
    [
        "def enrol(*, session): session.save()",
        "def enrol(*, session): Enrolment.objects.create(session=session)",
        "def enrol(*, session): _write(session)\ndef _write(session): session.save()",
        "from jobs.services.outbox import put\ndef enrol(*, session): session.save() or put()",
    ],
)
def test_a_silent_service_is_found(sample):
    assert [found.split(": ")[1] for found in silent_services(ast.parse(sample))] == ["enrol"]


@pytest.mark.parametrize(
    "sample",
    [
        "def enrol(*, session):\n    session.save()\n    record(about=session)",
        "def enrol(*, row): row.save() or _tell(row)\ndef _tell(row): ledger.record(about=row)",
        "def _write(session): session.save()",
        "def count(*, session): return session.enrolments.count()",
        "from courses.services.awards import award\ndef end(*, row): row.save() or award(row)",
    ],
)
def test_a_service_that_records_is_left_alone(sample):
    assert list(silent_services(ast.parse(sample))) == []
