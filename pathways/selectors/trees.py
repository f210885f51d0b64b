"""An edition as a tree of plain values: to be compared, checked, kept as JSON and written back."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from uuid import UUID, uuid5

from pathways.models import (
    Competency,
    Domain,
    FrameworkVersion,
    Indicator,
    LevelDescriptor,
)

DOMAIN = "DOMAIN"
COMPETENCY = "COMPETENCY"
DESCRIPTOR = "DESCRIPTOR"
INDICATOR = "INDICATOR"
# The order in which the children of one node are told: what a competency looks like at its levels
# comes before its parts.
KINDS = (DOMAIN, DESCRIPTOR, INDICATOR, COMPETENCY)


@dataclass(frozen=True, slots=True)
class Node:
    """One domain, competency, level descriptor or indicator.

    ``key`` names the node within its tree and is its lineage as text, but for a tree that came
    from elsewhere (see ``Tree.matched``). ``parent`` is the key of the node it stands below, empty
    for a domain; ``text`` the summary, description or indicator; ``position`` the place among the
    nodes of its kind below the same parent. ``scale_code`` overrides the edition's scale and
    ``level_rank`` is that of a descriptor, None for the level without a rank.
    """

    kind: str
    key: str
    parent: str
    code: str
    title: str
    text: str
    position: int
    lineage: str = ""
    identifier: str = ""
    scale_code: str = ""
    level_rank: int | None = None
    is_assessable: bool = True
    case: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tree:
    """What an edition says, node by node, each after the node it stands below."""

    nodes: tuple[Node, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {"nodes": [asdict(node) for node in self.nodes]}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Tree":
        return cls(tuple(Node(**node) for node in kept.get("nodes", ())))

    def by_key(self) -> dict[str, Node]:
        return {node.key: node for node in self.nodes}

    def ordered(self) -> "Tree":
        """The same nodes from the top down, siblings by their place, which is numbered from 1.

        What hangs below nothing, or below itself, comes at the end, for a check to find.
        """
        below: dict[str, list[Node]] = defaultdict(list)
        for node in self.nodes:
            below[node.parent].append(node)
        placed = tuple(_told(below))
        if len(placed) == len(self.nodes):
            return Tree(placed)
        reached = {node.key for node in placed}
        return Tree(placed + tuple(node for node in self.nodes if node.key not in reached))

    def matched(self, *, to: "Tree") -> "Tree":
        """This tree with the keys, lineages and identifiers of the same things in ``to``.

        For a tree that came without lineages: domains and competencies are the same when their
        codes are, descriptors when their competency and level are, indicators when they say the
        same below the same descriptor. What finds nothing keeps its key and has no lineage until
        it is written.
        """
        known = {signature: node for node, signature in _signatures(to)}
        keys: dict[str, str] = {"": ""}
        matched = []
        for node, signature in _signatures(self):
            same = known.pop(signature, None)
            keys[node.key] = same.key if same else node.key
            moved = replace(node, key=keys[node.key], parent=keys.get(node.parent, node.parent))
            if same is not None:
                identifier = node.identifier or same.identifier
                moved = replace(moved, lineage=same.lineage, identifier=identifier)
            matched.append(moved)
        return Tree(tuple(matched))

    def told_apart(self, *, known: "Tree") -> "Tree":
        """This tree with a lineage of its own for each node that is of another kind in ``known``.

        A competency that became a domain is another row of another table.
        """
        kinds = {node.key: node.kind for node in known.nodes}
        return Tree(
            tuple(
                node
                if kinds.get(node.lineage, node.kind) == node.kind
                else replace(node, lineage=lineage_as(node.kind, lineage=node.lineage))
                for node in self.nodes
            )
        )


def lineage_as(kind: str, *, lineage: str) -> str:
    """The lineage of what was of another kind under ``lineage``; the same however often asked."""
    return str(uuid5(UUID(lineage), kind))


def _told(below: Mapping[str, list[Node]]) -> Iterator[Node]:
    """Each node reached from the top, numbered among its siblings of its kind."""
    waiting = _siblings(below.get("", ()))
    seen: set[str] = set()
    while waiting:
        node = waiting.pop()
        yield node
        # Two nodes of one key are for a check to find; here neither is lost nor told for ever.
        if node.key not in seen:
            seen.add(node.key)
            waiting.extend(_siblings(below.get(node.key, ())))


def _siblings(nodes: Iterable[Node]) -> list[Node]:
    """The children of one node with their places, the last first."""
    counts: dict[str, int] = defaultdict(int)
    numbered = []
    for node in sorted(nodes, key=_place):
        counts[node.kind] += 1
        place = counts[node.kind]
        numbered.append(node if node.position == place else replace(node, position=place))
    return numbered[::-1]


def _place(node: Node) -> tuple[int, int, int]:
    if node.kind == DESCRIPTOR:
        # A level without a rank comes after those that have one, whatever the place says.
        return KINDS.index(DESCRIPTOR), node.level_rank or 1_000, 0
    return KINDS.index(node.kind), node.position, 0


def _signatures(tree: Tree) -> Iterator[tuple[Node, tuple[str, ...]]]:
    """Every node with what makes it the same as one of another tree; parents come first."""
    signatures: dict[str, tuple[str, ...]] = {}
    for node in tree.ordered().nodes:
        above = signatures.get(node.parent, ())
        signature: tuple[str, ...]
        if node.kind in (DOMAIN, COMPETENCY):
            signature = (node.kind, node.code)
        elif node.kind == DESCRIPTOR:
            signature = (*above, node.kind, str(node.level_rank))
        else:
            signature = (*above, node.kind, node.text)
        signatures[node.key] = signature
        yield node, signature


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows that make an edition, in its order."""

    domains: list[Domain]
    competencies: list[Competency]
    descriptors: list[LevelDescriptor]
    indicators: list[Indicator]

    def tree(self) -> Tree:
        of_domain = {row.pk: str(row.lineage) for row in self.domains}
        of_competency = {row.pk: str(row.lineage) for row in self.competencies}
        of_descriptor = {row.pk: str(row.lineage) for row in self.descriptors}
        nodes = [_domain(row) for row in self.domains]
        for row in self.competencies:
            parent = of_competency.get(row.parent_id or 0) or of_domain[row.domain_id]
            nodes.append(_competency(row, parent))
        nodes += [_descriptor(row, of_competency[row.competency_id]) for row in self.descriptors]
        nodes += [_indicator(row, of_descriptor[row.descriptor_id]) for row in self.indicators]
        return Tree(tuple(nodes)).ordered()


