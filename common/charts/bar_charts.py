"""Bars from left to right that share one scale."""

from collections.abc import Sequence
from dataclasses import dataclass

from common.charts.shapes import LINE, Label, placed_label, tenth, wrapped


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, its words to the left and its figure to the right of it."""

    label: Label
    y: float
    length: float
    text: str
    text_x: float
    text_y: float
    marker_x: float | None


@dataclass(frozen=True, slots=True)
class Bars:
    width: float
    height: float
    left: float
    thickness: float
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class BarRow:
    """What a bar says: ``value`` as a length, ``text`` as its figure, ``marker`` as a target."""

    label: str
    value: float
    text: str
    marker: float | None = None


def bars(rows: Sequence[BarRow], *, maximum: float | None = None) -> Bars:
    """Return horizontal bars that share one scale from 0 to ``maximum`` (the largest by default).

    Bars never begin anywhere but at 0; negative values are drawn as 0.
    """
    left, room, thickness, gap = 220.0, 360.0, 26.0, 14.0
    shown = [row.value for row in rows] + [row.marker for row in rows if row.marker is not None]
    scale = room / max(maximum or 0, *shown, 0) if any(value > 0 for value in shown) else 0.0
    drawn = []
    for index, row in enumerate(rows):
        top = tenth(gap + index * (thickness + gap))
        length = tenth(min(max(row.value, 0) * scale, room))
        marker = None if row.marker is None else tenth(row.marker * scale)
        words = wrapped(row.label, left - 30)[:2]
        first = top + thickness / 2 + 6 - LINE * (len(words) - 1) / 2
        drawn.append(
            Bar(
                label=placed_label(words, left - 12, first, "end"),
                y=top,
                length=length,
                text=row.text,
                text_x=tenth(left + max(length, marker or 0) + 10),
                text_y=tenth(top + thickness / 2 + 6),
                marker_x=None if marker is None else left + marker,
            )
        )
    height = gap + len(rows) * (thickness + gap)
    return Bars(left + room + 80, tenth(height), left, thickness, tuple(drawn))
