"""What the cells of a compliance export of the staff record say, however they were written.

"Last Updated By" is who typed the row and never who was trained, though its cells look the same.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.dates import LAST_YEAR
from courses.models import Ends, RowProblem
from courses.selectors.file_cells import day_of, is_end_of_time, plain, text_of
from courses.selectors.file_tables import FileRead, read_table, remarks_of
from pathways.selectors.workbooks.cells import Row, Value
from pathways.selectors.workbooks.problems import MEGABYTE, Limits, Unreadable

PERSON, COMPETENCY, BEGAN, ENDED, VPD = "person", "competency", "began", "ended", "vpd"
# Several columns can tell the same; the earlier in this order is believed where they agree.
_HEADINGS = {
    PERSON: (
        *("assignment number", "assignment", "employee assignment", "employee number"),
        *("employee", "learner", "person", "staff member"),
    ),
    COMPETENCY: ("competency name", "competence name", "competency", "competence"),
    BEGAN: ("date start", "start date", "date from", "date achieved", "completion date"),
    ENDED: ("expiry date", "date end", "end date", "date to", "expiry"),
    VPD: ("vpd",),
}
_FIELDS = {heading: field for field, many in _HEADINGS.items() for heading in many}
_TITLES = {PERSON: "Assignment Number", COMPETENCY: "Competency Name", BEGAN: "Date Start"}
MOST_ROWS = 50_000
MOST_BYTES = 20 * MEGABYTE
_NEVER = frozenset({"no expiry", "no expiry date", "never", "does not expire"})
_SUFFIX = re.compile(r"-[0-9]{1,2}$")


@dataclass(frozen=True, slots=True)
class Said:
    """A row as it reads: ``problems`` are those that can be seen without knowing anybody."""

    row: int
    number: str = ""
    name: str = ""
    competency: str = ""
    vpd: str = ""
    began: date | None = None
    ends: Ends = Ends.RULES
    ended: date | None = None
    problems: tuple[tuple[RowProblem, str], ...] = ()


def read_staff_record(content: bytes) -> FileRead[Said]:
    """The rows of a file, without those that say nothing. Refuses (``Unreadable``) what is no
    table, is too large, has merged cells, or has no column for who, what or when."""
    limits = Limits(rows=MOST_ROWS, size=MOST_BYTES, is_heading=_is_heading)
    sheet = read_table(content, limits=limits)
    columns = _columns(sheet.headings)
    rows = [_said(row, columns) for row in sheet.rows]
    return FileRead(rows, [*remarks_of(sheet), *_endless(sheet.rows, columns)])


def _endless(rows: Sequence[Row], columns: dict[str, list[int]]) -> Iterator[str]:
    """What was made of last days that are none."""
    ends = ([row.cells[at] for at in columns[ENDED] if at < len(row.cells)] for row in rows)
    count = sum(any(map(is_end_of_time, cells)) for cells in ends)
    if count:
        yield ngettext(
            "%(count)d row has a last day after the year %(year)d. It is read as no expiry.",
            "%(count)d rows have a last day after the year %(year)d. They are read as no expiry.",
            count,
        ) % {"count": count, "year": LAST_YEAR}


def bare_number(number: str) -> str:
    """An employee number without the end that tells assignments apart, and without the noughts
    that spreadsheets lose: ``01234567-2`` and ``1234567`` are the same person's."""
    return _SUFFIX.sub("", number.upper()).lstrip("0")


def _is_heading(cell: str) -> bool:
    return plain(cell) in _FIELDS


def _columns(headings: Row) -> dict[str, list[int]]:
    """Field -> its columns, the most telling first."""
    titles = [plain(cell) if isinstance(cell, str) else "" for cell in headings.cells]
    found = {
        field: [at for known in many for at, title in enumerate(titles) if title == known]
        for field, many in _HEADINGS.items()
    }
    missing = [_TITLES[field] for field in (PERSON, COMPETENCY, BEGAN) if not found[field]]
    if missing:
        raise Unreadable(
            _(
                "The file has no column %(columns)s. Export who each row is about, the name of the"
                " competency and its first day, with their headings in the first row."
            )
            % {"columns": ", ".join(missing)},
            code="columns_missing",
        )
    return found


def _said(row: Row, columns: dict[str, list[int]]) -> Said:
    cells = {
        field: [row.cells[at] for at in places if at < len(row.cells)]
        for field, places in columns.items()
    }
    problems: list[tuple[RowProblem, str]] = []
    number, name = _who(cells[PERSON], problems)
    competency = next(filter(None, map(text_of, cells[COMPETENCY])), "")
    if not competency:
        problems.append((RowProblem.NO_COMPETENCY, ""))
    began = _one_day(cells[BEGAN], problems)
    if began.ends is not Ends.DAY and not _is_wrong(problems, RowProblem.NOT_A_DAY):
        problems.append((RowProblem.NO_DAY, ""))
    ended = _one_day(cells[ENDED], problems, read=_last_day)
    if began.day and ended.day and ended.day < began.day:
        problems.append((RowProblem.ENDS_BEFORE, ended.day.isoformat()))
    return Said(
        row=row.number,
        number=number,
        name=name,
        competency=competency,
        vpd=next(filter(None, map(text_of, cells[VPD])), ""),
        began=began.day,
        ends=ended.ends,
        ended=ended.day,
        problems=tuple(dict(reversed(problems)).items()),
    )


def _is_wrong(problems: Sequence[tuple[RowProblem, str]], kind: RowProblem) -> bool:
    return any(problem is kind for problem, _cell in problems)


def _who(cells: Sequence[Value], problems: list[tuple[RowProblem, str]]) -> tuple[str, str]:
    """The number and the name of ``ASSIGNMENT|Surname, Forename``, or a number alone."""
    told = [text for text in map(text_of, cells) if text]
    if not told:
        problems.append((RowProblem.NO_PERSON, ""))
        return "", ""
    parted = [tuple(part.strip() for part in text.partition("|")[::2]) for text in told]
    if len({bare_number(number) for number, _name in parted}) > 1:
        problems.append((RowProblem.CONTRADICTION, " / ".join(told)))
    number = parted[0][0]
    if not number:
        problems.append((RowProblem.NO_PERSON, told[0]))
    return number, next((name for _number, name in parted if name), "")


@dataclass(frozen=True, slots=True)
class _Day:
    ends: Ends
    day: date | None = None


def _day(cell: Value) -> _Day | None:
    if plain(text_of(cell)) in _NEVER:
        return _Day(Ends.NEVER)
    day = day_of(cell)
    return _Day(Ends.DAY, day) if day else None


def _last_day(cell: Value) -> _Day | None:
    return _Day(Ends.NEVER) if is_end_of_time(cell) else _day(cell)


def _one_day(
    cells: Sequence[Value],
    problems: list[tuple[RowProblem, str]],
    *,
    read: Callable[[Value], _Day | None] = _day,
) -> _Day:
    """The day that ``cells`` tell together."""
    told: list[_Day] = []
    for cell in cells:
        if not text_of(cell):
            continue
        found = read(cell)
        if found is None:
            problems.append((RowProblem.NOT_A_DAY, text_of(cell)))
        elif found not in told:
            told.append(found)
    if len(told) > 1:
        problems.append((RowProblem.CONTRADICTION, " / ".join(_texts(cells))))
    return told[0] if told else _Day(Ends.RULES)


def _texts(cells: Sequence[Value]) -> Iterator[str]:
    return filter(None, map(text_of, cells))
