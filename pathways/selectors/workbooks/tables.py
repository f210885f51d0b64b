"""An edition as the rows of the table: what an author downloads, edits and uploads again."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from common.text import clean_line, clean_text
from pathways.models import FrameworkVersion, Level
from pathways.selectors.trees import (
    COMPETENCY,
    DESCRIPTOR,
    DOMAIN,
    INDICATOR,
    Node,
    Tree,
    read_tree,
)
from pathways.selectors.workbooks import columns
from pathways.selectors.workbooks.columns import NO, Column, columns_for

# What a new framework's template offers; further levels are understood when they are added.
USUAL_RANKS: tuple[int | None, ...] = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Table:
    """``rows`` have a text for each column, in the order of ``columns``."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


def empty_table() -> Table:
    return Table(_("Template"), columns_for(USUAL_RANKS), ())


def table_of(version: FrameworkVersion) -> Table:
    """What ``version`` says; a draft that says nothing yet is a template for it."""
    tree = read_tree(version)
    ranks = sorted(_ranks(version, tree), key=lambda rank: (rank is None, rank or 0))
    headed = columns_for(ranks)
    names = [column.name for column in headed]
    rows = tuple(tuple(row.get(name, "") for name in names) for row in rows_of(tree))
    title = f"{version.framework.code} {version.label}"
    return Table(title, headed, rows)


def _ranks(version: FrameworkVersion, tree: Tree) -> set[int | None]:
    """The levels of the edition's scale, and whatever levels of other scales are described."""
    ranked = Level.objects.filter(scale_id=version.scale_id, rank__isnull=False)
    described = {node.level_rank for node in tree.nodes if node.kind == DESCRIPTOR}
    return described | set(ranked.values_list("rank", flat=True))


def rows_of(tree: Tree) -> Iterator[Mapping[str, str]]:
    """A row for each competency, and one for each domain that has none."""
    ordered = tree.ordered().nodes
    nodes = {node.key: node for node in ordered}
    below = _texts_below(ordered)
    domains: dict[str, Node] = {}
    waiting: Node | None = None
    for node in ordered:
        if node.kind == DOMAIN:
            if waiting is not None:
                yield _of_domain(waiting)
            domains[node.key] = waiting = node
        elif node.kind == COMPETENCY:
            domain = domains[node.key] = domains[node.parent]
            yield _of_domain(domain) | _of_competency(node, nodes) | below.get(node.key, {})
            waiting = None
    if waiting is not None:
        yield _of_domain(waiting)


def _of_domain(node: Node) -> dict[str, str]:
    return {
        columns.DOMAIN_CODE: clean_line(node.code),
        columns.DOMAIN_TITLE: clean_line(node.title),
        columns.DOMAIN_SUMMARY: clean_text(node.text),
    }


def _of_competency(node: Node, nodes: Mapping[str, Node]) -> dict[str, str]:
    above = nodes[node.parent]
    return {
        columns.COMPETENCY_CODE: clean_line(node.code),
        columns.PARENT_CODE: clean_line(above.code) if above.kind == COMPETENCY else "",
        columns.TITLE: clean_line(node.title),
        columns.SUMMARY: clean_text(node.text),
        columns.SCALE: node.scale_code,
        columns.ASKED: "" if node.is_assessable else NO,
        columns.REFERENCE: node.lineage,
    }


def _texts_below(ordered: Iterable[Node]) -> dict[str, dict[str, str]]:
    """Competency's key -> the texts of its levels' columns."""
    found: dict[str, dict[str, str]] = {}
    descriptors: dict[str, Node] = {}
    for node in ordered:
        if node.kind == DESCRIPTOR:
            descriptors[node.key] = node
            field = columns.level_field(node.level_rank, columns.DESCRIPTION)
            found.setdefault(node.parent, {})[field] = clean_text(node.text)
        elif node.kind == INDICATOR:
            above = descriptors[node.parent]
            field = columns.level_field(above.level_rank, columns.INDICATORS)
            cells = found[above.parent]
            line = clean_line(node.text)
            cells[field] = f"{cells[field]}\n{line}" if field in cells else line
    return found
