"""Writing a tree into a draft: what differs is added, changed and taken out, and nothing else."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import transaction

from common.errors import Conflict
from pathways.models import (
    Competency,
    Domain,
    FrameworkVersion,
    Indicator,
    Level,
    LevelDescriptor,
    Scale,
)
from pathways.selectors.diff import Changes, compare
from pathways.selectors.tree_checks import problems_of, ranks_of_scales
from pathways.selectors.trees import (
    COMPETENCY,
    DESCRIPTOR,
    DOMAIN,
    INDICATOR,
    Node,
    Tree,
    read_rows,
)
from pathways.services.circles import refuse_circles
from pathways.services.part_comments import bring_comments_back
from pathways.services.rows import Values, add_rows, change_rows
from pathways.services.tree_lock import count_change, lock_draft
from pathways.services.tree_removal import refuse_taken_identifiers, remove_rows
from pathways.services.unconfirming import unconfirm_rules

Item = Domain | Competency | LevelDescriptor | Indicator
MODELS: Mapping[str, type[Item]] = {
    DOMAIN: Domain,
    COMPETENCY: Competency,
    DESCRIPTOR: LevelDescriptor,
    INDICATOR: Indicator,
}
MOST_SENTENCES = 5


@transaction.atomic
def write_tree(
    *, version: FrameworkVersion, tree: Tree, revision: int | None, now: datetime
) -> Changes:
    """Make the draft ``version`` say what ``tree`` says, and return what that changed.

    The statements are as many at any size, and rows that stay keep their identity. Nodes without
    a lineage get one. Judging who may, and the event, are the caller's: this is how importing,
    undoing and copying write. Refused when the edition is no draft, when it is not as it was at
    ``revision`` (None: at any), when the tree has mistakes (see ``problems_of``) or when it leaves
    out what something else refers to.
    """
    draft = lock_draft(version, revision=revision)
    rows = read_rows(draft)
    known = rows.tree()
    wanted = _with_lineages(tree.told_apart(known=known))
    problems = problems_of(wanted, ranks=ranks_of_scales(draft))
    if problems:
        sentences = [problem.message for problem in problems[:MOST_SENTENCES]]
        raise Conflict(" ".join(sentences), code=problems[0].code)
    wanted = wanted.ordered()
    changes = compare(known, wanted)
    if changes:
        existing = {
            str(row.lineage): row
            for found in (rows.domains, rows.competencies, rows.descriptors, rows.indicators)
            for row in found
        }
        _write(draft, wanted, known, existing)
        refuse_circles(draft)
        count_change(draft, now=now)
    version.revision, version.changed_at = draft.revision, draft.changed_at
    return changes


def _with_lineages(tree: Tree) -> Tree:
    """The tree with a lineage for every node, which from now on is its key."""
    keys = {node.key: node.lineage or str(uuid.uuid4()) for node in tree.nodes}
    return Tree(
        tuple(
            replace(
                node,
                key=keys[node.key],
                lineage=keys[node.key],
                parent=keys.get(node.parent, node.parent),
            )
            for node in tree.nodes
        )
    )


def _write(
    draft: FrameworkVersion, wanted: Tree, known: Tree, existing: Mapping[str, Item]
) -> None:
    keys = {node.key for node in wanted.nodes}
    gone = [existing[node.key] for node in known.nodes if node.key not in keys]
    remove_rows(gone)
    refuse_taken_identifiers(node for node in wanted.nodes if node.key not in existing)
    places = _Places.of(draft, wanted, existing)
    added: list[Item] = []
    for kind, model in MODELS.items():
        nodes = [node for node in wanted.nodes if node.kind == kind]
        added += _write_kind(model, nodes, places, existing)
    nested = places.parents(existing)
    change_rows(Competency, {pk: {"parent_id": parent} for pk, parent in nested.items()})
    bring_comments_back(draft, added=added)


def _write_kind(
    model: type[Item], nodes: Iterable[Node], places: "_Places", existing: Mapping[str, Item]
) -> Iterable[Item]:
    fresh: dict[str, Item] = {}
    changed: dict[int, Values] = {}
    for node in nodes:
        values = places.values_of(node)
        row = existing.get(node.key)
        if row is None:
            identifier = uuid.UUID(node.identifier) if node.identifier else uuid.uuid4()
            lineage = uuid.UUID(node.lineage)
            fresh[node.key] = model(identifier=identifier, lineage=lineage, **values)
        elif any(getattr(row, name) != value for name, value in values.items()):
            changed[row.pk] = values
    # What changes goes first, so that a code that was given up can be taken by what is new.
    change_rows(model, changed)
    if model is Competency and (remeasured := places.remeasured(existing.values(), changed)):
        unconfirm_rules(remeasured)
    places.ids |= add_rows(model, fresh)
    return fresh.values()


@dataclass(slots=True)
class _Places:
    """Where each node of the tree goes: the rows above it, its level and its place."""

    version_id: int
    scale_id: int
    nodes: dict[str, Node]
    ids: dict[str, int]
    scales: dict[str, int]
    levels: dict[tuple[int, int | None], int]
    positions: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, draft: FrameworkVersion, tree: Tree, existing: Mapping[str, Item]) -> "_Places":
        levels = Level.objects.order_by("-pk").values_list("scale_id", "rank", "pk")
        places = cls(
            draft.pk,
            draft.scale_id,
            tree.by_key(),
            {key: row.pk for key, row in existing.items()},
            dict(Scale.objects.values_list("code", "pk")),
            {(scale_id, rank): pk for scale_id, rank, pk in levels},
        )
        counts: dict[str, int] = {}
        for node in tree.nodes:
            if node.kind == COMPETENCY:
                # Parts are numbered on with what they are a part of: a domain is one list.
                domain = places.domain_of(node)
                counts[domain] = places.positions[node.key] = counts.get(domain, 0) + 1
        return places

    def domain_of(self, node: Node) -> str:
        while node.kind != DOMAIN:
            node = self.nodes[node.parent]
        return node.key

    def remeasured(self, rows: Iterable[Item], changed: Mapping[int, Values]) -> list[int]:
        """The competencies among ``changed`` that another scale measures from now on."""
        return [
            row.pk
            for row in rows
            if isinstance(row, Competency)
            and row.pk in changed
            and (changed[row.pk]["scale_id"] or self.scale_id) != (row.scale_id or self.scale_id)
        ]

    def values_of(self, node: Node) -> Values:
        values: Values = {"case": dict(node.case)}
        if node.kind == DOMAIN:
            values |= {"version_id": self.version_id, "position": node.position}
        elif node.kind == COMPETENCY:
            values |= {
                "domain_id": self.ids[self.domain_of(node)],
                "scale_id": self.scales[node.scale_code] if node.scale_code else None,
                "is_assessable": node.is_assessable,
                "position": self.positions[node.key],
            }
        elif node.kind == DESCRIPTOR:
            code = self.nodes[node.parent].scale_code
            scale_id = self.scales[code] if code else self.scale_id
            level_id = self.levels[scale_id, node.level_rank]
            return values | {
                "competency_id": self.ids[node.parent],
                "level_id": level_id,
                "text": node.text,
            }
        else:
            return values | {
                "descriptor_id": self.ids[node.parent],
                "text": node.text,
                "position": node.position,
            }
        return values | {"code": node.code, "title": node.title, "summary": node.text}

    def parents(self, existing: Mapping[str, Item]) -> dict[int, int | None]:
        """Competency's id -> that of what it is a part of, where the row says something else."""
        found: dict[int, int | None] = {}
        for key, node in self.nodes.items():
            if node.kind != COMPETENCY:
                continue
            parent = self.nodes[node.parent]
            parent_id = self.ids[parent.key] if parent.kind == COMPETENCY else None
            row = existing.get(key)
            said = row.parent_id if isinstance(row, Competency) else None
            if said != parent_id:
                found[self.ids[key]] = parent_id
        return found
