"""Certificates on paper: the same words as the page, accessible, and made once."""

from datetime import timedelta
from io import BytesIO

import pikepdf
import pytest

from accounts.scope import run_as
from courses.services.certificate_documents import (
    KIND,
    ask_for_pdf,
    make_pdf,
    make_pdfs,
    page_of_certificate,
)
from courses.services.certificates import issue_for
from jobs.models import Document, Job, OutboxMessage
from notifications.models import Notice
from tests.factories.accounts import PersonFactory
from tests.factories.certificates import JOB, certified, completed
from tests.factories.clock import NOW
from tests.factories.courses import SessionFactory, outcome
from tests.factories.pathways import CompetencyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    session = SessionFactory(starts_at=NOW - timedelta(days=2), capacity=60)
    outcome(session.offering.programme, CompetencyFactory(title="Leads a shift"), 2)
    return session


def make_waiting():
    for waiting in OutboxMessage.objects.filter(kind="courses.certificate_pdfs").order_by("pk"):
        with run_as(JOB):
            make_pdfs(waiting.payload, NOW)


def content_of(document):
    with document.file.open("rb") as file:
        return file.read()


def test_issuing_has_the_pdf_made_once_for_its_owner(session):
    certificate = certified(session=session)

    make_waiting()
    first = Document.objects.get(kind=KIND)
    before = content_of(first)
    make_waiting()

    document = Document.objects.get(kind=KIND)
    assert (document.pk, document.owner) == (first.pk, certificate.person)
    assert (content_of(document), document.content_type) == (before, "application/pdf")
    with run_as(JOB):
        kept = ask_for_pdf(
            certificate=certificate, owner=certificate.person, by=certificate.person, now=NOW
        )
    assert kept == document


def test_chunks_hold_every_certificate_once(session):
    enrolments = [completed(session=session, seat=seat) for seat in range(1, 31)]

    with run_as(JOB):
        issued = issue_for(enrolments=enrolments, by=JOB, now=NOW)

    asked = OutboxMessage.objects.filter(kind="courses.certificate_pdfs").order_by("pk")
    chunks = [row.payload["certificate_ids"] for row in asked]
    assert [len(chunk) for chunk in chunks] == [25, 5]
    assert [pk for chunk in chunks for pk in chunk] == [row.pk for row in issued]


def test_the_pdf_is_tagged_titled_and_in_our_language(session):
    certificate = certified(session=session)
    make_waiting()

    with pikepdf.open(BytesIO(content_of(Document.objects.get(kind=KIND)))) as pdf:
        assert len(pdf.pages) == 1
        assert str(pdf.Root.Lang) == "en-GB"
        assert bool(pdf.Root.MarkInfo.Marked)
        with pdf.open_metadata() as told:
            assert told["pdfuaid:part"] == "1"
            assert told["dc:title"] == f"{certificate.title}: {certificate.person_name}"
        figures = [alt for alt in _alternatives(pdf.Root.StructTreeRoot) if alt]
    assert any("QR code" in alt for alt in figures)


def test_the_paper_says_what_the_page_says(client, session):
    certificate = certified(session=session)
    client.force_login(certificate.person)

    page = client.get(f"/courses/certificates/{certificate.public_id}/").content.decode()
    paper = page_of_certificate(certificate)

    for words in (
        certificate.title,
        certificate.person_name,
        certificate.issuer_name,
        certificate.serial,
        certificate.criteria,
        "Leads a shift",
        "20 November 2026",
        f"/certificates/{certificate.token}/",
    ):
        assert words in page
        assert words in paper


def test_the_same_certificate_is_the_same_bytes(session):
    certified(session=session)
    make_waiting()
    document = Document.objects.get(kind=KIND)
    before = content_of(document)
    document.file.storage.delete(document.file.name)
    document.delete()

    make_waiting()

    assert content_of(Document.objects.get(kind=KIND)) == before


def test_what_somebody_s_name_is_made_of_is_text(session):
    person = PersonFactory(given_name="<img src=x>", family_name='"&amp;')

    paper = page_of_certificate(certified(person, session=session))

    assert "<img" not in paper
    assert "&lt;img src=x&gt;" in paper


def test_a_removed_pdf_is_made_again_when_it_is_asked_for(session):
    certificate = certified(session=session)
    person = certificate.person
    with run_as(JOB):
        job = ask_for_pdf(certificate=certificate, owner=person, by=person, now=NOW)
        make_pdf({"certificate_id": certificate.pk, "job_id": _started(job).pk}, NOW)

    job.refresh_from_db()
    assert (job.state, job.document.owner) == ("DONE", person)
    assert Notice.objects.get(rule="courses.certificate_pdf_ready").recipient == person


def test_who_no_longer_sees_it_gets_none(session):
    certificate, stranger = certified(session=session), PersonFactory()
    with run_as(JOB):
        job = ask_for_pdf(certificate=certificate, owner=stranger, by=stranger, now=NOW)
        make_pdf({"certificate_id": certificate.pk, "job_id": _started(job).pk}, NOW)

    job.refresh_from_db()
    assert (job.state, job.document) == ("FAILED", None)
    assert job.reason == "You can no longer see this certificate."


def _started(job):
    Job.objects.filter(pk=job.pk).update(state="RUNNING", started_at=NOW)
    return job


def _alternatives(node):
    if isinstance(node, pikepdf.Array):
        for part in node:
            yield from _alternatives(part)
    elif isinstance(node, pikepdf.Dictionary):
        if "/Alt" in node:
            yield str(node.Alt)
        if "/K" in node:
            yield from _alternatives(node.K)
