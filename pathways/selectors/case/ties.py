"""What is tied to what: the tree itself, the levels of indicators, and every other association."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pathways.models import AssociationGroup, FrameworkVersion
from pathways.selectors.case.editions import Edition
from pathways.selectors.case.items import statement_of
from pathways.selectors.case.rubrics import level_link
from pathways.selectors.case.vocabulary import (
    ASSOCIATIONS,
    CHILD,
    DOCUMENTS,
    GROUPINGS,
    ITEMS,
    SKILL,
    Json,
    is_as_said,
    last_change,
    link,
    tie_to_level,
    tie_to_parent,
    uri_of,
)
from pathways.selectors.trees import INDICATOR, Node

_NO_PLACE = float("inf")


def associations_of(edition: Edition) -> list[Json]:
    """Every association of the edition, in its order: the tree first."""
    told = [*_tree(edition), *_levels(edition)]
    told += [association_of(row, edition.version) for row in edition.associations]
    if edition.is_as_said:
        # What no row of ours can hold is told as it was said.
        told += edition.kept.get("associations", [])
    return told


def association_of(row: Any, version: FrameworkVersion) -> Json:
    """``row`` is an association that says whether its ends are named (``with_ends_named``)."""
    said: Json = row.case.get("association", {})
    if is_as_said(said, row.identifier):
        return dict(said)
    tie: Json = {
        **{name: said[name] for name in ("notes", "extensions") if name in said},
        "identifier": str(row.identifier),
        "uri": uri_of(ASSOCIATIONS, str(row.identifier)),
        "associationType": row.kind,
        "originNodeURI": _end(row, "origin"),
        "destinationNodeURI": _end(row, "destination"),
        "lastChangeDateTime": last_change(version),
    }
    if row.position is not None:
        tie["sequenceNumber"] = row.position
    if row.group is not None:
        tie["CFAssociationGroupingURI"] = link(
            GROUPINGS, str(row.group.identifier), row.group.title
        )
    return tie


def grouping_of(group: AssociationGroup, version: FrameworkVersion) -> Json:
    said: Json = group.case.get("grouping", {})
    if is_as_said(said, group.identifier) and said["title"] == group.title:
        return dict(said)
    identifier = str(group.identifier)
    return {
        **said,
        "identifier": identifier,
        "uri": uri_of(GROUPINGS, identifier),
        "title": group.title,
        "lastChangeDateTime": last_change(version),
    }


def _end(row: Any, name: str) -> Json:
    identifier, uri = str(getattr(row, f"{name}_identifier")), getattr(row, f"{name}_uri")
    title = getattr(row, f"{name}_title") if getattr(row, f"names_{name}") else ""
    end = link(ITEMS, identifier, title or identifier)
    return end | ({"uri": uri} if uri else {})


def _tree(edition: Edition) -> Iterator[Json]:
    """One association for each item with what it is part of; siblings are numbered."""
    below: dict[str, list[Node]] = defaultdict(list)
    parents: dict[str, Node | None] = {}
    for node in edition.items:
        parents[node.key] = above = edition.item_above(node)
        below[above.key if above else ""].append(node)
    for siblings in below.values():
        ties = [_tie_to_parent(node, parents[node.key], edition) for node in siblings]
        if not _are_in_the_order_said(siblings, ties):
            _number(ties, edition)
        yield from (tie for tie in ties if tie is not None)


def _number(ties: Iterable[Json | None], edition: Edition) -> None:
    changed_at = last_change(edition.version)
    for number, tie in enumerate(ties, start=1):
        if tie is not None and tie.get("sequenceNumber") != number:
            tie |= {"sequenceNumber": number, "lastChangeDateTime": changed_at}


def _tie_to_parent(node: Node, parent: Node | None, edition: Edition) -> Json | None:
    """None for an item that its package tied to nothing and that stands at the top still."""
    said: Json | None = node.case.get("child_of")
    is_same_item = is_as_said(node.case.get("item"), node.identifier)
    parent_identifier = parent.identifier if parent else edition.identifier
    if is_same_item and said is None and parent is None:
        return None
    if is_same_item and said and said["destinationNodeURI"]["identifier"] == parent_identifier:
        return dict(said)
    identifier = tie_to_parent(node.identifier)
    version = edition.version
    return {
        "identifier": identifier,
        "uri": uri_of(ASSOCIATIONS, identifier),
        "associationType": CHILD,
        "originNodeURI": link(ITEMS, node.identifier, statement_of(node)),
        "destinationNodeURI": link(ITEMS, parent.identifier, statement_of(parent))
        if parent
        else link(DOCUMENTS, edition.identifier, version.framework.title),
        "lastChangeDateTime": last_change(version),
    }


def _are_in_the_order_said(siblings: Sequence[Node], ties: Sequence[Json | None]) -> bool:
    """Whether all of them are tied as a package said, and its numbers still lead to this order.
    Indicators of several levels, and the parts of one competency, have each an order of their own.
    """
    last: dict[tuple[str, str], float] = {}
    for node, tie in zip(siblings, ties, strict=True):
        if tie is not None and tie != node.case.get("child_of"):
            return False
        number = (tie or {}).get("sequenceNumber", _NO_PLACE)
        if number < last.get((node.parent, node.kind), -_NO_PLACE):
            return False
        last[node.parent, node.kind] = number
    return True


def _levels(edition: Edition) -> Iterator[Json]:
    """At which level of its competency an indicator is seen."""
    for node in edition.items:
        if node.kind != INDICATOR:
            continue
        descriptor = edition.nodes[node.parent]
        said: Json | None = node.case.get("level")
        is_same = is_as_said(node.case.get("item"), node.identifier)
        if is_same and said and said["destinationNodeURI"]["identifier"] == descriptor.identifier:
            yield dict(said)
            continue
        identifier = tie_to_level(node.identifier)
        yield {
            "identifier": identifier,
            "uri": uri_of(ASSOCIATIONS, identifier),
            "associationType": SKILL,
            "originNodeURI": link(ITEMS, node.identifier, statement_of(node)),
            "destinationNodeURI": level_link(descriptor, edition),
            "lastChangeDateTime": last_change(edition.version),
        }
