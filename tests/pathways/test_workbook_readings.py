"""Every mistake in a table is found at once, by its row and its column."""

from dataclasses import replace
from datetime import date

import pytest

from pathways.models import LineKind
from pathways.selectors.trees import COMPETENCY, DESCRIPTOR, DOMAIN, INDICATOR
from pathways.selectors.workbooks.cells import Row
from pathways.selectors.workbooks.readings import read_framework
from pathways.selectors.workbooks.sheets import read_sheet
from tests.factories.imports import HEADINGS, csv_file, saved, workbook_of, xlsx_file

RANKS = {"": frozenset({1, 2, 3, 4, None}), "SHORT": frozenset({1, 2})}
WIDE = (*HEADINGS, "Scale", "Asked about", "Level 5 description", "Level 2 indicators")


def row(code="1.1", *, title="Plans the work", **cells):
    names = ("domain", "domain_title", "code", "parent", "title", "summary", "text", "lines")
    further = ("scale", "asked", "five", "two")
    given = {"domain": "1", "domain_title": "Care", "code": code, "title": title} | cells
    return tuple(given.get(name, "") for name in (*names, *further))


def read(*rows, headings=WIDE):
    return read_framework(read_sheet(csv_file(*rows, headings=headings)), ranks=RANKS)


def mistakes(reading):
    return [(one.row, one.field) for one in reading.problems if one.kind == LineKind.PROBLEM]


def test_a_table_becomes_a_tree_in_its_order():
    reading = read(
        row("1.10", text="Plans a week.", lines="Rota\n\n Leave ", two=""),
        row("1.9", parent="1.10", title="Plans leave", asked="No", scale="SHORT"),
        row("", domain="2", domain_title="People", title=""),
    )

    assert mistakes(reading) == []
    assert [
        (node.kind, node.code or node.text, node.is_assessable) for node in reading.tree.nodes
    ] == [
        (DOMAIN, "1", True),
        (DOMAIN, "2", True),
        (COMPETENCY, "1.10", True),
        (DESCRIPTOR, "Plans a week.", True),
        (INDICATOR, "Rota", True),
        (INDICATOR, "Leave", True),
        (COMPETENCY, "1.9", False),
    ]
    nested = reading.tree.nodes[-1]
    assert (nested.parent, nested.scale_code) == (reading.tree.nodes[2].key, "SHORT")


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([row("1.1"), row("1.1")], [(3, "code")]),
        ([row("1.1", parent="1.2"), row("1.2", parent="1.1", title="Listens")], [(2, "parent")]),
        ([row("1.1", parent="1.1")], [(2, "parent")]),
        ([row("1.1", parent="9")], [(2, "parent")]),
        (
            [
                row("1.1"),
                row("2.1", domain="2", domain_title="People", parent="1.1", title="Listens"),
            ],
            [(3, "parent")],
        ),
        ([row("1.1", five="Excels.")], [(2, "level_5_text")]),
        ([row("1.1", scale="SHORT", five="Excels.")], [(2, "level_5_text")]),
        ([row("1.1", two="Does it.")], [(2, "level_2_text")]),
        ([row("1.1", title="")], [(2, "title")]),
        ([row("", title="Plans")], [(2, "code")]),
        ([row("1.1", domain="")], [(2, "domain_code")]),
        ([row("1.1", domain_title="")], [(2, "domain_title")]),
        (
            [row("1.1"), row("1.2", domain_title="Cure", title="Listens")],
            [(3, "domain_title")],
        ),
        ([row("1.1", title="P" * 201)], [(2, "title")]),
        ([row("1" * 61)], [(2, "code")]),
        ([row("1.1", text="T", lines="I" * 1001)], [(2, "level_1_indicators")]),
        ([row("1.1", text="T", lines="Rota\nRota")], [(2, "level_1_indicators")]),
        ([row("1.1", scale="LONG")], [(2, "scale")]),
        ([row("1.1", asked="Perhaps")], [(2, "assessable")]),
        ([row("1.1", title="=1+1")], [(2, "title")]),
        ([(*row("1.1"), "more")], [(2, "")]),
    ],
)
def test_each_mistake_is_told_where_it_is(rows, found):
    reading = read(*rows)

    assert mistakes(reading) == found
    assert reading.has_mistakes
    for problem in reading.problems:
        assert problem.message.endswith(".")


def test_all_mistakes_are_told_at_once_in_the_order_of_the_rows():
    reading = read(
        row("1.1", title=""), row("1.1"), row("1.2", parent="7", five="x", title="Listens")
    )

    assert mistakes(reading) == [(2, "title"), (3, "code"), (4, "level_5_text"), (4, "parent")]


