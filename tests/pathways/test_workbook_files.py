"""What is no table, or no honest one, is refused with a sentence; what is one is read whole."""

import codecs
import io
import zipfile

import pytest

from pathways.models import LineKind
from pathways.selectors.workbooks import xlsx_files
from pathways.selectors.workbooks.cells import Fault, Formula, as_meant, harmless, letters
from pathways.selectors.workbooks.problems import MAX_BYTES, MAX_ROWS, Unreadable
from pathways.selectors.workbooks.sheets import read_sheet
from tests.factories.imports import (
    HEADINGS,
    ROWS,
    csv_file,
    part_of,
    saved,
    with_part,
    workbook_of,
    xlsx_file,
)
from tests.pathways.hostile_files import before_the_beginning, oddly_packed

SHEET = "xl/worksheets/sheet1.xml"


def texts(sheet):
    return [tuple(cell or "" for cell in row.cells) for row in sheet.rows]


def refusal(content):
    with pytest.raises(Unreadable) as refused:
        read_sheet(content)
    return refused.value


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ends", ["\r\n", "\n"])
def test_every_usual_csv_is_read(delimiter, ends):
    sheet = read_sheet(csv_file(delimiter=delimiter, lineterminator=ends))

    assert sheet.headings.cells == HEADINGS
    assert texts(sheet) == list(ROWS)
    assert [row.number for row in sheet.rows] == [2, 3, 4]
    assert sheet.problems == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_letters_come_through_in_every_encoding_that_says_what_it_is(encoding):
    row = ("1", "Gofal £ é 漢", "1.1", "", "Llŷn", "", "", "")

    sheet = read_sheet(csv_file(row, encoding=encoding))

    assert texts(sheet) == [row]
    assert sheet.problems == ()


def test_utf_16_of_the_other_end_is_read_by_its_mark():
    content = codecs.BOM_UTF16_BE + csv_file(encoding="utf-16-be")

    assert texts(read_sheet(content)) == list(ROWS)


def test_windows_letters_are_read_with_a_warning():
    row = ("1", "Café £", "1.1", "", "Plans", "", "", "")

    sheet = read_sheet(csv_file(row, encoding="cp1252"))

    assert texts(sheet) == [row]
    assert [problem.kind for problem in sheet.problems] == [LineKind.WARNING]
    assert "Windows-1252" in sheet.problems[0].message


@pytest.mark.parametrize(
    "content",
    [
        csv_file(encoding="utf-32"),
        csv_file(encoding="utf-16-le"),
        csv_file() + b"\x00",
        csv_file() + b"\x81\x8d",
        codecs.BOM_UTF16_LE + b"odd",
    ],
    ids=["utf-32", "utf-16 without a mark", "NUL", "in no encoding", "half a letter"],
)
def test_other_letters_are_refused(content):
    assert refusal(content).code == "unknown_encoding"


def test_excels_hint_of_its_separator_is_no_row():
    sheet = read_sheet(b"sep=;\r\n" + csv_file(delimiter=";"))

    assert sheet.headings.number == 1
    assert texts(sheet) == list(ROWS)


def test_a_csv_that_breaks_off_names_the_row():
    whole = csv_file(("1", "Care", "1.1", "", "Plans", "", "", "Rota\nLeave"))

    refused = refusal(whole[: whole.index(b"Leave")])

    assert refused.code == "broken_file"
    assert "after row 1" in refused.message


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\r\n , ,\r\n", "empty_file"),
        (b"%PDF-1.7\n", "unknown_kind"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "unknown_kind"),
        (b"<html><table><tr><td>Domain code</td></tr></table>", "unknown_kind"),
        (b"a" * (MAX_BYTES + 1), "file_too_large"),
    ],
)
def test_what_is_no_table_is_refused_with_its_reason(content, code):
    assert refusal(content).code == code


