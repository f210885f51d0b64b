"""One line of the table of figures."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """``figure`` and ``beside`` with their units; ``ratio`` is the one divided by the other."""

    name: str
    figure: str
    beside: str
    ratio: float | None
