"""What is wrong with a file, in words for whoever made it."""

from collections.abc import Callable
from dataclasses import dataclass

from common.errors import DomainError
from pathways.models import LineKind

MEGABYTE = 1024 * 1024
MAX_BYTES = 5 * MEGABYTE
MAX_ROWS = 5_000
MAX_COLUMNS = 60


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is read. ``is_heading`` knows the headings of its columns, by which a CSV
    file shows what separates its cells; None: those of a framework."""

    rows: int = MAX_ROWS
    size: int = MAX_BYTES
    is_heading: Callable[[str], bool] | None = None


OF_FRAMEWORKS = Limits()


class Unreadable(DomainError):
    """A file of which not even the rows can be told, so that it is refused as a whole."""

    status = 422

    def __init__(self, message: str, *, code: str = "file_not_readable") -> None:
        super().__init__(message, code=code)


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake, or one thing worth a look: ``row`` of the file, ``field`` a column's name."""

    message: str
    row: int | None = None
    field: str = ""
    kind: LineKind = LineKind.PROBLEM
    about: str = ""
