"""A graph in rows from top to bottom: boxes, and arrows that go round the boxes between.

The rows are given by who draws. Within a row boxes are ordered to cross few arrows, then each is
placed as near to those it is joined to as its neighbours in the row allow.
"""

from bisect import bisect_right, insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise
from math import fsum
from operator import itemgetter
from typing import TypeAlias

from common.charts.shapes import LINE, Label, Point, placed_label, tenth, wrapped

BOX_WIDTH, BOX_HEIGHT, COLUMN_GAP, ROW_GAP, BORDER = 176.0, 88.0, 40.0, 52.0, 8.0
LANE_GAP = 24.0
HEAD = 6.0
SWEEPS = 12

Edge: TypeAlias = tuple[str, str]
# A box, or a lane: where an arrow from one box to another passes through the row of that number.
Item: TypeAlias = str | tuple[str, str, int]
Rows: TypeAlias = list[list[Item]]
Joined: TypeAlias = dict[Item, list[Item]]
Ways: TypeAlias = dict[Edge, list[Item]]


@dataclass(frozen=True, slots=True)
class Node:
    """What a box says; ``kind`` becomes part of its class, ``href`` makes it a link, and ``note``
    is a line of its own below the label."""

    key: str
    label: str
    row: int
    href: str = ""
    kind: str = ""
    note: str = ""

    @property
    def words(self) -> str:
        """Everything the box says, for those who do not see it."""
        return f"{self.label}. {self.note}" if self.note else self.label


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
    """``kind`` is the one given for it, or that of the box it comes from."""

    source: str
    target: str
    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Graph:
    width: float
    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def graph(
    nodes: Sequence[Node], edges: Sequence[Edge], *, kinds: Mapping[Edge, str] | None = None
) -> Graph:
    """Return the boxes of ``nodes``, those of the lowest ``row`` on top, joined by ``edges``.

    ``edges`` are (from, to) keys; one that leads back to its own box is not drawn. ``kinds`` names
    edges that are of another kind than the box they come from. Raises
    ``KeyError`` for an edge to a node that is not given. Made for some hundreds of arrows.
    """
    known = {node.key: node for node in nodes}
    numbers = {row: number for number, row in enumerate(sorted({node.row for node in nodes}))}
    levels = {node.key: numbers[node.row] for node in nodes}
    ways = {edge: _way(edge, levels) for edge in edges if levels[edge[0]] != levels[edge[1]]}
    ways |= {edge: list(edge) for edge in edges if edge not in ways and edge[0] != edge[1]}
    joined = _joined(known, ways)
    rows = _uncrossed(_rows(levels, joined), joined)
    places = _places(rows, joined)
    boxes = {key: _box(node, places[key]) for key, node in known.items()}
    paths = _paths(ways, boxes, places)
    right = max((place.x + _width(item) / 2 for item, place in places.items()), default=0.0)
    height = len(rows) * (BOX_HEIGHT + ROW_GAP) + 2 * BORDER if rows else 0.0
    return Graph(
        width=tenth(right + BORDER),
        height=height,
        boxes=tuple(boxes.values()),
        arrows=tuple(
            Arrow(*edge, (kinds or {}).get(edge, known[edge[0]].kind), path)
            for edge, path in paths.items()
        ),
    )


def _way(edge: Edge, levels: Mapping[str, int]) -> list[Item]:
    """The items an arrow passes: its box, a lane in every row between, and the other box."""
    source, target = edge
    step = 1 if levels[target] > levels[source] else -1
    between = range(levels[source] + step, levels[target], step)
    return [source, *((source, target, level) for level in between), target]


def _joined(known: Mapping[str, Node], ways: Ways) -> Joined:
    joined: Joined = {key: [] for key in known}
    for way in ways.values():
        for one, other in pairwise(way):
            joined.setdefault(one, []).append(other)
            joined.setdefault(other, []).append(one)
    return joined


def _rows(levels: Mapping[str, int], joined: Joined) -> Rows:
    rows: Rows = [[] for _ in range(max(levels.values(), default=-1) + 1)]
    for item in joined:
        rows[levels[item] if isinstance(item, str) else item[2]].append(item)
    return rows


