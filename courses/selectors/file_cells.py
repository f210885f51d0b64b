"""What the cells of files say that people bring in: text, headings and days, however written."""

import re
from datetime import date, datetime
from functools import lru_cache

from common.dates import FIRST_YEAR, LAST_YEAR
from pathways.selectors.workbooks.cells import Fault, Formula, Value, as_meant

_WAYS = ("%d-%b-%Y", "%d-%B-%Y", "%d/%m/%Y", "%Y/%m/%d", "%Y-%m-%d", "%d.%m.%Y", "%d %B %Y")
_MIDNIGHT = re.compile(r"[ T]00:00(:00(\.0+)?)?$")


def plain(text: str) -> str:
    """``text`` as headings are compared: small letters and figures, parted by single spaces."""
    return " ".join(re.sub(r"[^0-9a-z]+", " ", text.lower()).split())


def text_of(cell: Value) -> str:
    """What stands in a cell, on one line; numbers without the decimals of a spreadsheet."""
    if cell is None or isinstance(cell, bool):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    if isinstance(cell, Formula | Fault):
        return cell.text if isinstance(cell, Fault) else "="
    text = as_meant(cell) if isinstance(cell, str) else str(cell)
    return " ".join(text.split())


def day_of(cell: Value) -> date | None:
    """The day that a cell says; None where it says none, or one of no year that is meant."""
    day = _any_day_of(cell)
    return day if day and FIRST_YEAR <= day.year <= LAST_YEAR else None


def is_end_of_time(cell: Value) -> bool:
    """Whether a cell says a day so late, such as 31/12/9999, that none is meant."""
    day = _any_day_of(cell)
    return day is not None and day.year > LAST_YEAR


def _any_day_of(cell: Value) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    return _written_day(_MIDNIGHT.sub("", text_of(cell)))


@lru_cache(maxsize=10_000)
def _written_day(text: str) -> date | None:
    """Cached, because a file says few days many times."""
    for way in _WAYS:
        try:
            return datetime.strptime(text, way).date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
    return None
