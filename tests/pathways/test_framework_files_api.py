"""Frameworks as files, brought in by a program of the organisation that owns them."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Event
from pathways.models import Competency, FrameworkImport
from pathways.selectors.workbooks.problems import MAX_BYTES
from tests.api_client import hr_system
from tests.factories.accounts import OrganisationFactory, employ, grant, place_below
from tests.factories.authoring import DraftFactory, author_at
from tests.factories.imports import checked, csv_file, sent_file, xlsx_file

COMPETENCY_CODE = 3  # the column of the table that is handed out

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    return DraftFactory()


@pytest.fixture
def system(draft):
    return hr_system(draft.framework.owner)


def address(name, row):
    return reverse(f"v1:framework_{name}", args=[row.pk if hasattr(row, "pk") else row])


def upload(system, draft, content=None):
    file = SimpleUploadedFile("ours.csv", csv_file() if content is None else content)
    return system.upload(address("imports", draft), file=file)


def codes(draft):
    rows = Competency.objects.filter(version=draft)
    return list(rows.order_by("domain__position", "position").values_list("code", flat=True))


def test_a_file_is_compared_first_and_changes_nothing(draft, system):
    answer = upload(system, draft)

    told = answer.json()
    assert (answer.status_code, told["state"], told["rows"]) == (201, "CHECKED", 3)
    assert told["uploaded_by"] == "HR system"
    assert told["lines"] == [{"kind": "ADD", "count": 5}]
    assert (told["can_apply"], told["can_undo"], told["has_moved_on"]) == (True, False, False)
    assert answer["Location"] == address("import_show", told["id"])
    assert system.get(answer["Location"]).json() == told
    assert codes(draft) == []


@pytest.mark.parametrize("content", [csv_file(), xlsx_file()])
def test_it_is_applied_whole_and_undone(draft, system, content):
    pk = upload(system, draft, content).json()["id"]

    applied = system.post(address("import_apply", pk), {})

    assert (applied.status_code, applied.json()["state"]) == (200, "APPLIED")
    assert codes(draft) == ["1.1", "1.2", "2.1"]

    undone = system.post(address("import_undo", pk), {})

    assert (undone.status_code, undone.json()["state"]) == (200, "UNDONE")
    assert codes(draft) == []


def test_the_ledger_names_the_program(draft, system):
    pk = upload(system, draft).json()["id"]
    system.post(address("import_apply", pk), {})

    events = Event.objects.filter(verb__endswith="_framework_file").order_by("pk")

    assert [(event.verb, event.by_client, event.by_person) for event in events] == [
        ("check_framework_file", system.api_client, None),
        ("apply_framework_file", system.api_client, None),
    ]
    imported = FrameworkImport.objects.get(pk=pk)
    assert (imported.uploaded_by, imported.uploaded_by_client) == (None, system.api_client)
    assert (imported.applied_by, imported.applied_by_client) == (None, system.api_client)


def test_the_same_file_again_changes_nothing(draft, system):
    first = upload(system, draft).json()["id"]
    system.post(address("import_apply", first), {})

    again = upload(system, draft).json()
    answer = system.post(address("import_apply", again["id"]), {})

    assert (again["lines"], again["can_apply"]) == ([], False)
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_apply")


def test_a_file_with_mistakes_names_row_and_column_and_cannot_be_applied(draft, system):
    wrong = csv_file(("1", "Care", "1.1", "", "Plans", *[""] * 3), ("1", "", "1.1", *[""] * 5))

    told = upload(system, draft, wrong).json()
    lines = system.get(address("import_lines", told["id"]), {"kind": "PROBLEM"}).json()["results"]
    answer = system.post(address("import_apply", told["id"]), {})

    assert told["state"] == "REFUSED"
    assert {line["row"] for line in lines} == {3}
    assert {line["field"] for line in lines} == {"code"}
    assert all(line["message"] for line in lines)
    assert (answer.status_code, answer.json()["code"]) == (409, "file_refused")


@pytest.mark.parametrize(
    "content", [b"\x00\x01", b"PK\x03\x04 no workbook", b"x" * (MAX_BYTES + 1)]
)
def test_what_cannot_be_read_is_refused_with_a_sentence(draft, system, content):
    answer = upload(system, draft, content)

    assert answer.status_code == 422
    assert answer.json()["detail"].endswith(".")
    assert FrameworkImport.objects.count() == 0


@pytest.mark.parametrize("sent", [{}, {"file": ""}, {"document": sent_file()}])
def test_a_call_without_a_file_is_told_so(draft, system, sent):
    answer = system.upload(address("imports", draft), **sent)

    assert answer.status_code == 400
    assert "file" in {error["field"] for error in answer.json()["errors"]}


@pytest.mark.parametrize(
    "sent",
    [
        {f"field_{number}": "x" for number in range(1_500)},
        {f"file_{number}": sent_file() for number in range(150)},
    ],
    ids=["fields", "files"],
)
def test_more_parts_than_are_read_are_more_than_a_file(draft, system, sent):
    answer = system.upload(address("imports", draft), **sent)

    assert (answer.status_code, answer.json()["detail"]) == (400, "Send one file.")


def test_a_draft_that_moved_on_refuses_until_the_file_is_checked_again(draft, system):
    first = upload(system, draft).json()["id"]
    other = upload(system, draft, csv_file(("1", "Care", "1.9", "", "Other", "", "", ""))).json()
    system.post(address("import_apply", first), {})

    shown = system.get(address("import_show", other["id"])).json()
    answer = system.post(address("import_apply", other["id"]), {})

    assert (shown["has_moved_on"], shown["can_apply"]) == (True, False)
    assert (answer.status_code, answer.json()["code"]) == (409, "draft_moved_on")

    again = system.post(address("import_check", other["id"]), {}).json()

    assert {"kind": "RETIRE", "count": 4} in again["lines"]
    assert system.post(address("import_apply", other["id"]), {}).status_code == 200
    assert codes(draft) == ["1.9"]


def test_a_published_edition_takes_no_file(system, draft):
    published = DraftFactory(framework=draft.framework, label="2026", state="PUBLISHED")

    answer = upload(system, published)

    assert (answer.status_code, answer.json()["code"]) == (409, "draft_closed")


def test_undo_is_over_after_thirty_days(draft, system):
    pk = upload(system, draft).json()["id"]
    system.post(address("import_apply", pk), {})
    row = FrameworkImport.objects.get(pk=pk)
    row.applied_at -= timedelta(days=31)
    row.save()

    answer = system.post(address("import_undo", pk), {})

    assert (answer.status_code, answer.json()["code"]) == (409, "undo_is_over")
    assert codes(draft) != []


@pytest.mark.parametrize("place", ["above", "below", "national"])
def test_programs_write_what_their_own_organisation_owns_and_nothing_else(place):
    board, trust = OrganisationFactory(kind="ICB"), OrganisationFactory()
    place_below(trust, board)
    owner = {"above": board, "below": trust, "national": None}[place]
    draft = DraftFactory(framework__owner=owner)
    imported = (
        checked(draft, grant(employ(organisation=trust), "FRAMEWORK_AUTHOR", board))
        if (owner)
        else None
    )
    system = hr_system(trust if place == "above" else board)

    answers = [upload(system, draft), system.get(address("imports", draft))]
    if imported:
        answers += [
            system.get(address("import_show", imported)),
            system.get(address("import_lines", imported)),
            system.post(address("import_apply", imported), {}),
        ]

    assert {answer.status_code for answer in answers} == {404}
    assert codes(draft) == []


def test_reading_alone_shows_no_draft_and_no_file(draft):
    imported = checked(draft, author_at(draft.framework.owner))
    reader = hr_system(draft.framework.owner, scopes=["frameworks:read"])

    answers = [
        reader.get(address("imports", draft)),
        reader.get(address("import_show", imported)),
        reader.get(reverse("v1:framework_show", args=[draft.pk])),
        reader.get(address("workbook", draft)),
    ]
    refused = upload(reader, draft)

    assert {answer.status_code for answer in answers} == {404}
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_as_many_statements_at_any_length(
    draft, system, rows, django_assert_num_queries
):
    for _ in range(rows):
        upload(system, draft)
    checked(elsewhere := DraftFactory(), author_at(elsewhere.framework.owner))

    with django_assert_num_queries(13):
        answer = system.get(address("imports", draft))

    assert len(answer.json()["results"]) == rows
    assert {row["framework"] for row in answer.json()["results"]} == {draft.pk}


@pytest.mark.parametrize("rows", [1, 3])
def test_lines_come_in_pages_and_take_as_many_statements_at_any_length(
    draft, system, rows, django_assert_num_queries
):
    content = csv_file(*(("1", "Care", f"1.{n}", "", f"Title {n}", *[""] * 3) for n in range(rows)))
    pk = upload(system, draft, content).json()["id"]
    upload(system, draft)

    with django_assert_num_queries(13):
        answer = system.get(address("import_lines", pk), {"page_size": 200})

    assert [line["kind"] for line in answer.json()["results"]] == ["ADD"] * (rows + 1)
    first = system.get(address("import_lines", pk), {"page_size": 1}).json()
    assert len(first["results"]) == 1
    assert first["next"] is not None


def test_the_template_and_an_edition_come_as_files(draft, system):
    system.post(address("import_apply", upload(system, draft).json()["id"]), {})

    empty = system.get(reverse("v1:framework_template"), {"kind": "csv"})
    whole = system.get(address("workbook", draft))

    assert empty["Content-Disposition"].startswith('attachment; filename="')
    assert empty.content.decode("utf-8-sig").startswith("Domain code,")
    sheet = load_workbook(io.BytesIO(whole.content)).worksheets[0]
    told = [row[COMPETENCY_CODE].value for row in sheet.iter_rows(min_row=2)]
    assert told == ["1.1", "1.2", "2.1"]
    again = upload(system, draft, whole.content).json()
    assert (again["state"], again["lines"]) == ("CHECKED", [])