def _uncrossed(rows: Rows, joined: Joined) -> Rows:
    """Return the best order that some sweeps find; in each, items go to the middle of theirs."""
    best, fewest = rows, _crossings(rows, joined)
    for sweep in range(SWEEPS):
        place = {item: _offset(row, index) for row in rows for index, item in enumerate(row)}
        rows = [list(row) for row in rows]
        for row in rows if sweep % 2 == 0 else reversed(rows):
            middle = {item: _middle(item, joined, place) for item in row}
            row.sort(key=middle.__getitem__)
            place |= {item: _offset(row, index) for index, item in enumerate(row)}
        crossings = _crossings(rows, joined)
        if crossings < fewest:
            best, fewest = rows, crossings
    return best


def _offset(row: Sequence[Item], index: int) -> float:
    return index - (len(row) - 1) / 2


def _middle(item: Item, joined: Joined, place: Mapping[Item, float]) -> float:
    others = joined[item]
    return fsum([place[other] for other in others]) / len(others) if others else place[item]


def _crossings(rows: Rows, joined: Joined) -> int:
    """Return how often arrows cross, and how many boxes an arrow within a row has to pass."""
    found = 0
    for upper, lower in pairwise([*rows, []]):
        index = {item: number for row in (upper, lower) for number, item in enumerate(row)}
        inside = set(upper)
        lines = []
        for item in upper:
            for other in joined[item]:
                if other in inside:
                    found += max(index[other] - index[item] - 1, 0)
                elif other in index:
                    lines.append((index[item], index[other]))
        found += _crossed(lines)
    return found


def _crossed(lines: list[tuple[int, int]]) -> int:
    """How many pairs of lines between two rows cross: those in one order above and in the other
    below. Counted along the upper row, so that time grows little faster than the lines."""
    found = 0
    passed: list[int] = []
    for _upper, lower in groupby(sorted(lines), key=itemgetter(0)):
        ends = [end for _start, end in lower]
        found += sum(len(passed) - bisect_right(passed, end) for end in ends)
        for end in ends:
            insort(passed, end)
    return found


def _places(rows: Rows, joined: Joined) -> dict[Item, Point]:
    """Return the middle and the top of every item."""
    x = {
        item: at
        for row in rows
        for item, at in zip(row, _spread(row, [0.0] * len(row)), strict=True)
    }
    for sweep in range(SWEEPS):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            x |= zip(row, _spread(row, [_middle(item, joined, x) for item in row]), strict=True)
    left = min((at - _width(item) / 2 for item, at in x.items()), default=0.0) - BORDER
    return {
        item: Point(tenth(x[item] - left), tenth(BORDER + level * (BOX_HEIGHT + ROW_GAP)))
        for level, row in enumerate(rows)
        for item in row
    }


def _spread(row: Sequence[Item], wanted: Sequence[float]) -> list[float]:
    """Return the places nearest to ``wanted``, by least squares, that keep order and distance.

    Less the room that those before it need, each place only has to be no smaller than the one
    before: isotonic regression, by joining neighbours in the wrong order to blocks of one mean.
    """
    needed = list(accumulate((_distance(*pair) for pair in pairwise(row)), initial=0.0))
    # The sum of each block and how many it joins, so that no mean is summed twice.
    blocks: list[tuple[float, int]] = []
    for want, room in zip(wanted, needed, strict=True):
        total, count = want - room, 1
        while blocks and blocks[-1][0] * count > total * blocks[-1][1]:
            before, many = blocks.pop()
            total, count = before + total, many + count
        blocks.append((total, count))
    places = [place for total, count in blocks for place in [total / count] * count]
    return [place + room for place, room in zip(places, needed, strict=True)]


def _distance(one: Item, other: Item) -> float:
    gap = COLUMN_GAP if isinstance(one, str) and isinstance(other, str) else LANE_GAP
    return (_width(one) + _width(other)) / 2 + gap


def _width(item: Item) -> float:
    return BOX_WIDTH if isinstance(item, str) else 0.0


