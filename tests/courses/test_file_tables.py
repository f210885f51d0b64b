"""The shape of files that people bring in: results of a provider and the staff record alike."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from courses.models import ResultFile, TrainingImport
from courses.selectors.result_cells import read_results
from courses.selectors.staff_record_cells import read_staff_record
from pathways.selectors.workbooks.problems import Unreadable
from tests.factories import results, training_files
from tests.factories.accounts import OrganisationFactory, PersonFactory, grant
from tests.factories.clock import NOW
from tests.factories.compliance import subject_of, with_role
from tests.factories.courses import SessionFactory, colleague_of, host_of, seated

RESULT = ("1", "Okafor", "65", "", "")
READERS = [
    (read_results, results.xlsx_of(*[RESULT] * 9)),
    (read_staff_record, training_files.xlsx_of(*[training_files.row()] * 9)),
]


def reshaped(content, *, merged=(), hidden=()):
    workbook = load_workbook(io.BytesIO(content))
    for cells in merged:
        workbook.active.merge_cells(cells)
    for number in hidden:
        workbook.active.row_dimensions[number].hidden = True
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def text_of(response):
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize(("read", "content"), READERS)
@pytest.mark.parametrize(
    ("merged", "told"),
    [
        (["A2:A3"], "Cells are merged at A2. Select them, choose “Unmerge cells”"),
        (["A2:A3", "B5:C5"], "1 other place is merged as well: select the whole sheet"),
        (["A2:A3", "B5:C5", "D7:D9"], "2 other places are merged as well"),
    ],
)
def test_merged_cells_are_refused_with_where_they_are(read, content, merged, told):
    with pytest.raises(Unreadable) as refusal:
        read(reshaped(content, merged=merged))

    assert refusal.value.code == "merged_cells"
    assert told in refusal.value.message


@pytest.mark.parametrize(("read", "content"), READERS)
def test_hidden_rows_are_read_and_told(read, content):
    found = read(reshaped(content, hidden=[3, 4]))

    assert len(found.rows) == 9
    assert found.remarks == [
        "2 rows are hidden in the workbook and were read like the others: 3, 4."
    ]


@pytest.mark.parametrize(("read", "content"), READERS)
def test_of_a_file_in_order_there_is_nothing_to_remark(read, content):
    assert read(content).remarks == []


def test_letters_that_had_to_be_guessed_are_told():
    content = results.csv_of(("1", "Okaforé", "65", "", "")).decode().encode("cp1252")

    [remark] = read_results(content).remarks

    assert "it was read as Windows-1252" in remark


@pytest.fixture
def place():
    session = SessionFactory(starts_at=NOW - timedelta(hours=8), state="CLOSED")
    return seated(session, 1, person=colleague_of(session), state="ATTENDED")


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
def test_whoever_brings_results_in_reads_what_is_worth_a_look(client, place):
    client.force_login(grant(PersonFactory(), "LEARNING_LEAD", host_of(place.session)))
    page = reverse("courses:session_results", args=[place.session_id])
    content = results.xlsx_of(results.told(place, "65"))

    def upload(content):
        return client.post(page, {"file": SimpleUploadedFile("results.xlsx", content)})

    refused = upload(reshaped(content, merged=["A2:B2"]))
    sent = upload(reshaped(content, hidden=[2]))
    checked = text_of(client.get(sent.url))
    client.post(sent.url)
    applied = text_of(client.get(sent.url))

    assert refused.status_code == 422
    assert "Cells are merged at A2" in text_of(refused)
    assert ResultFile.objects.count() == 1
    assert "1 row is hidden in the workbook and was read like the others: 2." in checked
    assert "put the file right and upload it again" in checked
    assert "1 row is hidden" in applied
    assert "put the file right and upload it again" not in applied


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
def test_whoever_brings_the_staff_record_in_reads_what_is_worth_a_look(client):
    trust = OrganisationFactory()
    subject_of("Fire Safety")
    training_files.numbered(trust)
    hr = with_role("HR_ADMINISTRATOR", trust)
    content = training_files.xlsx_of(training_files.row())
    client.force_login(hr)

    merged = training_files.brought_in(trust, hr, reshaped(content, merged=["A2:B2"]))
    hidden = training_files.brought_in(trust, hr, reshaped(content, hidden=[2]))
    pages = [
        text_of(client.get(reverse("courses:training_import", args=[one.pk])))
        for one in (merged, hidden)
    ]

    assert [merged.state, hidden.state] == ["FAILED", "CHECKED"]
    assert not merged.lines.exists()
    assert "Cells are merged at A2" in pages[0]
    assert "1 row is hidden in the workbook" in pages[1]
    assert TrainingImport.objects.get(state="CHECKED").lines.get().kind == "NEW"
