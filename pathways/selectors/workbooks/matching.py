"""Which rows of a file are what the draft has already."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace

from django.utils.translation import gettext as _

from pathways.models import LineKind
from pathways.selectors.trees import COMPETENCY, Node, Tree
from pathways.selectors.workbooks.columns import REFERENCE
from pathways.selectors.workbooks.problems import Problem
from pathways.selectors.workbooks.readings import Reading, competency_key


def placed(reading: Reading, *, before: Tree) -> Tree:
    """The tree of ``reading`` as the next state of ``before``.

    A competency is the same when its row names the reference it was exported with, else when the
    codes are. What the file cannot say (the further facts of CASE) stays as it was.
    """
    tree = reading.tree.matched(to=_called_as_in_file(before, reading))
    known = before.by_key()
    return Tree(tuple(_with_facts(node, known) for node in tree.nodes))


def strange_references(reading: Reading, *, before: Tree) -> Iterator[Problem]:
    """A warning for every reference that names nothing of the draft."""
    lineages = {node.lineage for node in before.nodes if node.kind == COMPETENCY}
    for reference, code in reading.references.items():
        if reference not in lineages:
            sentence = _(
                "The reference names nothing in this draft, so the row was matched by its code."
            )
            row = reading.rows.get(competency_key(code))
            yield Problem(sentence, row, REFERENCE, kind=LineKind.WARNING)


def _called_as_in_file(before: Tree, reading: Reading) -> Tree:
    """``before`` with the codes that the file gives to the competencies it refers to."""
    named = {node.lineage for node in before.nodes if node.kind == COMPETENCY}
    codes = {lineage: code for lineage, code in reading.references.items() if lineage in named}
    taken = frozenset(codes.values())
    return Tree(tuple(_recoded(node, codes, taken) for node in before.nodes))


def _recoded(node: Node, codes: Mapping[str, str], taken: frozenset[str]) -> Node:
    if node.kind != COMPETENCY:
        return node
    if node.lineage in codes:
        return replace(node, code=codes[node.lineage])
    if node.code in taken:
        # Its code went to another competency, so it is in the file under no name at all.
        return replace(node, code=str(uuid.uuid4()))
    return node


def _with_facts(node: Node, known: Mapping[str, Node]) -> Node:
    was = known.get(node.key)
    return replace(node, case=was.case) if was and was.case else node
