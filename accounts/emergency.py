"""What emergency access shows: sections that each app above adds in ``AppConfig.ready()``.

    register_section("courses", order=20, source=places_of)

``source(subject, organisation_id, on)`` reads what one organisation keeps about a person. Equality
data is in no section: nothing about one person may read it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise

from accounts.models import Person

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Section:
    """A table under a heading: each row has as many cells as there are ``columns``."""

    heading: Words
    columns: tuple[Words, ...]
    rows: tuple[tuple[Words, ...], ...]

    @property
    def named_rows(self) -> list[list[tuple[Words, Words]]]:
        """Each cell with its column, for screens on which a row becomes a list."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]


Source = Callable[[Person, int, date], Iterable[Section]]

_SOURCES: dict[str, tuple[int, Source]] = {}


def register_section(name: str, *, order: int, source: Source) -> None:
    if name in _SOURCES:
        raise ValueError(f"Two sources of emergency access are called {name!r}.")
    _SOURCES[name] = (order, source)


def sections_of(subject: Person, *, organisation_id: int, on: date) -> list[Section]:
    """What ``organisation_id`` keeps about ``subject``, in the order of the apps."""
    return [
        section
        for _order, source in sorted(_SOURCES.values(), key=lambda pair: pair[0])
        for section in source(subject, organisation_id, on)
    ]
