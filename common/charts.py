"""Geometry of the drawings: numbers in, coordinates out. Nothing here knows HTML, or a colour.

Lengths are units of the drawing's own ``viewBox``; y grows downwards; everything returned is
frozen and rounded to a tenth, so that equal figures give equal drawings. Each drawing stands
beside a table of the same figures: the drawing is for the eye, the table for everybody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, pi, sin

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
    radius, margin_x, margin_y = 150.0, 150.0, 56.0
    centre = Point(radius + margin_x, radius + margin_y)

    def at(index: int, share: float) -> Point:
        angle = 2 * pi * index / len(axes)
        x = centre.x + radius * share * sin(angle)
        y = centre.y - radius * share * cos(angle)
        return Point(_tenth(x), _tenth(y))

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
        top = _tenth(gap + index * (thickness + gap))
        length = _tenth(min(max(row.value, 0) * scale, room))
        marker = None if row.marker is None else _tenth(row.marker * scale)
        words = _wrapped(row.label, left - 30)[:2]
        first = top + thickness / 2 + 6 - LINE * (len(words) - 1) / 2
        drawn.append(
            Bar(
                label=_label(words, left - 12, first, "end"),
                y=top,
                length=length,
                text=row.text,
                text_x=_tenth(left + max(length, marker or 0) + 10),
                text_y=_tenth(top + thickness / 2 + 6),
                marker_x=None if marker is None else left + marker,
            )
        )
    height = gap + len(rows) * (thickness + gap)
    return Bars(left + room + 80, _tenth(height), left, thickness, tuple(drawn))


@dataclass(frozen=True, slots=True)
class Node:
    """What a box of a graph says; ``kind`` becomes part of its class, ``href`` makes it a link."""

    key: str
    label: str
    href: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    node: Node
    x: float
    y: float
    width: float
    height: float
    label: Label


@dataclass(frozen=True, slots=True)
class Arrow:
    source: str
    target: str
    path: str


@dataclass(frozen=True, slots=True)
class Graph:
    width: float
    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


BOX_WIDTH, BOX_HEIGHT, COLUMN_GAP, ROW_GAP, BORDER = 176.0, 72.0, 72.0, 24.0, 8.0


def graph(nodes: Sequence[Node], edges: Sequence[tuple[str, str]]) -> Graph:
    """Return boxes in columns from left to right, each to the right of all that lead to it.

    ``edges`` are (from, to) keys. The column of a box is the length of the longest way to it;
    within a column boxes are ordered to cross as few arrows as four sweeps of barycentres find.
    An arrow that closes a circle is drawn, but does not move a box. Raises ``KeyError`` for an
    edge to a node that is not given. Time grows with boxes times arrows; made for some hundreds.
    """
    known = {node.key: node for node in nodes}
    for source, target in edges:
        known[source], known[target]
    forward = _without_circles(list(known), edges)
    columns = _ordered(_layers(list(known), forward), forward)
    tallest = max((len(column) for column in columns), default=0)
    boxes = {
        key: _box(known[key], column, row, offset=(tallest - len(keys)) / 2)
        for column, keys in enumerate(columns)
        for row, key in enumerate(keys)
    }
    arrows = tuple(
        Arrow(source, target, _arrow_path(boxes[source], boxes[target])) for source, target in edges
    )
    width = len(columns) * (BOX_WIDTH + COLUMN_GAP) - COLUMN_GAP + 2 * BORDER
    height = tallest * (BOX_HEIGHT + ROW_GAP) - ROW_GAP + 2 * BORDER
    return Graph(max(width, 0.0), max(height, 0.0), tuple(boxes.values()), arrows)


def _without_circles(
    keys: Sequence[str], edges: Sequence[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Return the edges but for those that lead back to where a walk from the front came from."""
    following: dict[str, list[str]] = {key: [] for key in keys}
    for source, target in edges:
        following[source].append(target)
    kept: list[tuple[str, str]] = []
    done: set[str] = set()
    for start in keys:
        on_the_way: dict[str, int] = {} if start in done else {start: 0}
        while on_the_way:
            key, position = on_the_way.popitem()
            if position == len(following[key]):
                done.add(key)
                continue
            target = following[key][position]
            on_the_way[key] = position + 1
            if target not in on_the_way:
                kept.append((key, target))
                if target not in done:
                    on_the_way[target] = 0
    return kept


