"""Reading the table from an Excel workbook: values as they stand, and nothing worked out."""

import re
import zipfile
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from itertools import islice, pairwise
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pathways.models import LineKind
from pathways.selectors.workbooks import archives
from pathways.selectors.workbooks.cells import Fault, Formula, Row, Value
from pathways.selectors.workbooks.problems import (
    MAX_COLUMNS,
    OF_FRAMEWORKS,
    Limits,
    Problem,
    Unreadable,
)

# The template's own; a workbook without such a sheet is read from its first.
SHEET = "Framework"
# Empty rows do not count, but each costs its time; no table has so many between its own.
_EMPTY_ROWS = 10
_SHOWN = 10
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+)(\d+)(?::[A-Z]+\d+)?"')
_ROW = re.compile(rb"""<(?:[\w.-]+:)?row(?=[\s/>])(?:[^>"']|"[^"]*"|'[^']*')*>""")
_HIDDEN = re.compile(rb"""\shidden\s*=\s*["'](?:1|true)["']""")
_NUMBER = re.compile(rb"""\sr\s*=\s*["']([^"']*)["']""")


def read_xlsx(content: bytes, limits: Limits = OF_FRAMEWORKS) -> tuple[list[Row], list[Problem]]:
    """The rows of the table in a workbook, and what is wrong with its shape."""
    archive = archives.opened(content)
    try:
        return _read(content, archive, last_row=_EMPTY_ROWS * limits.rows)
    except Unreadable:
        raise
    except Exception:  # noqa: BLE001 - a parser that trusts stumbles as variously as files lie
        raise archives.broken() from None


def _read(
    content: bytes, archive: zipfile.ZipFile, *, last_row: int
) -> tuple[list[Row], list[Problem]]:
    from openpyxl import load_workbook  # noqa: PLC0415 - slow, and only imports need it

    workbook = load_workbook(BytesIO(content), read_only=True, keep_links=False)
    with closing(workbook):
        sheet = _sheet(workbook)
        # What the sheet says of its own size is not to be relied on.
        sheet.reset_dimensions()
        xml = archive.read(sheet._worksheet_path)  # noqa: SLF001 (it is told nowhere else)
        _refuse_disorder(xml, last_row=last_row)
        rows = sheet.iter_rows(max_row=last_row, max_col=MAX_COLUMNS)
        read = [
            Row(number, cells)
            for number, cells in enumerate(map(_values, rows), start=1)
            if any(value is not None for value in cells)
        ]
    return read, [*_merged(xml), *_hidden(xml)]


def _refuse_disorder(xml: bytes, *, last_row: int) -> None:
    """Rows that do not follow each other, or lie far below, would be passed over without a word."""
    tags = [_NUMBER.search(tag[0]) for tag in _ROW.finditer(xml)]
    numbers = [int(number[1]) for number in tags if number]
    if any(after <= before for before, after in pairwise([0, *numbers])):
        raise archives.broken()
    last = max([len(tags), *numbers[-1:]])
    if last > last_row:
        sentence = _(
            "The sheet has a row %(row)d, and we read the first %(limit)d. Delete the rows below"
            " the table, empty ones as well, and upload it again."
        )
        raise Unreadable(sentence % {"row": last, "limit": last_row}, code="too_many_rows")


def _sheet(workbook: Any) -> Any:
    sheets = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
    named = [sheet for sheet in sheets if sheet.title in (SHEET, sheet_title())]
    if not sheets:
        raise archives.broken()
    return (named or sheets)[0]


def sheet_title() -> str:
    return _("Framework")


def _values(cells: tuple[Any, ...]) -> tuple[Value, ...]:
    return tuple(map(_value, cells))


def _value(cell: Any) -> Value:
    kind = cell.data_type
    if kind == "f":
        return Formula()
    if kind == "e":
        return Fault(str(cell.value))
    value: Value = cell.value
    return value if value != "" else None


def _merged(xml: bytes) -> Iterator[Problem]:
    if b"mergeCell" not in xml:
        return
    for found in _MERGED.finditer(xml):
        column, row = found[1].decode(), int(found[2])
        yield Problem(
            _(
                "Cells are merged at %(cell)s. Select them, choose “Unmerge cells”, and fill in"
                " each row."
            )
            % {"cell": f"{column}{row}"},
            row=row,
        )


def _hidden(xml: bytes) -> Iterator[Problem]:
    if b"hidden=" not in xml:
        return
    rows = [
        int(number[1])
        for tag in _ROW.finditer(xml)
        if _HIDDEN.search(tag[0]) and (number := _NUMBER.search(tag[0]))
    ]
    if rows:
        words = ngettext(
            "%(count)d row is hidden in the workbook and was read like the others: %(rows)s.",
            "%(count)d rows are hidden in the workbook and were read like the others: %(rows)s.",
            len(rows),
        )
        shown = ", ".join(map(str, islice(rows, _SHOWN)))
        more = " …" if len(rows) > _SHOWN else ""
        yield Problem(
            words % {"count": len(rows), "rows": shown + more}, row=rows[0], kind=LineKind.WARNING
        )
