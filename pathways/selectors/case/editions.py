"""One edition with everything that its package is made of, in a constant number of statements."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pathways.models import Association, AssociationGroup, FrameworkVersion, Level, Scale
from pathways.models.frameworks import FrameworkVersionQuerySet
from pathways.selectors.associations import with_ends_named
from pathways.selectors.case.vocabulary import Json, is_as_said
from pathways.selectors.trees import (
    COMPETENCY,
    DESCRIPTOR,
    DOMAIN,
    INDICATOR,
    Node,
    Tree,
    read_tree,
)

# The node of a domain that no package names: it holds what stands right below a document.
MADE = "made"


@dataclass(frozen=True)
class Edition:
    """``scales`` are those that the edition measures with, its own first, lowest levels first."""

    version: FrameworkVersion
    tree: Tree
    scales: Mapping[str, list[Level]]
    groups: tuple[AssociationGroup, ...]
    associations: tuple[Association, ...]

    @property
    def identifier(self) -> str:
        return str(self.version.identifier)

    @property
    def kept(self) -> Mapping[str, Any]:
        """What the document that the edition was made from said beyond what we model."""
        kept: Mapping[str, Any] = self.version.case
        return kept

    @property
    def document(self) -> Json | None:
        said: Json | None = self.kept.get("document")
        return said

    @property
    def is_as_said(self) -> bool:
        return is_as_said(self.document, self.version.identifier)

    @cached_property
    def nodes(self) -> Mapping[str, Node]:
        return self.tree.by_key()

    @cached_property
    def items(self) -> tuple[Node, ...]:
        """The nodes that are items of a package, in order."""
        return tuple(node for node in self.tree.nodes if is_item(node))

    @cached_property
    def descriptors(self) -> Mapping[str, list[Node]]:
        """Key of a competency -> what it looks like at its levels, lowest first."""
        found: dict[str, list[Node]] = defaultdict(list)
        for node in self.tree.nodes:
            if node.kind == DESCRIPTOR:
                found[node.parent].append(node)
        return found

    def item_above(self, node: Node) -> Node | None:
        """The item that an item is part of; None where that is the document."""
        above = self.nodes.get(node.parent)
        if node.kind == INDICATOR and above is not None:
            above = self.nodes.get(above.parent)
        return above if above is not None and is_item(above) else None


def is_item(node: Node) -> bool:
    if node.kind == DOMAIN:
        return MADE not in node.case
    return node.kind in {COMPETENCY, INDICATOR}


def read_edition(
    version: FrameworkVersion, *, editions: FrameworkVersionQuerySet | None = None
) -> Edition:
    """``version`` needs its framework, the framework's owner and its scale beside it. What it is
    tied to elsewhere is named where it is in one of ``editions``, which are none unless given."""
    tree = read_tree(version)
    seen = FrameworkVersion.objects.none() if editions is None else editions
    return Edition(
        version=version,
        tree=tree,
        scales=_scales(version.scale, tree),
        groups=tuple(AssociationGroup.objects.filter(version=version).order_by("identifier")),
        associations=tuple(
            with_ends_named(Association.objects.filter(version=version), editions=seen)
            .select_related("group")
            .order_by("kind", "position", "identifier")
        ),
    )


def _scales(own: Scale, tree: Tree) -> dict[str, list[Level]]:
    codes = [own.code, *sorted({node.scale_code for node in tree.nodes} - {"", own.code})]
    levels: dict[str, list[Level]] = {code: [] for code in codes}
    rows = Level.objects.filter(scale__code__in=codes).select_related("scale")
    for level in rows.order_by("rank", "pk"):
        levels[level.scale.code].append(level)
    return {code: found for code, found in levels.items() if found}
