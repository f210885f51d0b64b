"""What every drawing is made of: places, and words broken into lines."""

from collections.abc import Sequence
from dataclasses import dataclass

CHARACTER = 8.2
LINE = 20.0


@dataclass(frozen=True, slots=True)
class Point:
    x: float
    y: float

    def __str__(self) -> str:
        return f"{self.x},{self.y}"


@dataclass(frozen=True, slots=True)
class Label:
    """Words at a place, broken into lines; ``anchor`` is start, middle or end."""

    lines: tuple[tuple[float, str], ...]
    x: float
    anchor: str


def placed_label(lines: Sequence[str], x: float, first: float, anchor: str) -> Label:
    placed = tuple((tenth(first + LINE * index), line) for index, line in enumerate(lines))
    return Label(placed, tenth(x), anchor)


def wrapped(text: str, width: float) -> list[str]:
    """Return ``text`` in lines of about ``width`` units, words kept whole."""
    lines: list[str] = []
    for word in text.split():
        if lines and (len(lines[-1]) + 1 + len(word)) * CHARACTER <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines or [""]


def tenth(value: float) -> float:
    return round(value, 1) + 0.0
