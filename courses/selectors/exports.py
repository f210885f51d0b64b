"""Tables to take away as CSV or as an Excel workbook, with nothing in them that would be run."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.text import slugify

from pathways.selectors.workbooks.cells import harmless
from pathways.selectors.workbooks.writing import CSV_TYPE, XLSX_TYPE

FORMATS = ("csv", "xlsx")
# Excel takes 31 characters for the name of a sheet.
_LONGEST_NAME = 31
Cell = str | int | float


@dataclass(frozen=True, slots=True)
class ExportTable:
    """A table under a title. Numbers stay numbers; text is never taken for a formula."""

    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Cell]]


class ExportFile(NamedTuple):
    """A table as it is handed out."""

    name: str
    content: bytes
    content_type: str


def export_file(table: ExportTable, *, kind: str) -> ExportFile:
    """``table`` as ``csv`` or, with any other ``kind``, as a workbook."""
    name = slugify(table.title)[:80] or "export"
    if kind == "csv":
        return ExportFile(f"{name}.csv", _as_csv(table), CSV_TYPE)
    return ExportFile(f"{name}.xlsx", _as_xlsx(table), XLSX_TYPE)


def _as_csv(table: ExportTable) -> bytes:
    """With a byte order mark, by which Excel knows that it is UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(map(harmless, table.headings))
    writer.writerows([_written(cell) for cell in row] for row in table.rows)
    return out.getvalue().encode("utf-8-sig")


def _as_xlsx(table: ExportTable) -> bytes:
    from openpyxl import Workbook  # noqa: PLC0415 - slow, and only downloads need it

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(_sheet_name(table.title))
    sheet.freeze_panes = "A2"
    sheet.append([harmless(heading) for heading in table.headings])
    for row in table.rows:
        sheet.append([_written(cell) for cell in row])
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _written(cell: Cell) -> Cell:
    return harmless(cell) if isinstance(cell, str) else cell


def _sheet_name(title: str) -> str:
    """``title`` without what Excel does not take in the name of a sheet."""
    return "".join("-" if letter in "[]:*?/\\'" else letter for letter in title)[:_LONGEST_NAME]
