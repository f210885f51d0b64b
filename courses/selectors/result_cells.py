"""What the cells of a provider's results say, however they were written."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal, InvalidOperation

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from courses.models import Judgement, ResultProblem
from courses.selectors.file_cells import day_of, plain, text_of
from courses.selectors.file_tables import FileRead, read_table, remarks_of
from pathways.selectors.workbooks.cells import Row, Value
from pathways.selectors.workbooks.problems import MEGABYTE, Limits, Unreadable

PLACE, EMAIL, FAMILY = "place", "email", "family"
SCORE, JUDGEMENT, DAY = "score", "judgement", "day"
# The first of each is how the file to fill in calls it, in the language of whoever downloads it.
TITLES = {
    PLACE: gettext_noop("Place number"),
    FAMILY: gettext_noop("Family name"),
    SCORE: gettext_noop("Result in per cent"),
    JUDGEMENT: gettext_noop("Passed or not passed"),
    DAY: gettext_noop("Assessed on"),
}
_OTHERS = {
    PLACE: ("place", "place no"),
    EMAIL: ("email", "e mail", "email address", "e mail address"),
    FAMILY: ("surname", "last name"),
    SCORE: ("result", "score", "mark", "per cent", "percentage", "grade"),
    JUDGEMENT: ("outcome", "pass or fail", "passed", "judgement", "status"),
    DAY: ("assessment date", "date assessed", "date of assessment", "date"),
}
MOST_ROWS = 2_000
MOST_BYTES = 2 * MEGABYTE
_JUDGEMENTS = {
    **dict.fromkeys(("passed", "pass", "yes", "y", "true"), Judgement.PASSED),
    **dict.fromkeys(
        ("not passed", "failed", "fail", "no", "n", "false", "refer"), Judgement.FAILED
    ),
}
_CENT = Decimal("0.01")
_MOST = 100


@dataclass(frozen=True, slots=True)
class Said:
    """A row as it reads: ``problems`` are those that can be seen without knowing anybody."""

    row: int
    place: str = ""
    email: str = ""
    family: str = ""
    score: Decimal | None = None
    judgement: str = ""
    day: date | None = None
    problems: tuple[tuple[ResultProblem, str], ...] = ()

    @property
    def says_something(self) -> bool:
        """Whether there is a result in it, or something wrong where one would be."""
        return self.score is not None or bool(self.judgement) or bool(self.problems)

    @property
    def found(self) -> tuple[object, ...]:
        """What makes one result the same as another."""
        return (self.score, str(self.judgement), self.day)


def read_results(content: bytes) -> FileRead[Said]:
    """The rows of a file, in its order. Refuses (``Unreadable``) what is no table, is too large,
    has merged cells, or has no column for who or for a result."""
    known = _known()
    limits = Limits(rows=MOST_ROWS, size=MOST_BYTES, is_heading=lambda cell: plain(cell) in known)
    sheet = read_table(content, limits=limits)
    columns = _columns(sheet.headings, known)
    return FileRead([_said(row, columns) for row in sheet.rows], remarks_of(sheet))


def _known() -> dict[str, str]:
    """Every heading that is understood, and what it heads."""
    known = {plain(other): field for field, others in _OTHERS.items() for other in others}
    for field, title in TITLES.items():
        known |= {plain(title): field, plain(_(title)): field}
    return known


def _columns(headings: Row, known: dict[str, str]) -> dict[str, int]:
    """Field -> its column. Which of two the result stands in is for whoever brings it to say."""
    found: dict[str, int] = {}
    for at, cell in enumerate(headings.cells):
        field = known.get(plain(cell)) if isinstance(cell, str) else None
        if field in found:
            raise Unreadable(
                _("“%(one)s” and “%(other)s” are columns for the same. Leave one of them out.")
                % {"one": text_of(headings.cells[found[field]]), "other": text_of(cell)},
                code="column_twice",
            )
        if field:
            found[field] = at
    if not ({PLACE, EMAIL} & set(found) and {SCORE, JUDGEMENT} & set(found)):
        raise Unreadable(
            _(
                "The file has to say who each row is about and their result. Download the file of"
                " this session, fill it in and upload it."
            ),
            code="columns_missing",
        )
    return found


def _said(row: Row, columns: dict[str, int]) -> Said:
    cells = {field: row.cells[at] if at < len(row.cells) else None for field, at in columns.items()}
    problems: list[tuple[ResultProblem, str]] = []
    place, email = _text(cells.get(PLACE)), _text(cells.get(EMAIL))
    score = _score(cells.get(SCORE), problems)
    judgement = _judgement(cells.get(JUDGEMENT), problems)
    day = _day(cells.get(DAY), problems)
    if not place and not email and (score is not None or judgement):
        problems.append((ResultProblem.NO_PERSON, ""))
    return Said(
        row=row.number,
        place=place,
        email=email.casefold(),
        family=text_of(cells.get(FAMILY)),
        score=score,
        judgement=judgement,
        day=day,
        problems=tuple(problems),
    )


def _text(cell: Value) -> str:
    """With a workbook's yes and no, which are a result here, or out of place."""
    return str(cell) if isinstance(cell, bool) else text_of(cell)


def _score(cell: Value, problems: list[tuple[ResultProblem, str]]) -> Decimal | None:
    text = _text(cell)
    if not text:
        return None
    # A workbook keeps 65% as 0.65 and 100% as 1, which nobody can tell from a result of 1.
    is_written = isinstance(cell, str)
    try:
        score = Decimal(text.removesuffix("%").strip())
        is_result = score.is_finite() and 0 <= score <= _MOST
    except InvalidOperation:
        is_result = False
    if not is_result:
        problems.append((ResultProblem.NOT_A_RESULT, text))
        return None
    if not is_written and 0 < score <= 1:
        problems.append((ResultProblem.FRACTION, text))
        return None
    # Never rounded up: 59.999 is not 60.
    return score.quantize(_CENT, rounding=ROUND_DOWN)


def _judgement(cell: Value, problems: list[tuple[ResultProblem, str]]) -> str:
    text = _text(cell)
    if not text:
        return ""
    labels = {plain(str(one.label)): one for one in Judgement}
    found = _JUDGEMENTS.get(plain(text)) or labels.get(plain(text))
    if found is None:
        problems.append((ResultProblem.NOT_A_JUDGEMENT, text))
        return ""
    return str(found)


def _day(cell: Value, problems: list[tuple[ResultProblem, str]]) -> date | None:
    text = _text(cell)
    day = day_of(cell) if text else None
    if text and day is None:
        problems.append((ResultProblem.NOT_A_DAY, text))
    return day