def read_tree(version: FrameworkVersion) -> Tree:
    """What ``version`` says, in its order; four statements at any size."""
    return read_rows(version).tree()


def read_rows(version: FrameworkVersion) -> Rows:
    competencies = Competency.objects.filter(version=version).select_related("scale")
    descriptors = LevelDescriptor.objects.filter(competency__version=version)
    indicators = Indicator.objects.filter(descriptor__competency__version=version)
    return Rows(
        list(Domain.objects.filter(version=version).order_by("position")),
        list(competencies.order_by("domain__position", "position")),
        list(descriptors.select_related("level").order_by("pk")),
        list(indicators.order_by("position")),
    )


def _same(row: Domain | Competency | LevelDescriptor | Indicator) -> dict[str, Any]:
    lineage = str(row.lineage)
    return {
        "key": lineage,
        "lineage": lineage,
        "identifier": str(row.identifier),
        "case": row.case,
    }


def _domain(row: Domain) -> Node:
    return Node(
        kind=DOMAIN,
        parent="",
        code=row.code,
        title=row.title,
        text=row.summary,
        position=row.position,
        **_same(row),
    )


def _competency(row: Competency, parent: str) -> Node:
    return Node(
        kind=COMPETENCY,
        parent=parent,
        code=row.code,
        title=row.title,
        text=row.summary,
        position=row.position,
        scale_code=row.scale.code if row.scale else "",
        is_assessable=row.is_assessable,
        **_same(row),
    )


def _descriptor(row: LevelDescriptor, parent: str) -> Node:
    return Node(
        kind=DESCRIPTOR,
        parent=parent,
        code="",
        title="",
        text=row.text,
        position=0,
        level_rank=row.level.rank,
        **_same(row),
    )


def _indicator(row: Indicator, parent: str) -> Node:
    return Node(
        kind=INDICATOR,
        parent=parent,
        code="",
        title="",
        text=row.text,
        position=row.position,
        **_same(row),
    )
