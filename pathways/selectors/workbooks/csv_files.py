"""Reading tables of separated values, however a spreadsheet wrote them."""

import codecs
import csv
import io
from collections.abc import Iterator
from itertools import islice

from django.utils.translation import gettext as _

from pathways.models import LineKind
from pathways.selectors.workbooks.cells import Row
from pathways.selectors.workbooks.columns import column_headed
from pathways.selectors.workbooks.problems import (
    MAX_COLUMNS,
    OF_FRAMEWORKS,
    Limits,
    Problem,
    Unreadable,
)

DELIMITERS = (",", ";", "\t")
_BYTE_ORDER_MARKS = (
    # The mark of UTF-32 begins with that of UTF-16, so it is asked for first.
    (codecs.BOM_UTF32_LE, ""),
    (codecs.BOM_UTF32_BE, ""),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_csv(content: bytes, limits: Limits = OF_FRAMEWORKS) -> tuple[list[Row], list[Problem]]:
    """The rows of a CSV file, and a warning where its encoding had to be guessed."""
    text, warnings = _decoded(content)
    if text[:4].lower() == "sep=":
        # Excel's own hint, which is no row of the table.
        text = text.partition("\n")[2]
    rows = [
        Row(number, tuple(cells)) for number, cells in enumerate(_records(text, limits), start=1)
    ]
    return rows, warnings


def _decoded(content: bytes) -> tuple[str, list[Problem]]:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return _text(content, encoding), []
    try:
        return _text(content, "utf-8"), []
    except Unreadable:
        if b"\x00" in content:
            raise
    text = _text(content, "cp1252")
    warning = _(
        "The file is not UTF-8, so it was read as Windows-1252. Check letters such as é and £"
        " below. To be sure, save it as “CSV UTF-8”."
    )
    return text, [Problem(warning, kind=LineKind.WARNING)]


def _text(content: bytes, encoding: str) -> str:
    try:
        if encoding:
            text = content.decode(encoding)
            if "\x00" not in text:
                return text
    except UnicodeDecodeError:
        pass
    raise Unreadable(
        _("We cannot read the letters of this file. Save it as “CSV UTF-8” and upload it again."),
        code="unknown_encoding",
    )


def _records(text: str, limits: Limits) -> Iterator[list[str]]:
    # No field can be longer than the file; Python's own limit would be a smaller one.
    csv.field_size_limit(limits.size)
    read = 0
    try:
        for cells in _reader(text, _delimiter(text, limits)):
            read += 1
            _refuse_too_wide(cells, read)
            yield cells
    except csv.Error:
        raise Unreadable(
            _(
                "The file breaks off after row %(row)d, or a quotation mark there is not closed."
                " Save it as CSV again and upload it."
            )
            % {"row": read},
            code="broken_file",
        ) from None


def _refuse_too_wide(cells: list[str], row: int) -> None:
    if any(cell.strip() for cell in islice(cells, MAX_COLUMNS, None)):
        sentence = _(
            "Row %(row)d has more than %(limit)d columns. Look for a missing quotation mark in it,"
            " or take out the columns that are not in the template."
        )
        raise Unreadable(sentence % {"row": row, "limit": MAX_COLUMNS}, code="too_many_columns")


def _delimiter(text: str, limits: Limits) -> str:
    """What separates the cells: whatever makes the most of our headings of the first row."""
    is_heading = limits.is_heading or _of_framework

    def known(delimiter: str) -> int:
        try:
            first = next(_reader(text, delimiter), [])
        except csv.Error:
            return 0
        return sum(map(is_heading, first))

    return max(DELIMITERS, key=known)


def _of_framework(cell: str) -> bool:
    return column_headed(cell) is not None


def _reader(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
