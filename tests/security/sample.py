"""What an address is tried with: a row of a house, somebody who may, and what they send."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.security.houses import House


@dataclass(frozen=True)
class Sample:
    """``row`` of the house is named by the address; ``reader`` is somebody who may.

    With ``body`` the address is sent that by ``reader``; without, it is read. ``further`` are the
    arguments beside the first.
    """

    row: str
    reader: str = "person"
    body: Mapping[str, Any] | None = None
    further: Mapping[str, Callable[[House], Any]] = field(default_factory=dict)
    attribute: str = "pk"
    bodies: Callable[[House], Mapping[str, Any]] | None = None

    def key(self, house: House) -> Any:
        return getattr(house.rows[self.row], self.attribute)

    def sent(self, house: House) -> Mapping[str, Any] | None:
        return self.bodies(house) if self.bodies else self.body


def day_of(name: str, day: date) -> dict[str, str]:
    parts = {"day": day.day, "month": day.month, "year": day.year}
    return {f"{name}_{part}": str(value) for part, value in parts.items()}