def _layers(keys: Sequence[str], edges: Sequence[tuple[str, str]]) -> list[list[str]]:
    """Return the keys by column: the longest way from any beginning. ``edges`` has no circle."""
    waiting = dict.fromkeys(keys, 0)
    following: dict[str, list[str]] = {key: [] for key in keys}
    for source, target in edges:
        waiting[target] += 1
        following[source].append(target)
    column = dict.fromkeys(keys, 0)
    ready = [key for key in keys if not waiting[key]]
    for key in ready:
        for target in following[key]:
            column[target] = max(column[target], column[key] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    layers: list[list[str]] = [[] for _ in range(max(column.values(), default=-1) + 1)]
    for key in keys:
        layers[column[key]].append(key)
    return layers


def _ordered(layers: list[list[str]], edges: Sequence[tuple[str, str]]) -> list[list[str]]:
    """Return the columns with each box near the middle of those before it, then of those after."""
    before: dict[str, list[str]] = {}
    after: dict[str, list[str]] = {}
    for source, target in edges:
        before.setdefault(target, []).append(source)
        after.setdefault(source, []).append(target)
    for sweep in range(4):
        place = {key: _place(row, layer) for layer in layers for row, key in enumerate(layer)}
        forward = sweep % 2 == 0
        for layer in layers if forward else reversed(layers):
            middle = {key: _middle(key, before if forward else after, place) for key in layer}
            layer.sort(key=middle.__getitem__)
            place |= {key: _place(row, layer) for row, key in enumerate(layer)}
    return layers


def _place(row: int, layer: Sequence[str]) -> float:
    return row - (len(layer) - 1) / 2


def _middle(key: str, joined: Mapping[str, list[str]], place: Mapping[str, float]) -> float:
    neighbours = joined.get(key, [])
    if not neighbours:
        return place[key]
    return sum(place[neighbour] for neighbour in neighbours) / len(neighbours)


def _box(node: Node, column: int, row: int, *, offset: float) -> Box:
    x = BORDER + column * (BOX_WIDTH + COLUMN_GAP)
    y = BORDER + (row + offset) * (BOX_HEIGHT + ROW_GAP)
    lines = _wrapped(node.label, BOX_WIDTH - 16)[:3]
    first = y + BOX_HEIGHT / 2 + 6 - LINE * (len(lines) - 1) / 2
    words = _label(lines, x + BOX_WIDTH / 2, first, "middle")
    return Box(node, _tenth(x), _tenth(y), BOX_WIDTH, BOX_HEIGHT, words)


def _arrow_path(source: Box, target: Box) -> str:
    """Return a curve from the right edge of one box to the left edge of another.

    It leaves and arrives level, so that it reads as going forward even past a column.
    """
    start = Point(_tenth(source.x + source.width), _tenth(source.y + source.height / 2))
    end = Point(_tenth(target.x - 6), _tenth(target.y + target.height / 2))
    bend = max(abs(end.x - start.x) / 2, COLUMN_GAP / 2)
    first = Point(_tenth(start.x + bend), start.y)
    second = Point(_tenth(end.x - bend), end.y)
    return f"M{start} C{first} {second} {end}"


def _rim_label(text: str, at: Point, centre: Point) -> Label:
    sideways = at.x - centre.x
    anchor = "middle" if abs(sideways) < 1 else "start" if sideways > 0 else "end"
    lines = _wrapped(text, 110)[:3]
    up = at.y < centre.y - 1
    lift = (len(lines) - 1) if up else (len(lines) - 1) / 2
    if anchor == "middle" and not up:
        lift = -0.6
    return _label(lines, at.x, at.y + 4 - lift * LINE, anchor)


def _label(lines: Sequence[str], x: float, first: float, anchor: str) -> Label:
    placed = tuple((_tenth(first + LINE * index), line) for index, line in enumerate(lines))
    return Label(placed, _tenth(x), anchor)


def _wrapped(text: str, width: float) -> list[str]:
    """Return ``text`` in lines of about ``width`` units, words kept whole."""
    lines: list[str] = []
    for word in text.split():
        if lines and (len(lines[-1]) + 1 + len(word)) * CHARACTER <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines or [""]


def _tenth(value: float) -> float:
    return round(value, 1) + 0.0
