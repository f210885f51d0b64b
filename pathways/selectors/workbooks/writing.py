"""Writing a table as CSV or as an Excel workbook, with nothing in it that would be run."""

import csv
import io
from typing import Any, NamedTuple

from django.utils.text import slugify
from django.utils.translation import gettext as _

from common.errors import Conflict
from pathways.selectors.workbooks.cells import harmless
from pathways.selectors.workbooks.columns import NEEDED, REFERENCE, Column, heading
from pathways.selectors.workbooks.problems import MAX_BYTES, MAX_ROWS, MEGABYTE
from pathways.selectors.workbooks.tables import Table
from pathways.selectors.workbooks.xlsx_files import sheet_title

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Excel cuts what is longer, without a word.
_MOST_OF_A_CELL = 32_767
_NARROW, _WIDE = 16, 48
_WIDE_FROM = 200


def as_csv(table: Table) -> bytes:
    """With a byte order mark, by which Excel knows that it is UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(heading(column.name) for column in table.columns)
    for row in table.rows:
        writer.writerow(map(harmless, row))
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(table: Table) -> bytes:
    """The table on a sheet of its own, and another that explains every column."""
    from openpyxl import Workbook  # noqa: PLC0415 - slow, and only downloads need it

    workbook = Workbook(write_only=True)
    _write_table(workbook.create_sheet(sheet_title()), table)
    _write_guide(workbook.create_sheet(_("How to fill this in")), table)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _write_table(sheet: Any, table: Table) -> None:
    sheet.freeze_panes = "A2"
    _set_widths(sheet, [_width(column) for column in table.columns])
    sheet.append([_heading_cell(sheet, heading(column.name)) for column in table.columns])
    for row in table.rows:
        sheet.append([_text_cell(sheet, text) for text in row])


def _write_guide(sheet: Any, table: Table) -> None:
    _set_widths(sheet, [_NARROW * 2, _NARROW, _WIDE * 2])
    titles = (_("Column"), _("Needed"), _("What belongs in it"))
    sheet.append([_heading_cell(sheet, title) for title in titles])
    for column in table.columns:
        needed = _("Yes") if column.name in NEEDED else ""
        meaning = str(column.meaning)
        if column.name != REFERENCE:
            meaning += " " + _("At most %(limit)d characters.") % {"limit": column.limit}
        cells = (heading(column.name), needed, meaning)
        sheet.append([_text_cell(sheet, text) for text in cells])
    for sentence in _rules():
        sheet.append([_text_cell(sheet, ""), _text_cell(sheet, ""), _text_cell(sheet, sentence)])


def _rules() -> list[str]:
    return [
        _("The order of the rows is the order of the framework."),
        _("A competency or domain that is not in the file is left out of the draft."),
        _("A further level has columns of its own: “Level 5 description”, “Level 5 indicators”."),
        _("Type text only: no formulas, no merged cells. Codes are text, so that 1.10 stays 1.10."),
        _("An apostrophe before =, +, - or @ keeps Excel from taking the text for a formula."),
        _("At most %(rows)d rows and %(size)d MB.")
        % {"rows": MAX_ROWS, "size": MAX_BYTES // MEGABYTE},
    ]


def _width(column: Column) -> int:
    return _WIDE if column.limit > _WIDE_FROM else _NARROW


def _set_widths(sheet: Any, widths: list[int]) -> None:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - as above

    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width


def _heading_cell(sheet: Any, text: str) -> Any:
    from openpyxl.styles import Font  # noqa: PLC0415 - as above

    cell = _text_cell(sheet, text)
    cell.font = Font(bold=True)
    return cell


def _text_cell(sheet: Any, text: str) -> Any:
    """A cell that holds text and is formatted as text, so that a code typed into it stays one."""
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - as above
    from openpyxl.styles import Alignment  # noqa: PLC0415 - as above

    written = harmless(text)
    if len(written) > _MOST_OF_A_CELL:
        raise Conflict(
            _("A text of this edition is longer than an Excel cell can be. Download it as CSV."),
            code="too_long_for_excel",
        )
    cell = WriteOnlyCell(sheet, value=written)
    cell.number_format = "@"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


class TableFile(NamedTuple):
    """A table as it is handed out."""

    name: str
    content: bytes
    content_type: str


def file_of(table: Table, *, kind: str) -> TableFile:
    """``table`` as ``csv`` or, with any other ``kind``, as a workbook."""
    name = slugify(table.title) or "framework"
    if kind == "csv":
        return TableFile(f"{name}.csv", as_csv(table), CSV_TYPE)
    return TableFile(f"{name}.xlsx", as_xlsx(table), XLSX_TYPE)