def test_a_circle_is_named_by_its_codes_and_told_once():
    rows = [
        row("1.1", parent="1.3"),
        row("1.2", parent="1.1", title="Listens"),
        row("1.3", parent="1.2", title="Coaches"),
        row("2.1", parent="2.2", title="Hires"),
        row("2.2", parent="2.1", title="Trains"),
    ]

    problems = read(*rows).problems

    assert [problem.row for problem in problems] == [2, 5]
    assert all(code in problems[0].message for code in ("1.1", "1.2", "1.3"))


def test_a_missing_and_a_strange_column_stop_the_reading():
    reading = read(("1", "Care", "Plans"), headings=("Domain code", "Domain title", "Titel"))

    assert [problem.field for problem in reading.problems] == ["Titel", ""]
    assert "“Titel”" in reading.problems[0].message
    assert "Competency code, Title" in reading.problems[1].message
    assert reading.tree.nodes == ()


def test_a_column_that_is_there_twice_is_refused():
    reading = read(headings=("Domain code", "Domain title", "Competency code", "Title", "title *"))

    assert "two columns “title *”" in reading.problems[0].message


def test_headings_without_rows_say_so():
    sheet = read_sheet(csv_file(("",) * 8))

    assert "no rows" in read_framework(sheet, ranks=RANKS).problems[0].message


def test_headings_are_known_whatever_their_case_and_spaces():
    headings = tuple(f" {heading.upper()} " for heading in WIDE)

    assert mistakes(read(row("1.1"), headings=headings)) == []


def test_titles_of_the_same_words_are_worth_a_look():
    reading = read(row("1.1", title="Plans the work"), row("1.2", title="Work: plans"))

    assert not reading.has_mistakes
    assert [(one.kind, one.row, one.field) for one in reading.problems] == [
        (LineKind.WARNING, 3, "title")
    ]
    assert "1.1 in row 2" in reading.problems[0].message


def test_a_code_that_excel_made_a_number_is_a_mistake_and_a_title_is_not():
    content = xlsx_file(("1", "Care", 1.1, "", 2027, "", "", ""))

    reading = read_framework(read_sheet(content), ranks=RANKS)

    assert mistakes(reading) == [(2, "code")]
    assert "Cell C2 holds a number" in reading.problems[0].message


def test_a_number_in_words_keeps_its_digits():
    content = xlsx_file(("1", "Care", "1.1", "", 1234567.25, "", "", ""))

    reading = read_framework(read_sheet(content), ranks=RANKS)

    assert reading.records[0].get("title") == "1234567.25"


@pytest.mark.parametrize("number", [10**250, float("inf"), float("nan")])
def test_a_number_without_end_is_a_mistake(number):
    sheet = read_sheet(xlsx_file(("1", "Care", "1.1", "", "Plans", "", "", "")))
    cells = tuple(number if cell == "Plans" else cell for cell in sheet.rows[0].cells)

    reading = read_framework(replace(sheet, rows=(Row(2, cells),)), ranks=RANKS)

    assert mistakes(reading) == [(2, "title")]
    assert "Cell E2 holds a number that is too long." in reading.problems[0].message


def test_formulas_dates_and_mistakes_name_their_cell():
    workbook = workbook_of(("1", "Care", "1.1", "", "=A1", date(2027, 3, 7), "#REF!", ""))
    workbook.active["G2"].data_type = "e"

    reading = read_framework(read_sheet(saved(workbook)), ranks=RANKS)

    told = {one.field: one.message for one in reading.problems if one.kind == LineKind.PROBLEM}
    assert told["title"].startswith(("Cell E2 holds a formula", "The competency"))
    assert told["summary"].startswith("Cell F2 holds a date")
    assert told["level_1_text"].startswith("Cell G2 shows a mistake")


def test_letters_are_composed_and_hidden_ones_taken_out():
    reading = read(row("1.1", title="Cafe\u0301\u202e  plans"))

    assert reading.tree.nodes[1].title == "Café plans"


def test_marks_that_cannot_be_stored_name_their_cell():
    sheet = read_sheet(xlsx_file())
    cells = (*sheet.rows[0].cells[:4], "Pl\ud800an", *sheet.rows[0].cells[5:])
    broken = replace(sheet, rows=(replace(sheet.rows[0], cells=cells),))

    reading = read_framework(broken, ranks=RANKS)

    assert "Cell E2 has a character" in reading.problems[0].message