def _box(node: Node, place: Point) -> Box:
    lines = wrapped(node.label, BOX_WIDTH - 16)[:3] + ([node.note] if node.note else [])
    first = place.y + BOX_HEIGHT / 2 + 6 - LINE * (len(lines) - 1) / 2
    words = placed_label(lines, place.x, first, "middle")
    return Box(node, tenth(place.x - BOX_WIDTH / 2), place.y, BOX_WIDTH, BOX_HEIGHT, words)


def _paths(ways: Ways, boxes: Mapping[str, Box], places: Mapping[Item, Point]) -> dict[Edge, str]:
    beside = {edge for edge in ways if _is_beside(edge, boxes)}
    ports = _ports({edge: way for edge, way in ways.items() if edge not in beside}, boxes, places)
    return {
        edge: _across(edge, boxes) if edge in beside else _through(edge, way, ports, places)
        for edge, way in ways.items()
    }


def _is_beside(edge: Edge, boxes: Mapping[str, Box]) -> bool:
    """Whether both boxes are in one row with no other box between them."""
    source, target = boxes[edge[0]], boxes[edge[1]]
    low, high = sorted((source.x, target.x))
    row = [box for box in boxes.values() if box.y == source.y]
    return source.y == target.y and not any(low < box.x < high for box in row)


def _across(edge: Edge, boxes: Mapping[str, Box]) -> str:
    """A level line; the way back of the same step is drawn lower, so that both are seen."""
    source, target = boxes[edge[0]], boxes[edge[1]]
    if source.x < target.x:
        start, end, y = source.x + BOX_WIDTH, target.x - HEAD, source.y + BOX_HEIGHT / 2 - HEAD
    else:
        start, end, y = source.x, target.x + BOX_WIDTH + HEAD, source.y + BOX_HEIGHT / 2 + HEAD
    return f"M{Point(tenth(start), y)} L{Point(tenth(end), y)}"


def _ports(
    ways: Ways, boxes: Mapping[str, Box], places: Mapping[Item, Point]
) -> dict[tuple[Edge, bool], Point]:
    """Return where each arrow begins (True) and ends, spread along the side of the box."""
    sides: dict[tuple[str, bool], list[tuple[float, Edge, bool]]] = {}
    for edge, way in ways.items():
        for key, following, begins in ((edge[0], way[1], True), (edge[1], way[-2], False)):
            is_below = places[following].y >= places[key].y
            sides.setdefault((key, is_below), []).append((places[following].x, edge, begins))
    ports = {}
    for (key, is_below), ends in sides.items():
        for number, (_x, edge, begins) in enumerate(sorted(ends), start=1):
            x = boxes[key].x + BOX_WIDTH * number / (len(ends) + 1)
            head = 0.0 if begins else HEAD
            y = boxes[key].y + (BOX_HEIGHT + head if is_below else -head)
            ports[edge, begins] = Point(tenth(x), tenth(y))
    return ports


def _through(
    edge: Edge,
    way: Sequence[Item],
    ports: Mapping[tuple[Edge, bool], Point],
    places: Mapping[Item, Point],
) -> str:
    """A curve that leaves and arrives upright, and passes each row between in its lane."""
    start, end = ports[edge, True], ports[edge, False]
    if places[edge[0]].y == places[edge[1]].y:
        low = start.y + ROW_GAP * 0.8
        return f"M{start} C{Point(start.x, low)} {Point(end.x, low)} {end}"
    lanes = [_lane(places[item], is_down=start.y < end.y) for item in way[1:-1]]
    stops = [start, *(stop for lane in lanes for stop in lane), end]
    return f"M{start}" + "".join(_curve(one, other) for one, other in pairwise(stops))


def _lane(place: Point, *, is_down: bool) -> tuple[Point, Point]:
    top, bottom = place, Point(place.x, tenth(place.y + BOX_HEIGHT))
    return (top, bottom) if is_down else (bottom, top)


def _curve(one: Point, other: Point) -> str:
    bend = tenth((one.y + other.y) / 2)
    return f" C{Point(one.x, bend)} {Point(other.x, bend)} {other}"
