import io
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from pathways.models import Competency, Domain, Framework, FrameworkImport, Scale
from pathways.selectors.starters import records_of, starters, unverified
from pathways.selectors.trees import Tree, read_tree
from pathways.services.imports import apply_import
from pathways.services.trees import write_tree
from tests.factories.accounts import OrganisationFactory, employ
from tests.factories.authoring import author_at, reviewer_at, written
from tests.factories.clock import NOW
from tests.factories.imports import ROWS, checked, csv_file, drafted
from tests.factories.pathways import FrameworkVersionFactory
from tests.factories.trees import small_tree

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(client):
    version, author = drafted()
    client.force_login(author)
    return version, author


def text_of(response):
    return " ".join(response.content.decode().split())


def upload(client, version, content, name="framework.csv"):
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("pathways:import_new", args=[version.pk]), {"file": file})


def post(client, name, imported):
    return client.post(reverse(f"pathways:{name}", args=[imported.public_id]))


def test_an_author_uploads_looks_applies_and_undoes(client, draft):
    version, _author = draft

    answer = upload(client, version, csv_file())

    imported = FrameworkImport.objects.get()
    assert answer["Location"] == reverse("pathways:import_show", args=[imported.public_id])
    page = text_of(client.get(answer["Location"]))
    assert "Added: 5" in page
    assert "1.1 Plans the work" in page
    assert "Apply to the draft" in page

    done = client.post(reverse("pathways:import_apply", args=[imported.public_id]), follow=True)
    assert "The draft now says what the file says." in text_of(done)
    assert "It can be undone until" in text_of(done)
    assert Competency.objects.filter(version=version).count() == 3

    undone = client.post(reverse("pathways:import_undo", args=[imported.public_id]), follow=True)
    assert "undid that on" in text_of(undone)
    assert not Domain.objects.filter(version=version).exists()


