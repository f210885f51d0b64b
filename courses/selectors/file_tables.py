"""Files that people bring in as tables: refused where their shape hides what belongs to which row,
and with what is worth a look before anything of them is applied."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.utils.translation import ngettext

from pathways.models import LineKind
from pathways.selectors.workbooks.problems import Limits, Unreadable
from pathways.selectors.workbooks.sheets import Sheet, read_sheet

Said = TypeVar("Said")


@dataclass(frozen=True, slots=True)
class FileRead(Generic[Said]):
    """``remarks``: sentences on the file as a whole, such as rows that were hidden."""

    rows: list[Said]
    remarks: list[str]


def read_table(content: bytes, *, limits: Limits) -> Sheet:
    """The table of a file. Refuses (``Unreadable``) what is none or too large, and merged cells:
    a row below the first of them would read as empty and be passed over without a word."""
    sheet = read_sheet(content, limits=limits)
    wrong = [problem.message for problem in sheet.problems if problem.kind == LineKind.PROBLEM]
    if wrong:
        raise Unreadable(_first_of(wrong), code="merged_cells")
    return sheet


def remarks_of(sheet: Sheet) -> list[str]:
    return [problem.message for problem in sheet.problems if problem.kind == LineKind.WARNING]


def _first_of(messages: list[str]) -> str:
    first, *others = messages
    if not others:
        return first
    more = ngettext(
        "%(count)d other place is merged as well: select the whole sheet to unmerge both.",
        "%(count)d other places are merged as well: select the whole sheet to unmerge all of them.",
        len(others),
    )
    return f"{first} {more % {'count': len(others)}}"
