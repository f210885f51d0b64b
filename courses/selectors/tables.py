"""Tables as files for a spreadsheet, every cell of which is text that nothing runs."""

import csv
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO
from typing import NamedTuple

from pathways.selectors.workbooks.cells import harmless

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV, XLSX = "csv", "xlsx"


class TableFile(NamedTuple):
    """A table as it is handed out."""

    name: str
    content: bytes
    content_type: str


def table_file(
    *, name: str, title: str, headings: Sequence[str], rows: Iterable[Sequence[str]], kind: str
) -> TableFile:
    """``rows`` below ``headings`` as ``csv`` or, with any other ``kind``, as a workbook."""
    if kind == CSV:
        return TableFile(f"{name}.csv", _as_csv(headings, rows), CSV_TYPE)
    return TableFile(f"{name}.xlsx", _as_xlsx(title, headings, rows), XLSX_TYPE)


def _as_csv(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """With a byte order mark, by which Excel knows that it is UTF-8."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(map(harmless, headings))
    for row in rows:
        writer.writerow(map(harmless, row))
    return out.getvalue().encode("utf-8-sig")


def _as_xlsx(title: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    from openpyxl import Workbook  # noqa: PLC0415 - slow, and only downloads need it
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - as above
    from openpyxl.styles import Font  # noqa: PLC0415 - as above

    workbook = Workbook(write_only=True)
    # A sheet's name is short and has none of the signs that formulas use.
    sheet = workbook.create_sheet("".join(sign for sign in title if sign not in "[]:*?/\\'")[:31])
    sheet.freeze_panes = "A2"

    def cell(text: str, *, bold: bool = False) -> WriteOnlyCell:
        written = WriteOnlyCell(sheet, value=harmless(text))
        written.number_format = "@"
        if bold:
            written.font = Font(bold=True)
        return written

    sheet.append([cell(text, bold=True) for text in headings])
    for row in rows:
        sheet.append([cell(text) for text in row])
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()