def test_too_many_rows_name_the_limit():
    rows = [("1", "Care", f"1.{number}", "", "Plans", "", "", "") for number in range(MAX_ROWS + 1)]

    refused = refusal(csv_file(*rows))

    assert refused.code == "too_many_rows"
    assert f"{MAX_ROWS + 1} rows" in refused.message
    assert f"at most {MAX_ROWS} rows" in refused.message


def test_a_hundred_thousand_rows_are_refused_by_their_number():
    refused = refusal(csv_file(*[("1", "C", "1", "", "P", "", "", "")] * 100_000))

    assert "100000 rows" in refused.message


def test_as_many_rows_as_may_be_are_read_and_empty_ones_do_not_count():
    rows = [("1", "Care", f"1.{number}", "", "Plans", "", "", "") for number in range(MAX_ROWS)]

    sheet = read_sheet(csv_file(*rows, *[("",) * 8] * 10))

    assert len(sheet.rows) == MAX_ROWS


# --- Workbooks


def test_a_workbook_is_read_whatever_it_is_called():
    sheet = read_sheet(xlsx_file())

    assert sheet.headings.cells[: len(HEADINGS)] == HEADINGS
    assert [row[: len(HEADINGS)] for row in texts(sheet)] == list(ROWS)


def test_the_sheet_of_the_template_is_read_and_a_hidden_one_is_not():
    workbook = workbook_of()
    notes = workbook.create_sheet("Notes", 0)
    notes.append(["Nothing to see"])
    secret = workbook.create_sheet("Framework", 0)
    secret.append(["Hidden"])
    secret.sheet_state = "hidden"
    workbook["Sheet"].title = "framework "
    assert read_sheet(saved(workbook)).headings.cells[0] == "Nothing to see"

    workbook["Framework"].title = "Old"
    workbook["framework "].title = "Framework"

    assert read_sheet(saved(workbook)).headings.cells[0] == "Domain code"


def test_a_size_that_the_sheet_only_claims_hides_nothing():
    content = xlsx_file()
    xml = part_of(content, SHEET).replace(b'ref="A1:H4"', b'ref="A1:B2"')

    sheet = read_sheet(with_part(content, SHEET, xml))

    assert len(sheet.rows) == len(ROWS)


def test_formulas_and_mistakes_of_the_spreadsheet_are_never_values():
    workbook = workbook_of(("1", "Care", "1.1", "", '=HYPERLINK("http://x","y")', "#REF!", "", ""))
    workbook.active["F2"].data_type = "e"

    cells = read_sheet(saved(workbook)).rows[0].cells

    assert isinstance(cells[4], Formula)
    assert cells[5] == Fault("#REF!")


def test_merged_cells_are_named_and_hidden_rows_mentioned():
    workbook = workbook_of()
    workbook.active.merge_cells("B2:B3")
    workbook.active.row_dimensions[3].hidden = True

    problems = read_sheet(saved(workbook)).problems

    assert [(problem.kind, problem.row) for problem in problems] == [
        (LineKind.PROBLEM, 2),
        (LineKind.WARNING, 3),
    ]
    assert "merged at B2" in problems[0].message
    assert "1 row is hidden" in problems[1].message


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.999])
def test_half_a_workbook_is_refused(kept):
    content = xlsx_file()

    assert refusal(content[: int(len(content) * kept)]).code == "broken_file"


@pytest.mark.parametrize(
    "tag",
    [
        b'<row r="99999999999"',
        b'<row r="1048576"',
        b"<row spans='>' r = '1048576'",
        b"<row/>" * 50_001 + b"<row",
    ],
)
def test_a_row_far_below_the_others_is_refused_before_those_between_are_made(tag, monkeypatch):
    content = xlsx_file()
    xml = part_of(content, SHEET).replace(b'<row r="4"', tag)
    made = []
    monkeypatch.setattr(xlsx_files, "_values", made.append)

    refused = refusal(with_part(content, SHEET, xml))

    assert refused.code == "too_many_rows"
    assert made == []