def test_mistakes_are_shown_by_row_and_column_and_nothing_can_be_applied(client, draft):
    version, _author = draft

    page = client.get(upload(client, version, csv_file(*ROWS, ROWS[2]))["Location"])

    text = text_of(page)
    assert "The file has mistakes, so nothing can be applied." in text
    assert "The code 2.1 is used in row 4 already." in text
    assert "</span>5 </td>" in text
    assert "Competency code" in text
    assert "Apply to the draft" not in text


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"%PDF-1.7", "neither a CSV file nor an Excel workbook"),
        (b"PK\x03\x04half", "The workbook is damaged"),
        (b"a" * (5 * 1024 * 1024 + 1), "The file is larger than 5 MB."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_beside_the_field(client, draft, content, sentence):
    version, _author = draft

    answer = upload(client, version, content)

    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert not FrameworkImport.objects.exists()


def test_no_file_at_all_is_asked_for(client, draft):
    answer = client.post(reverse("pathways:import_new", args=[draft[0].pk]), {})

    assert answer.status_code == 422
    assert "Select a file" in text_of(answer)


def test_a_file_that_says_the_same_offers_nothing_to_apply(client, draft):
    version, author = draft
    apply_import(imported=checked(version, author), by=author, now=NOW)

    page = text_of(client.get(upload(client, version, csv_file())["Location"]))

    assert "This file says what the draft says already." in page
    assert "Apply to the draft" not in page


def test_a_draft_that_moved_on_offers_to_check_again(client, draft):
    version, author = draft
    old = checked(version, author)
    apply_import(imported=checked(version, author, csv_file(ROWS[0])), by=author, now=NOW)

    refused = post(client, "import_apply", old)
    page = text_of(client.get(reverse("pathways:import_show", args=[old.public_id])))

    assert refused.status_code == 409
    assert "The draft has changed since this file was checked." in page
    assert "Apply to the draft" not in page
    again = client.post(reverse("pathways:import_check", args=[old.public_id]), follow=True)
    assert "Apply to the draft" in text_of(again)


def test_lines_are_shown_by_kind(client, draft):
    version, author = draft
    apply_import(imported=checked(version, author), by=author, now=NOW)
    imported = checked(
        version, author, csv_file(("1", "Good care", "1.1", "", "Plans", "", "", ""))
    )
    url = reverse("pathways:import_show", args=[imported.public_id])

    page = client.get(url, {"kind": "RETIRE"}).content.decode()

    assert page.count('data-line="RETIRE"') == 3
    assert 'data-line="CHANGE"' not in page


@pytest.mark.parametrize("rows", [1, 3])
def test_files_of_a_draft_are_listed_at_a_constant_number_of_queries(
    client, draft, django_assert_num_queries, rows
):
    version, author = draft
    for _row in range(rows):
        checked(version, author)
    other, stranger = drafted()
    checked(other, stranger)
    url = reverse("pathways:import_new", args=[version.pk])

    with django_assert_num_queries(11):
        page = client.get(url)

    assert page.content.decode().count("data-import") == rows


def test_a_reviewer_looks_on_and_a_stranger_finds_nothing(client):
    version, author = drafted()
    imported = checked(version, author)
    urls = [
        reverse("pathways:import_new", args=[version.pk]),
        reverse("pathways:import_show", args=[imported.public_id]),
    ]

    client.force_login(reviewer_at(version.framework.owner))
    assert [client.get(url).status_code for url in urls] == [200, 200]
    assert "Apply to the draft" not in text_of(client.get(urls[1]))
    assert post(client, "import_apply", imported).status_code == 403

    for person in (author_at(OrganisationFactory()), employ(organisation=version.framework.owner)):
        client.force_login(person)
        assert [client.get(url).status_code for url in urls] == [404, 404]
        assert post(client, "import_apply", imported).status_code == 404


def test_undoing_is_not_offered_after_thirty_days(client, draft):
    version, author = draft
    imported = checked(version, author)
    apply_import(imported=imported, by=author, now=NOW - timedelta(days=60))

    page = text_of(client.get(reverse("pathways:import_show", args=[imported.public_id])))

    assert ">Undo<" not in page


# --- Downloads


def download(client, version, kind):
    return client.get(reverse("pathways:workbook_download", args=[version.pk]), {"kind": kind})


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_draft_that_is_downloaded_and_uploaded_changes_nothing(client, draft, kind):
    version, author = draft
    write_tree(version=version, tree=small_tree(), revision=None, now=NOW)

    answer = download(client, version, kind)

    assert answer["Content-Disposition"].startswith("attachment; filename=")
    assert answer["X-Content-Type-Options"] == "nosniff"
    imported = checked(version, author, answer.content)
    assert (imported.state, imported.row_count) == ("CHECKED", 4)
    assert set(imported.lines.values_list("kind", flat=True)) == {"WARNING"}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_downloaded_cell_is_never_a_formula_and_comes_back_as_it_was(client, draft, kind):
    version, author = draft
    tree = small_tree()
    nodes = [node for node in tree.nodes if node.kind in ("DOMAIN", "COMPETENCY")]
    evil = Tree(tuple(_renamed(node, f"=HYPERLINK({n})") for n, node in enumerate(nodes)))
    write_tree(version=version, tree=evil, revision=None, now=NOW)

    content = download(client, version, kind).content

    assert list(checked(version, author, content).lines.all()) == []
    if kind == "csv":
        assert ",=" not in content.decode("utf-8-sig")
        assert "'=HYPERLINK(0)" in content.decode("utf-8-sig")
    else:
        sheet = load_workbook(io.BytesIO(content))["Framework"]
        kinds = {cell.data_type for row in sheet.iter_rows() for cell in row}
        assert kinds == {"s", "inlineStr"}
        assert sheet["B2"].value == "'=HYPERLINK(0)"


def _renamed(node, title):
    return replace(node, title=title)


def test_the_template_explains_itself_and_can_be_filled_in(client, draft):
    version, author = draft

    workbook = load_workbook(io.BytesIO(client.get(reverse("pathways:workbook_template")).content))

    assert workbook.sheetnames == ["Framework", "How to fill this in"]
    sheet = workbook["Framework"]
    assert sheet["D2"].value is None
    values = {"A": "1", "B": "Care", "D": "1.10", "F": "Plans", "J": "Plans a week.", "K": "Rota"}
    for column, value in values.items():
        sheet[f"{column}2"] = value
    out = io.BytesIO()
    workbook.save(out)
    imported = checked(version, author, out.getvalue())
    assert list(imported.lines.values_list("kind", "about")) == [
        ("ADD", "1 Care"),
        ("ADD", "1.10 Plans"),
    ]


def test_an_edition_is_downloaded_by_whoever_may_read_it(client):
    published = FrameworkVersionFactory(framework__owner=OrganisationFactory())
    draft = written(1)

    client.force_login(employ(organisation=published.framework.owner))
    assert download(client, published, "csv").status_code == 200
    assert download(client, draft, "csv").status_code == 404

    client.force_login(employ())
    assert download(client, published, "csv").status_code == 404


# --- Published frameworks


def test_every_starter_has_its_licence_sources_and_scale():
    assert [one.code for one in starters()] == ["HLM", "KSF", "LCF", "OLW"]
    for one in starters():
        assert one.licence
        assert one.note
        assert all(source.startswith("http") for source in one.sources)
        ranks = [rank for rank, _label, _meaning in one.scale["levels"]]
        assert len(set(ranks)) == len(ranks) >= 4


def test_what_is_from_memory_says_so_in_the_draft():
    told = {one.code: str(records_of(one)).count(unverified()) for one in starters()}

    assert told == {"HLM": 0, "KSF": 8, "LCF": 0, "OLW": 2}


@pytest.mark.parametrize("code", ["HLM", "KSF", "LCF", "OLW"])
def test_an_author_starts_from_a_published_framework(client, code):
    trust = OrganisationFactory()
    client.force_login(author_at(trust))
    starter = next(one for one in starters() if one.code == code)
    given = {"starter": code, "owner": trust.pk, "code": f"OUR-{code}", "label": "2027"}
    day = {"valid_from_day": "1", "valid_from_month": "4", "valid_from_year": "2027"}

    answer = client.post(reverse("pathways:starter_use"), given | day)

    imported = FrameworkImport.objects.get()
    assert answer["Location"] == reverse("pathways:import_show", args=[imported.public_id])
    assert (imported.format, imported.state) == ("STARTER", "CHECKED")
    assert post(client, "import_apply", imported).status_code == 302
    version = Framework.objects.get(code=f"OUR-{code}").versions.get()
    tree = read_tree(version)
    assert sum(node.kind == "DOMAIN" for node in tree.nodes) == len(starter.domains)
    assert sum(node.kind == "COMPETENCY" for node in tree.nodes) == starter.competency_count
    assert version.framework.licence == starter.licence
    assert version.scale == Scale.objects.get(code=starter.scale["code"])
    assert version.scale.levels.count() == len(starter.scale["levels"])


def test_a_code_that_is_taken_is_told_and_leaves_nothing_behind(client):
    trust = OrganisationFactory()
    client.force_login(author_at(trust))
    written(1, framework__code="HLM")
    given = {"starter": "HLM", "owner": trust.pk, "code": "HLM", "label": "2027"}
    day = {"valid_from_day": "1", "valid_from_month": "4", "valid_from_year": "2027"}

    answer = client.post(reverse("pathways:starter_use"), given | day)

    assert answer.status_code == 422
    assert "Another framework has the code HLM." in text_of(answer)
    assert not Scale.objects.filter(code="HLM-4").exists()
    assert not FrameworkImport.objects.exists()


def test_starting_is_for_authors_and_looking_for_everybody(client):
    client.force_login(employ())

    page = text_of(client.get(reverse("pathways:starter_list")))

    assert page.count("data-starter") == 4
    assert "NHS Management and Leadership Framework" in page
    assert "Start from this" not in page
    assert client.get(reverse("pathways:starter_use")).status_code == 403
    assert client.post(reverse("pathways:starter_use"), {}).status_code == 403
