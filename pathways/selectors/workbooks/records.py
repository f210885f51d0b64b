"""From a table to records: each row's cells under the names of their columns, as clean text."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.text import clean_line, clean_text
from pathways.selectors.workbooks.cells import Fault, Formula, Row, Value, as_meant, letters
from pathways.selectors.workbooks.columns import (
    NEEDED,
    Column,
    column_headed,
    heading,
)
from pathways.selectors.workbooks.problems import Problem
from pathways.selectors.workbooks.sheets import Sheet

_MOST_OF_A_HEADING = 40
_LONG = 500


@dataclass(frozen=True, slots=True)
class Record:
    """``texts`` has the columns in which something stands; the rest is empty.

    What stands in ``unread`` could not be read, and is told as a mistake already.
    """

    row: int
    texts: Mapping[str, str]
    unread: frozenset[str] = frozenset()

    def get(self, name: str) -> str:
        return self.texts.get(name, "")

    def lacks(self, name: str) -> bool:
        return name not in self.texts and name not in self.unread


def records_of(sheet: Sheet) -> tuple[list[Record], list[Problem]]:
    """Every row of ``sheet``, and what keeps its cells from being read.

    Without the columns that are needed nothing is read, because nothing would be right.
    """
    columns, problems = _columns(sheet.headings)
    if problems:
        return [], problems
    records = []
    for row in sheet.rows:
        texts: dict[str, str] = {}
        unread: set[str] = set()
        for index, value in enumerate(row.cells):
            if value is None or value == "":
                continue
            column = columns.get(index)
            if column is None:
                problems.append(_outside(row, index))
                continue
            text, problem = _read_cell(value, column, f"{letters(index)}{row.number}")
            if problem:
                problems.append(Problem(problem, row.number, column.name))
                unread.add(column.name)
            elif text:
                texts[column.name] = text
        records.append(Record(row.number, texts, frozenset(unread)))
    return records, [problem for problem in problems if problem.message]


def _columns(headings: Row) -> tuple[dict[int, Column], list[Problem]]:
    columns: dict[int, Column] = {}
    problems: list[Problem] = []
    for index, value in enumerate(headings.cells):
        words = str(value).strip() if isinstance(value, str) else ""
        if not words and value in (None, ""):
            continue
        column = column_headed(as_meant(words))
        if column is None or column in columns.values():
            problems.append(_strange_heading(headings.number, words or str(value), column))
        else:
            columns[index] = column
    found = {column.name for column in columns.values()}
    missing = [heading(name) for name in NEEDED if name not in found]
    if missing:
        problems.append(_missing_headings(headings.number, missing))
    return columns, problems


def _strange_heading(row: int, words: str, column: Column | None) -> Problem:
    shown = clean_line(words.replace("\x00", ""))[:_MOST_OF_A_HEADING]
    sentence = (
        _("There are two columns “%(heading)s”. Keep one of them.")
        if column
        else _(
            "There is no column “%(heading)s” in the template. Give the column one of the"
            " template's headings, or take it out."
        )
    )
    return Problem(sentence % {"heading": shown}, row, shown)


def _missing_headings(row: int, missing: list[str]) -> Problem:
    sentence = _(
        "These columns are missing: %(headings)s. Put the headings of the template into the first"
        " row, separated in the same way as the rows."
    )
    return Problem(sentence % {"headings": ", ".join(missing)}, row)


def _outside(row: Row, index: int) -> Problem:
    """A cell that stands under no heading."""
    value = row.cells[index]
    if isinstance(value, str) and not value.strip():
        return Problem("")
    sentence = _(
        "Cell %(cell)s stands under no heading. Give its column a heading or empty the cell; in a"
        " CSV file, look for a missing quotation mark in the row."
    )
    return Problem(sentence % {"cell": f"{letters(index)}{row.number}"}, row.number)


def _read_cell(value: Value, column: Column, cell: str) -> tuple[str, str]:
    """What the cell says, or a sentence about what is wrong with it."""
    if not isinstance(value, str):
        return _read_number(value, column, cell)
    if value.startswith("="):
        return "", _formula(cell)
    try:
        meant = as_meant(value)
        text = clean_text(meant).strip() if column.limit > _LONG else clean_line(meant)
    except ValidationError:
        sentence = _(
            "Cell %(cell)s has a character in it that cannot be stored. Type the text again."
        )
        return "", sentence % {"cell": cell}
    if len(text) > column.limit:
        sentence = _("Cell %(cell)s has %(count)d characters. Enter %(limit)d or fewer.")
        return "", sentence % {"cell": cell, "count": len(text), "limit": column.limit}
    return text, ""


def _read_number(value: Value, column: Column, cell: str) -> tuple[str, str]:
    if isinstance(value, bool):
        return ("yes" if value else "no"), ""
    if not isinstance(value, int | float) or column.is_code:
        return "", _not_text(value, cell)
    # As many digits as a spreadsheet has: fewer would change the number.
    text = f"{value:.15g}" if isinstance(value, float) else str(value)
    if len(text) > column.limit or not isfinite(value):
        sentence = _("Cell %(cell)s holds a number that is too long. Type the text itself.")
        return "", sentence % {"cell": cell}
    return text, ""


def _not_text(value: Value, cell: str) -> str:
    if isinstance(value, Formula):
        return _formula(cell)
    if isinstance(value, int | float):
        sentence = _(
            "Cell %(cell)s holds a number, so that 1.10 may have become 1.1. Format the column as"
            " text and type the code again."
        )
    elif isinstance(value, Fault):
        sentence = _("Cell %(cell)s shows a mistake of the spreadsheet. Type the text itself.")
    else:
        sentence = _(
            "Cell %(cell)s holds a date or a time. Format the column as text and type it again."
        )
    return sentence % {"cell": cell}


def _formula(cell: str) -> str:
    sentence = _(
        "Cell %(cell)s holds a formula, and we never work one out. Type the text itself, with an"
        " apostrophe (') before it if it has to begin with =."
    )
    return sentence % {"cell": cell}
