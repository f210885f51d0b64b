"""Reading a file of either kind, told by what is in it and never by its name, into a table."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from pathways.models import ImportFormat
from pathways.selectors.workbooks.cells import Row
from pathways.selectors.workbooks.csv_files import read_csv
from pathways.selectors.workbooks.problems import (
    MEGABYTE,
    OF_FRAMEWORKS,
    Limits,
    Problem,
    Unreadable,
)
from pathways.selectors.workbooks.xlsx_files import read_xlsx

_ZIP = b"PK\x03\x04"
# What is recognised only to say what to do instead.
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_NO_TABLES = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"<html", b"<!DOCTYPE", b"<?xml")


@dataclass(frozen=True, slots=True)
class Sheet:
    """``headings`` is the first row that says anything; ``problems`` those of the file's shape."""

    format: ImportFormat
    headings: Row
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]


def read_sheet(content: bytes, *, limits: Limits = OF_FRAMEWORKS) -> Sheet:
    """The table of a file, without the rows that say nothing. Refuses what is none."""
    _refuse_size(content, limits)
    if content.startswith(_ZIP):
        kind = ImportFormat.XLSX
        found, problems = read_xlsx(content, limits)
    else:
        _refuse_other_kinds(content)
        kind = ImportFormat.CSV
        found, problems = read_csv(content, limits)
    rows = [row for row in found if any(map(_says_something, row.cells))]
    if not rows:
        raise Unreadable(_("The file is empty. Fill it in and upload it again."), code="empty_file")
    headings, *below = rows
    if len(below) > limits.rows:
        raise Unreadable(
            _(
                "The file has %(count)d rows. Upload at most %(limit)d rows at a time: split the"
                " file, or take out the rows that you do not need."
            )
            % {"count": len(below), "limit": limits.rows},
            code="too_many_rows",
        )
    return Sheet(kind, headings, tuple(below), tuple(problems))


def _says_something(value: object) -> bool:
    return value is not None and not (isinstance(value, str) and not value.strip())


def _refuse_size(content: bytes, limits: Limits) -> None:
    if not content:
        raise Unreadable(_("The file is empty. Fill it in and upload it again."), code="empty_file")
    if len(content) > limits.size:
        raise Unreadable(
            _("The file is larger than %(limit)d MB. Split it into smaller files.")
            % {"limit": limits.size // MEGABYTE},
            code="file_too_large",
        )


def _refuse_other_kinds(content: bytes) -> None:
    if content.startswith(_OLD_EXCEL):
        raise Unreadable(
            _(
                "This workbook is in Excel's old format, or has a password. Save it without a"
                " password as “Excel workbook (.xlsx)” and upload it again."
            ),
            code="unknown_kind",
        )
    start = content[:64].lstrip()
    if any(start.startswith(mark) for mark in _NO_TABLES):
        raise Unreadable(
            _(
                "This file is neither a CSV file nor an Excel workbook. Save it as one of"
                " them and upload it again."
            ),
            code="unknown_kind",
        )