def test_rows_may_be_empty_in_between():
    content = xlsx_file()
    xml = part_of(content, SHEET).replace(b'<row r="4"', b'<row r="1000"')

    sheet = read_sheet(with_part(content, SHEET, xml))

    assert [row.number for row in sheet.rows] == [2, 3, 1000]


@pytest.mark.parametrize("hostile", [oddly_packed, before_the_beginning])
def test_an_archive_that_no_spreadsheet_packs_is_refused(hostile):
    assert refusal(hostile("xlsx")).code == "broken_file"


def test_a_csv_row_may_have_empty_cells_without_end_and_no_more_than_sixty_columns():
    content = csv_file()

    wide = read_sheet(content.replace(b"\r\n", b"," * 100 + b"\r\n", 1))
    refused = refusal(content + b"a," * 100_000)

    assert len(wide.rows) == 3
    assert refused.code == "too_many_columns"
    assert "Row 5" in refused.message


@pytest.mark.parametrize(
    "xml",
    [
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><a>&b;</a>',
        '<?xml version="1.0" encoding="utf-16"?><a/>'.encode("utf-16"),
        b"<worksheet",
        b"",
    ],
    ids=["outside file", "laughs", "utf-16", "cut off", "empty"],
)
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml"])
def test_xml_that_does_more_than_hold_a_table_is_refused(part, xml):
    assert refusal(with_part(xlsx_file(), part, xml)).code == "broken_file"


@pytest.mark.parametrize("place", [b'r="x"', b'r="-3"', b'r="1e9"'])
def test_a_row_in_no_place_is_refused(place):
    content = xlsx_file()
    xml = part_of(content, SHEET).replace(b'<row r="2"', b"<row " + place)

    assert refusal(with_part(content, SHEET, xml)).code == "broken_file"


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch):
    out = io.BytesIO(xlsx_file())
    with (
        zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/media/bomb.bin", "w") as part,
    ):
        for _step in range(60):
            part.write(bytes(1024 * 1024))
    monkeypatch.setattr(zipfile.ZipFile, "open", None)

    assert refusal(out.getvalue()).code == "too_large_unpacked"


def test_a_part_that_shrinks_too_well_is_refused():
    content = with_part(xlsx_file(), "xl/media/nought.bin", bytes(2 * 1024 * 1024))

    assert refusal(content).code == "too_large_unpacked"


def test_a_crowd_of_parts_is_refused():
    out = io.BytesIO(xlsx_file())
    with zipfile.ZipFile(out, "a") as archive:
        for number in range(1_001):
            archive.writestr(f"w/{number}", b"")

    assert refusal(out.getvalue()).code == "too_large_unpacked"


def test_a_part_that_is_larger_than_it_says_is_refused():
    whole = bytearray(xlsx_file(*[("1", "C", f"{n}", "", "P", "", "", "") for n in range(200)]))
    at = whole.rindex(b"PK\x01\x02", 0, whole.rindex(SHEET.encode()))
    whole[at + 24 : at + 28] = (900).to_bytes(4, "little")

    assert refusal(bytes(whole)).code == "broken_file"


def test_another_office_file_is_no_workbook():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<document/>")

    assert refusal(out.getvalue()).code == "unknown_kind"


# --- Cells


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\x00", "\uff1d", "'"])
def test_a_dangerous_beginning_is_taken_and_given_back(first):
    text = f"{first}1+1"

    assert harmless(text).startswith("'")
    assert as_meant(harmless(text)) == text


@pytest.mark.parametrize("text", ["Plans", "1.10", "'tis", "a=b", ""])
def test_other_text_stays_as_it_is(text):
    assert as_meant(text) == text
    assert as_meant(harmless(text)) == text


def test_columns_are_called_as_in_a_spreadsheet():
    assert [letters(index) for index in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
