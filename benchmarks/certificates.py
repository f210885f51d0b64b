"""A thousand certificates through the worker, beside rendering the same pages and nothing else.

``CERTIFICATES=100 make bench ARGS=certificates`` measures fewer. Everything is made in one
transaction and rolled back; files go to a folder that is removed.
"""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from tempfile import TemporaryDirectory
from time import perf_counter

from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from accounts.actors import SystemJob
from accounts.models import Person
from accounts.scope import run_as
from benchmarks.row import Row
from courses.models import Certificate, Enrolment
from courses.services.certificate_documents import KIND, STYLE, page_of_certificate
from courses.services.certificate_news import MAKE_PDFS, ask_for_certificates
from jobs.models import Document, OutboxMessage
from jobs.services.outbox import deliver_message
from jobs.services.pdf import as_pdf
from tests.factories.courses import SessionFactory, outcome
from tests.factories.pathways import competencies_of, role_asking

MANY = int(os.environ.get("CERTIFICATES", "1000"))
HOURS = 12


def run() -> list[Row]:
    job = SystemJob("benchmarks.certificates", organisation_ids=None)
    with TemporaryDirectory() as folder, override_settings(MEDIA_ROOT=folder), run_as(job):
        rows = _rows(timezone.now())
        transaction.set_rollback(True)
    return rows


def _rows(now: datetime) -> list[Row]:
    enrolments = _completed(now)
    as_pdf(_first_page(enrolments[:1], now=now), identifier="warm", style=STYLE)
    ask_for_certificates(enrolments[1:], now=now)
    issuing = _seconds(lambda: _deliver("courses.issue_certificates", now=now))
    making, bare = _in_turns(now)
    owners = [row.person_id for row in enrolments]
    made = Document.objects.filter(kind=KIND, owner__in=owners).count()
    if made != MANY:
        raise RuntimeError(f"{made} of {MANY} certificates were made.")
    return [
        Row(
            f"{MANY} certificates through the worker: issued, signed, told and made as PDF, beside "
            "rendering the same pages",
            f"{issuing + making:.1f} s",
            f"{bare:.1f} s",
            (issuing + making) / bare,
        ),
        Row(
            f"{MANY} certificates issued, signed and told of",
            f"{issuing:.2f} s",
            f"{issuing / MANY * 1000:.2f} ms each",
            None,
        ),
    ]


def _completed(now: datetime) -> list[Enrolment]:
    """One more than are measured, of one course that brings six competencies."""
    session = SessionFactory(starts_at=now - timedelta(days=2), capacity=2_000)
    for competency in competencies_of(role_asking(*[3, 2] * 3, per_domain=3)):
        outcome(session.offering.programme, competency, 3)
    people = Person.objects.bulk_create(
        Person(
            given_name=f"Amara{number}",
            family_name="Okafor",
            email=f"learner{number}@bench.example",
        )
        for number in range(MANY + 1)
    )
    return Enrolment.objects.bulk_create(
        Enrolment(
            session=session,
            person=person,
            organisation=session.offering.host,
            state="COMPLETED",
            basis="ENTITLEMENT",
            seat=seat,
            requested_at=now,
            confirmed_at=now,
            ended_at=now,
            study_hours=HOURS,
        )
        for seat, person in enumerate(people, start=1)
    )


def _first_page(enrolments: list[Enrolment], *, now: datetime) -> str:
    """Of somebody who is not measured: fonts are read and the issuer has its key by then."""
    ask_for_certificates(enrolments, now=now)
    _deliver("courses.issue_certificates", now=now)
    OutboxMessage.objects.filter(kind=MAKE_PDFS).delete()
    return page_of_certificate(Certificate.objects.get(enrolment=enrolments[0]))


def _in_turns(now: datetime) -> tuple[float, float]:
    """Seconds for the worker and for the bare rendering, chunk by chunk, so that whatever else the
    machine does falls on both."""
    making = bare = 0.0
    for waiting in OutboxMessage.objects.filter(kind=MAKE_PDFS).order_by("pk"):
        making += _seconds(lambda waiting=waiting: _done(waiting, now=now))
        chunk = Certificate.objects.filter(pk__in=waiting.payload["certificate_ids"])
        pages = [page_of_certificate(row) for row in chunk.order_by("pk")]
        bare += _seconds(lambda pages=pages: _render(pages))
    return making, bare


def _render(pages: list[str]) -> None:
    for page in pages:
        as_pdf(page, identifier="bare", style=STYLE)


def _deliver(kind: str, *, now: datetime) -> None:
    for waiting in OutboxMessage.objects.filter(kind=kind, state="WAITING").order_by("pk"):
        _done(waiting, now=now)


def _done(waiting: OutboxMessage, *, now: datetime) -> None:
    if not deliver_message(message_id=waiting.pk, now=now):
        raise RuntimeError(OutboxMessage.objects.get(pk=waiting.pk).last_error)


def _seconds(work: Callable[[], None]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began
