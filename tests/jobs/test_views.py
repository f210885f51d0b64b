from datetime import date

import pytest
from django.urls import reverse

from tests.factories.accounts import PersonFactory
from tests.factories.clock import NOW
from tests.factories.jobs import DocumentFactory, JobFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

LAST_DAY = date(2026, 11, 20)


def address_of(job):
    return reverse("jobs:job_show", args=[job.public_id])


def download_of(document):
    return reverse("jobs:document_download", args=[document.public_id])


@pytest.fixture
def owner(client):
    person = PersonFactory()
    client.force_login(person)
    return person


@pytest.mark.parametrize(
    ("state", "says", "asks_again"),
    [
        ({"state": "QUEUED"}, "waiting for its turn", True),
        ({"state": "RUNNING", "started_at": NOW}, "is being made", True),
        ({"state": "FAILED", "ended_at": NOW, "reason": "It is gone."}, "It is gone.", False),
        ({"state": "DONE", "started_at": NOW, "ended_at": NOW}, "has been removed", False),
    ],
)  # fmt: skip
def test_the_page_says_how_far_the_work_is(client, owner, state, says, asks_again):
    response = client.get(address_of(JobFactory(owner=owner, **state)))

    page = response.content.decode()
    assert response.status_code == 200
    assert says in page
    assert ("Check again" in page) is asks_again
    assert ("every 2s" in page) is asks_again


def test_a_finished_job_leads_to_its_document(client, owner):
    document = DocumentFactory(owner=owner)
    job = JobFactory(
        owner=owner, state="DONE", started_at=NOW, ended_at=NOW, document=document, steps_done=1
    )

    page = client.get(address_of(job)).content.decode()

    assert download_of(document) in page
    assert "until 18 February 2027" in page


def test_an_expired_document_is_not_offered(client, owner):
    document = DocumentFactory(owner=owner, expires_on=date(2026, 11, 19))
    job = JobFactory(owner=owner, state="DONE", started_at=NOW, ended_at=NOW, document=document)

    page = client.get(address_of(job)).content.decode()

    assert download_of(document) not in page
    assert "has been removed" in page


@pytest.mark.parametrize(
    ("kind", "state", "says"),
    [
        ("jobs.information_pack", "QUEUED", "The copy of your information is waiting"),
        ("appraisals.plan_pdf", "QUEUED", "Your PDF is waiting for its turn."),
        ("appraisals.plan_pdf", "DONE", "Make it again to have it as things are now."),
        ("pathways.carry_over", "QUEUED", "The carrying over of levels is waiting"),
        ("pathways.carry_over", "DONE", "Levels were carried over."),
        ("something.else", "QUEUED", "Your file is waiting for its turn."),
    ],
)
def test_the_page_names_what_is_being_made(client, owner, kind, state, says):
    times = {"started_at": NOW, "ended_at": NOW} if state == "DONE" else {}

    page = client.get(address_of(JobFactory(owner=owner, kind=kind, state=state, **times)))

    assert says in page.content.decode()


def test_work_in_steps_shows_its_figures(client, owner):
    job = JobFactory(owner=owner, state="RUNNING", started_at=NOW, steps_done=2, steps_total=5)

    page = client.get(address_of(job)).content.decode()

    assert "2 of 5 done" in page
    assert 'value="2"' in page
    assert 'max="5"' in page


def test_htmx_gets_only_what_changes(client, owner):
    page = client.get(address_of(JobFactory(owner=owner)), HTTP_HX_REQUEST="true").content.decode()

    assert "waiting for its turn" in page
    assert "<html" not in page


def test_another_persons_job_is_not_found(client, owner):
    assert client.get(address_of(JobFactory())).status_code == 404


def test_nobody_reads_a_job_without_signing_in(client):
    response = client.get(address_of(JobFactory()))

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


def test_a_document_comes_as_a_file_that_is_kept_nowhere(client, owner):
    document = DocumentFactory(owner=owner, filename="plan-amélie.pdf", expires_on=LAST_DAY)

    response = client.get(download_of(document))

    assert b"".join(response.streaming_content) == b"%PDF-1.7 a plan"
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment;")
    assert "plan-am%C3%A9lie.pdf" in response["Content-Disposition"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"


def test_another_persons_document_is_not_found(client, owner):
    assert client.get(download_of(DocumentFactory())).status_code == 404


def test_an_expired_document_is_not_found(client, owner):
    document = DocumentFactory(owner=owner, expires_on=date(2026, 11, 19))

    assert client.get(download_of(document)).status_code == 404


def test_a_document_whose_file_is_lost_is_not_found(client, owner):
    document = DocumentFactory(owner=owner)
    document.file.storage.delete(document.file.name)

    assert client.get(download_of(document)).status_code == 404


def test_a_document_does_not_open_without_signing_in(client):
    assert client.get(download_of(DocumentFactory())).status_code == 302


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_shows_ones_own_documents_in_a_constant_number_of_queries(
    client, owner, django_assert_num_queries, rows
):
    DocumentFactory.create_batch(rows, owner=owner)
    DocumentFactory(title="Somebody else's plan")
    DocumentFactory(owner=owner, title="Over", expires_on=date(2026, 11, 19))

    with django_assert_num_queries(10):
        response = client.get(reverse("jobs:document_list"))

    page = response.content.decode()
    assert page.count("18 February 2027") == rows
    assert "Somebody else" not in page
    assert "Over" not in page


def test_without_documents_the_list_says_where_they_come_from(client, owner):
    page = client.get(reverse("jobs:document_list")).content.decode()

    assert "You have no documents." in page
