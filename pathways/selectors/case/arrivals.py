"""A package that came in as a tree of ours, with what a tree does not hold kept as it was said."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from pathways.selectors.case.editions import MADE
from pathways.selectors.case.items import words_of
from pathways.selectors.case.scales import ReadRubric, read_rubrics
from pathways.selectors.case.vocabulary import (
    ASSOCIATIONS,
    BEFORE,
    CHILD,
    GROUP_OF_COMPETENCIES,
    GROUPINGS,
    ITEMS,
    PART,
    SKILL,
    Json,
    derived,
)
from pathways.selectors.codes import look_of
from pathways.selectors.tree_checks import MOST_LETTERS_OF_AN_INDICATOR, find_circle
from pathways.selectors.trees import COMPETENCY, DESCRIPTOR, DOMAIN, INDICATOR, Node, Tree

_NO_PLACE = float("inf")
_LONGEST_CODE = 60


@dataclass(frozen=True)
class Arrival:
    """``case`` is what the edition keeps; ``groups`` and ``ties`` become rows of their own."""

    tree: Tree
    case: Json
    groups: list[Json]
    ties: list[Json]
    scales: dict[str, list[Json]]


def circle_of(package: Json) -> str:
    """A sentence that names the items which are parts of themselves, or come before themselves;
    empty without any. Further parents by association are parents like those of the tree."""
    parents: dict[str, list[str]] = defaultdict(list)
    later: dict[str, list[str]] = defaultdict(list)
    for tie in package.get(ASSOCIATIONS, []):
        if tie["associationType"] in {CHILD, PART}:
            parents[_origin(tie)].append(_destination(tie))
        elif tie["associationType"] == BEFORE:
            later[_origin(tie)].append(_destination(tie))
    if circle := find_circle(parents):
        sentence = _(
            "These items would be parts of themselves: %(items)s. Move one of them elsewhere."
        )
    elif circle := find_circle(later):
        sentence = _("These items would come before themselves: %(items)s. Remove one tie.")
    else:
        return ""
    called = {one["identifier"]: _called(one) for one in package.get(ITEMS, [])}
    return sentence % {"items": " → ".join(called.get(one, one) for one in circle)}


def _called(item: Json) -> str:
    code = str(item.get("humanCodingScheme", "")).strip()
    return code or Truncator(item["fullStatement"]).chars(60)


def arrival_of(package: Json, *, scales: Mapping[str, list[Json]], own_scale: str) -> Arrival:
    """``scales`` are those we have: code -> levels. ``own_scale`` is that of the edition, or empty
    where the package may choose it."""
    rubrics = read_rubrics(package, known=scales)
    own = own_scale or next((one.code for one in rubrics if one.code), "")
    grower = _Grower(package, rubrics, own)
    tree = Tree(tuple(grower.nodes())).ordered()
    # What no row can hold: a type of somebody's own, ends without a UUID, the same tie again.
    ties, kept = _rows(grower.others)
    definitions = dict(package.get("CFDefinitions", {}))
    groups = definitions.pop(GROUPINGS, [])
    case = {
        "document": package["CFDocument"],
        "definitions": definitions,
        "rubrics": [one.said for one in rubrics if not one.code],
        "associations": kept,
        "scales": [one.code for one in rubrics if one.code],
        "scale_rubrics": {one.code: one.said for one in rubrics if one.code},
        "extensions": package.get("extensions", {}),
    }
    new = {one.code: one.levels for one in rubrics if one.code and one.code not in scales}
    return Arrival(tree, {name: told for name, told in case.items() if told}, groups, ties, new)


def _origin(tie: Json) -> str:
    return str(tie["originNodeURI"]["identifier"])


def _destination(tie: Json) -> str:
    return str(tie["destinationNodeURI"]["identifier"])


def _place(tie: Json | None) -> float:
    return float((tie or {}).get("sequenceNumber", _NO_PLACE))


class _Grower:
    """Makes nodes of items, from the document down and without recursion."""

    def __init__(self, package: Json, rubrics: Sequence[ReadRubric], own_scale: str) -> None:
        self.document: Json = package["CFDocument"]
        self.items: dict[str, Json] = {one["identifier"]: one for one in package.get(ITEMS, [])}
        self.own_scale = own_scale
        self.described: dict[str, tuple[str, list[Json]]] = {}
        for rubric in rubrics:
            for item, levels in rubric.described.items():
                self.described[item] = (rubric.code, levels)
        self.up: dict[str, Json] = {}
        self.level: dict[str, Json] = {}
        self.others: list[Json] = []
        self._sort_out(package.get(ASSOCIATIONS, []))
        self.below: dict[str, list[str]] = defaultdict(list)
        for identifier in self.items:
            tie = self.up.get(identifier)
            self.below[_destination(tie) if tie else self._top].append(identifier)
        for siblings in self.below.values():
            siblings.sort(key=lambda one: _place(self.up.get(one)))
        self.codes: set[tuple[str, str]] = set()

    @property
    def _top(self) -> str:
        return str(self.document["identifier"])

    def _sort_out(self, ties: Sequence[Json]) -> None:
        """The first parent by number is the tree's, further ones are associations."""
        parents = {self._top, *self.items}
        for tie in sorted(ties, key=_place):
            origin, destination = _origin(tie), _destination(tie)
            is_ours = origin in self.items and destination in parents
            if tie["associationType"] == CHILD and is_ours and origin not in self.up:
                self.up[origin] = tie
            else:
                self.others.append(tie)
        self._find_levels()

    def _find_levels(self) -> None:
        """Associations of indicators with a level of the competency they stand below."""
        holds = {_destination(tie) for tie in self.up.values()}
        others = []
        for tie in self.others:
            origin = _origin(tie)
            above = _destination(self.up[origin]) if origin in self.up else ""
            levels = {one["identifier"] for one in self.described.get(above, ("", []))[1]}
            is_level = tie["associationType"] == SKILL and _destination(tie) in levels
            if is_level and origin not in holds and self._is_indicator(origin):
                self.level.setdefault(origin, tie)
                if self.level[origin] is tie:
                    continue
            others.append(tie)
        self.others = others

    def _is_indicator(self, identifier: str) -> bool:
        said = self.items[identifier]
        statement = said["fullStatement"]
        is_short = len(statement) <= MOST_LETTERS_OF_AN_INDICATOR and statement == statement.strip()
        return said.get("CFItemType") == "Indicator" and is_short

    def nodes(self) -> Iterator[Node]:
        """Domains, and below them competencies, their descriptors and indicators."""
        made = derived("made", self._top)
        loose = [one for one in self.below[self._top] if not self._is_domain(one)]
        place = 0
        for identifier in self.below[self._top]:
            if self._is_domain(identifier):
                place += 1
                yield self._node(DOMAIN, identifier, "", place)
                yield from self._competencies(identifier, identifier)
        if loose:
            title, _text = words_of({"fullStatement": self.document["title"]})
            yield Node(
                kind=DOMAIN,
                key=made,
                parent="",
                code=self._code(DOMAIN, "-", made),
                title=title or "-",
                text="",
                position=place + 1,
                lineage=made,
                case={MADE: True},
            )
            yield from self._competencies(made, self._top, only=loose)

    def _is_domain(self, identifier: str) -> bool:
        if self.items[identifier].get("CFItemType") == "Domain":
            return identifier not in self.described
        return bool(self.below.get(identifier)) and identifier not in self.described

    def _competencies(
        self, key: str, parent: str, *, only: Sequence[str] | None = None
    ) -> Iterator[Node]:
        below = self.below[parent] if only is None else only
        waiting = [(one, key, place) for place, one in enumerate(below, start=1)][::-1]
        while waiting:
            identifier, above, place = waiting.pop()
            if identifier in self.level:
                level = _destination(self.level[identifier])
                yield self._node(INDICATOR, identifier, level, place)
                continue
            yield self._node(COMPETENCY, identifier, above, place)
            yield from self._descriptors(identifier)
            parts = enumerate(self.below.get(identifier, ()), start=1)
            waiting += [(one, identifier, number) for number, one in parts][::-1]

    def _descriptors(self, identifier: str) -> Iterator[Node]:
        _code, levels = self.described.get(identifier, ("", []))
        for place, said in enumerate(levels, start=1):
            yield Node(
                kind=DESCRIPTOR,
                key=said["identifier"],
                parent=identifier,
                code="",
                title="",
                text=said["description"],
                position=place,
                level_rank=said.get("score"),
                lineage=said["identifier"],
                identifier=said["identifier"],
            )

    def _node(self, kind: str, identifier: str, parent: str, place: int) -> Node:
        said = self.items[identifier]
        title, text = words_of(said)
        code = (
            ""
            if kind == INDICATOR
            else self._code(kind, said.get("humanCodingScheme", ""), identifier)
        )
        case: dict[str, Any] = {"item": said}
        if code != said.get("humanCodingScheme", ""):
            case["code"] = code
        for name, ties in (("child_of", self.up), ("level", self.level)):
            if identifier in ties:
                case[name] = ties[identifier]
        scale, _levels = self.described.get(identifier, ("", []))
        return Node(
            kind=kind,
            key=identifier,
            parent=parent,
            code=code,
            title="" if kind == INDICATOR else title,
            text=said["fullStatement"] if kind == INDICATOR else text,
            position=place,
            lineage=identifier,
            identifier=identifier,
            scale_code="" if scale == self.own_scale else scale,
            is_assessable=kind != COMPETENCY or self._is_assessed(identifier),
            case=case,
        )

    def _is_assessed(self, identifier: str) -> bool:
        """What merely holds others is not asked about, unless it says what it is in our words."""
        kind = self.items[identifier].get("CFItemType")
        if kind in {"Competency", GROUP_OF_COMPETENCIES}:
            return kind == "Competency"
        parts = [one for one in self.below.get(identifier, ()) if one not in self.level]
        return identifier in self.described or not parts

    def _code(self, kind: str, said: str, identifier: str) -> str:
        """The code that was said, where it fits and is one of a kind, else one made from it."""
        wanted = said.strip()[:_LONGEST_CODE] if look_of(said) else identifier[:8]
        code, number = wanted, 1
        while (kind, look_of(code)) in self.codes:
            number += 1
            ending = f" ({number})"
            code = wanted[: _LONGEST_CODE - len(ending)] + ending
        self.codes.add((kind, look_of(code)))
        return code


def _rows(ties: Sequence[Json]) -> tuple[list[Json], list[Json]]:
    rows: list[Json] = []
    kept: list[Json] = []
    seen: set[tuple[str, UUID, UUID]] = set()
    for tie in ties:
        mark = _mark(tie)
        if mark is None or mark in seen:
            kept.append(tie)
        else:
            seen.add(mark)
            rows.append(tie)
    return rows, kept


def _mark(tie: Json) -> tuple[str, UUID, UUID] | None:
    """What a row says, with the ends as the database compares them; None for what fits in none."""
    kind = str(tie["associationType"])
    try:
        origin, destination = UUID(_origin(tie)), UUID(_destination(tie))
    except ValueError:
        return None
    return None if origin == destination or kind.startswith("ext:") else (kind, origin, destination)
