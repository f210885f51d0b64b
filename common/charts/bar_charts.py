"""Bars from left to right that share one scale."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from common.charts.shapes import CHARACTER, LINE, Label, placed_label, tenth, wrapped


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, its words to the left and its figure to the right of it; on a phone both above."""

    label: Label
    y: float
    length: float
    text: str
    text_x: float
    text_y: float
    text_anchor: str
    marker_x: float | None


@dataclass(frozen=True, slots=True)
class Bars:
    """``narrow``: the same bars for a phone, where what stands beside them stands above."""

    width: float
    height: float
    left: float
    thickness: float
    bars: tuple[Bar, ...]
    narrow: "Bars | None" = None


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
    return replace(_wide(rows, maximum), narrow=_narrow(rows, maximum))


def _wide(rows: Sequence[BarRow], maximum: float | None) -> Bars:
    left, room, thickness, gap = 220.0, 360.0, 26.0, 14.0
    drawn = []
    for index, (row, length, marker) in enumerate(_scaled(rows, room, maximum)):
        top = tenth(gap + index * (thickness + gap))
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
                text_anchor="start",
                marker_x=None if marker is None else left + marker,
            )
        )
    height = gap + len(rows) * (thickness + gap)
    return Bars(left + room + 80, tenth(height), left, thickness, tuple(drawn))


def _narrow(rows: Sequence[BarRow], maximum: float | None) -> Bars:
    """As wide as a phone, so that it is drawn about as large as it is and can be read."""
    left, room, thickness, gap = 2.0, 334.0, 20.0, 18.0
    drawn, top = [], 0.0
    for row, length, marker in _scaled(rows, room, maximum):
        words = wrapped(row.label, room - len(row.text) * CHARACTER - 16)
        first = top + LINE - 4
        bottom = tenth(top + LINE * len(words) + 4)
        drawn.append(
            Bar(
                label=placed_label(words, left, first, "start"),
                y=bottom,
                length=length,
                text=row.text,
                text_x=left + room,
                text_y=tenth(first),
                text_anchor="end",
                marker_x=None if marker is None else left + marker,
            )
        )
        top = bottom + thickness + gap
    return Bars(left + room + 4, tenth(max(top - gap, 0)), left, thickness, tuple(drawn))


def _scaled(
    rows: Sequence[BarRow], room: float, maximum: float | None
) -> Iterator[tuple[BarRow, float, float | None]]:
    """Each row with the length of its bar and the place of its target."""
    shown = [row.value for row in rows] + [row.marker for row in rows if row.marker is not None]
    scale = room / max(maximum or 0, *shown, 0) if any(value > 0 for value in shown) else 0.0
    for row in rows:
        marker = None if row.marker is None else tenth(row.marker * scale)
        yield row, tenth(min(max(row.value, 0) * scale, room)), marker
