"""A radar: one axis per name, one outline per series."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, pi, sin

from common.charts.shapes import CHARACTER, LINE, Label, Point, placed_label, tenth, wrapped

RIM = 110.0  # the width of words on the rim


@dataclass(frozen=True, slots=True)
class Series:
    """One closed outline of a radar. ``number`` (from 1) picks its colour and dash."""

    name: str
    number: int
    outline: str
    dots: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Radar:
    width: float
    height: float
    centre: Point
    rings: tuple[str, ...]
    spokes: tuple[Point, ...]
    labels: tuple[Label, ...]
    series: tuple[Series, ...]


def radar(axes: Sequence[str], series: Mapping[str, Sequence[float]], *, maximum: float) -> Radar:
    """Return a radar with one axis per name in ``axes``, the first upwards, then clockwise.

    ``series`` maps a name to one value per axis, from 0 (the centre) to ``maximum`` (the rim).
    Rings are drawn at whole numbers. Raises ``ValueError`` for fewer than three axes, a maximum
    that is not positive, and a series of another length; values outside are drawn at the limit.
    """
    if len(axes) < 3 or maximum <= 0:
        raise ValueError("A radar needs three axes and a positive maximum.")
    if any(len(values) != len(axes) for values in series.values()):
        raise ValueError("Every series of a radar needs one value per axis.")
    radius, margin_x, margin_y = 150.0, 40.0 + _widest(axes), 56.0
    centre = Point(radius + margin_x, radius + margin_y)

    def at(index: int, share: float) -> Point:
        angle = 2 * pi * index / len(axes)
        x = centre.x + radius * share * sin(angle)
        y = centre.y - radius * share * cos(angle)
        return Point(tenth(x), tenth(y))

    def outline(shares: Sequence[float]) -> str:
        return " ".join(str(at(index, share)) for index, share in enumerate(shares))

    def share(value: float) -> float:
        return min(max(value / maximum, 0.0), 1.0)

    return Radar(
        width=2 * centre.x,
        height=2 * centre.y,
        centre=centre,
        rings=tuple(outline([ring / maximum] * len(axes)) for ring in range(1, int(maximum) + 1)),
        spokes=tuple(at(index, 1.0) for index in range(len(axes))),
        labels=tuple(_rim_label(name, at(i, 1.1), centre) for i, name in enumerate(axes)),
        series=tuple(
            Series(
                name,
                number,
                outline([share(value) for value in values]),
                tuple(at(index, share(value)) for index, value in enumerate(values)),
            )
            for number, (name, values) in enumerate(series.items(), start=1)
        ),
    )


def _widest(axes: Sequence[str]) -> float:
    return max(len(line) for name in axes for line in wrapped(name, RIM)) * CHARACTER


def _rim_label(text: str, at: Point, centre: Point) -> Label:
    sideways = at.x - centre.x
    anchor = "middle" if abs(sideways) < 1 else "start" if sideways > 0 else "end"
    lines = wrapped(text, RIM)[:3]
    up = at.y < centre.y - 1
    lift = (len(lines) - 1) if up else (len(lines) - 1) / 2
    if anchor == "middle" and not up:
        lift = -0.6
    return placed_label(lines, at.x, at.y + 4 - lift * LINE, anchor)
