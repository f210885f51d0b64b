from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from courses.models import SubjectRecord, TrainingImport
from courses.services.training_imports import MOST_WAITING
from tests.factories.accounts import OrganisationFactory, employ
from tests.factories.compliance import subject_of, with_role
from tests.factories.training_files import brought_in, csv_of, numbered, row, work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

FILES, FILE = "courses:training_imports", "courses:training_import"


@pytest.fixture
def trust():
    return OrganisationFactory(name="Riverbank")


@pytest.fixture
def hr(client, trust):
    hr = with_role("HR_ADMINISTRATOR", trust)
    client.force_login(hr)
    return hr


@pytest.fixture
def amara(trust):
    subject_of("Fire Safety")
    return numbered(trust, given_name="Amara", family_name="Okafor")


def upload(client, content, name="export.csv"):
    file = SimpleUploadedFile(name, content)
    return client.post(reverse(FILES), {"step": "upload", "file": file})


def text_of(response):
    return " ".join(response.content.decode().split())


def test_a_file_is_uploaded_looked_at_and_applied(client, hr, amara):
    sent = upload(client, csv_of(row("20000001|Okafor, Amara"), row("99")))
    waiting = text_of(client.get(sent.url))
    work()
    wrong = text_of(client.get(sent.url))
    new = text_of(client.get(sent.url, {"kind": "NEW"}))
    refused = client.post(sent.url)
    client.post(sent.url, {"leave_out": "on"})
    work()
    done = text_of(client.get(sent.url))

    assert "Being read" in waiting
    assert "Nobody here has this number" in wrong
    assert "<span>3</span>" in wrong
    assert "Amara Okafor" in new
    assert "30 November 2027" in new
    assert refused.status_code == 422
    assert "1 row has something to put right" in text_of(refused)
    assert "1 record was written" in done
    assert SubjectRecord.objects.get().completed_on == date(2025, 11, 30)


@pytest.mark.parametrize(
    ("content", "says"), [(b"", "The file is empty."), (None, "Select a file")]
)
def test_what_is_no_file_is_told_beside_the_field(client, hr, content, says):
    if content is None:
        answer = client.post(reverse(FILES), {"step": "upload"})
    else:
        answer = upload(client, content)

    assert answer.status_code == 422
    assert says in text_of(answer)
    assert not TrainingImport.objects.exists()


def test_a_file_that_is_no_table_says_what_to_do(client, hr):
    sent = upload(client, b"%PDF-1.7")
    work()

    assert "neither a CSV file nor an Excel workbook" in text_of(client.get(sent.url))


def test_few_files_wait_at_once(client, hr, amara):
    for _ in range(MOST_WAITING):
        upload(client, csv_of(row()))
    answer = upload(client, csv_of(row()))

    assert answer.status_code == 422
    assert "Wait until the files that you uploaded before are read." in text_of(answer)


def test_training_is_downloaded_as_of_a_day(client, hr, amara):
    made = brought_in(amara.assignments.get().organisation, hr, csv_of(row()))
    client.post(reverse(FILE, args=[made.pk]))
    work()

    days = {"on_day": "20", "on_month": "11", "on_year": "2026"}
    now = client.post(reverse(FILES), {"step": "take_out", **days})
    before = client.post(reverse(FILES), {"step": "take_out", **days, "on_year": "2024"})
    wrong = client.post(reverse(FILES), {"step": "take_out", **days, "on_year": "2027"})

    assert now["Content-Type"].startswith("text/csv")
    assert b"30-Nov-2025,30-Nov-2027" in now.content
    assert before.content.count(b"\r\n") == 1
    assert wrong.status_code == 422


def test_others_see_neither_the_page_nor_a_file(client, trust, hr, amara):
    made = brought_in(trust, hr, csv_of(row()))
    elsewhere = with_role("LEARNING_LEAD", OrganisationFactory())

    for reader, page in ((amara, 403), (employ(organisation=trust), 403), (elsewhere, 200)):
        client.force_login(reader)
        assert client.get(reverse(FILES)).status_code == page
        assert client.get(reverse(FILE, args=[made.pk])).status_code == 404
        assert client.post(reverse(FILE, args=[made.pk])).status_code == 404
    chosen = client.get(reverse(FILES), {"organisation": trust.pk})
    assert chosen.status_code == 404
    assert "Nobody has brought in a file yet." in text_of(client.get(reverse(FILES)))


@pytest.mark.parametrize("rows", [1, 3])
def test_a_file_takes_the_same_queries_for_any_number_of_rows(
    client, trust, hr, amara, rows, django_assert_num_queries
):
    days = [f"{day}-Nov-2025" for day in range(1, rows + 1)]
    made = brought_in(trust, hr, csv_of(*[row(date_start=day) for day in days]))
    for _ in range(rows):
        brought_in(trust, hr, csv_of(row()))
    with django_assert_num_queries(13):
        answer = client.get(reverse(FILE, args=[made.pk]))

    assert answer.content.decode().count("data-line") == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_of_files_takes_the_same_queries_for_any_number(
    client, trust, hr, amara, rows, django_assert_num_queries
):
    for _ in range(rows):
        brought_in(trust, hr, csv_of(row()))
    with django_assert_num_queries(11):
        answer = client.get(reverse(FILES))

    assert answer.content.decode().count("data-import") == rows
