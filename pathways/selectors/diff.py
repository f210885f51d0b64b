"""What differs between two trees: added, changed, moved and left out, node by node."""

import json
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from pathways.selectors.trees import DESCRIPTOR, Node, Tree

ADD = "ADD"
CHANGE = "CHANGE"
MOVE = "MOVE"
RETIRE = "RETIRE"
ACTIONS = (ADD, CHANGE, MOVE, RETIRE)
FIELDS = ("code", "title", "text", "scale_code", "level_rank", "is_assessable", "case")


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs: a node that came or went, a field of one, or where it stands.

    ``field`` is one of ``FIELDS`` for CHANGE, and for MOVE "parent" or "position"; ``was`` and
    ``now`` are what it said. A node that moves has the key of its parent there, or its place.
    """

    action: str
    before: Node | None
    after: Node | None
    field: str = ""
    was: str = ""
    now: str = ""

    @property
    def node(self) -> Node:
        """The node as it is after, or as it was where it is left out."""
        node = self.after or self.before
        assert node is not None  # noqa: S101 (one of both is always there)
        return node


@dataclass(frozen=True)
class Changes:
    """Everything that differs, in the order of the tree after; what is left out comes last."""

    entries: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.entries)

    def of(self, action: str) -> tuple[Change, ...]:
        return self._by_action.get(action, ())

    @cached_property
    def _by_action(self) -> dict[str, tuple[Change, ...]]:
        found: dict[str, list[Change]] = defaultdict(list)
        for change in self.entries:
            found[change.action].append(change)
        return {action: tuple(changes) for action, changes in found.items()}


def compare(before: Tree, after: Tree) -> Changes:
    """Return what makes ``after`` of ``before``. Nodes are the same when their keys are.

    A node moved when it hangs below another node, or when it changed places with a sibling:
    coming after one that is new, or up because one was left out, is no move.
    """
    old, new = before.ordered(), after.ordered()
    known, wanted = old.by_key(), new.by_key()
    shuffled = _shuffled(old.nodes, new.nodes, known)
    entries: list[Change] = []
    for node in new.nodes:
        was = known.get(node.key)
        if was is None:
            entries.append(Change(ADD, None, node))
            continue
        entries.extend(_changed(was, node))
        if was.parent != node.parent:
            entries.append(Change(MOVE, was, node, "parent", was.parent, node.parent))
        elif node.key in shuffled:
            place = str(was.position), str(node.position)
            entries.append(Change(MOVE, was, node, "position", *place))
    entries += [Change(RETIRE, node, None) for node in old.nodes if node.key not in wanted]
    return Changes(tuple(entries))


def _changed(was: Node, node: Node) -> Iterator[Change]:
    for field in FIELDS:
        said, says = getattr(was, field), getattr(node, field)
        if said != says:
            yield Change(CHANGE, was, node, field, _as_text(said), _as_text(says))


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _shuffled(old: Iterable[Node], new: Iterable[Node], known: dict[str, Node]) -> set[str]:
    """Keys of nodes that stayed below their parent and changed places with a sibling.

    The most siblings that kept their order are taken to have stayed, so the fewest to have moved.
    """
    stayed: dict[tuple[str, str], list[Node]] = defaultdict(list)
    for node in new:
        was = known.get(node.key)
        if was is not None and was.parent == node.parent and node.kind != DESCRIPTOR:
            stayed[node.parent, node.kind].append(node)
    moved: set[str] = set()
    for siblings in stayed.values():
        places = [known[node.key].position for node in siblings]
        kept = _longest_rise(places)
        moved |= {node.key for n, node in enumerate(siblings) if n not in kept}
    return moved


def _longest_rise(places: list[int]) -> set[int]:
    """Indices of a longest rising run of ``places``, not necessarily beside each other."""
    if all(first < second for first, second in pairwise(places)):
        return set(range(len(places)))
    ends: list[int] = []
    at: list[int] = []
    before: list[int] = []
    for n, place in enumerate(places):
        length = bisect_left(ends, place)
        before.append(at[length - 1] if length else -1)
        if length == len(ends):
            ends.append(place)
            at.append(n)
        else:
            ends[length], at[length] = place, n
    run: set[int] = set()
    n = at[-1] if at else -1
    while n >= 0:
        run.add(n)
        n = before[n]
    return run
