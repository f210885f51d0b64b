"""What is kept of a file between its check and its use: small, plain and read back exactly."""

from collections.abc import Mapping
from dataclasses import fields
from operator import attrgetter
from typing import Any

from pathways.models import FrameworkImport, ImportFormat
from pathways.selectors.trees import Node, Tree
from pathways.selectors.workbooks.problems import Problem
from pathways.selectors.workbooks.records import Record

# In these the rows of a table are kept; in others the tree itself, as ``Tree.to_json`` says it.
OF_ROWS = (ImportFormat.CSV, ImportFormat.XLSX, ImportFormat.STARTER)
_NAMES = tuple(field.name for field in fields(Node))
_values = attrgetter(*_NAMES)


def rows_kept(records: tuple[Record, ...], shape: tuple[Problem, ...]) -> dict[str, Any]:
    """The rows as they were read, and what was worth a look about the file as a whole."""
    return {
        "rows": [[record.row, dict(record.texts)] for record in records],
        "shape": [[problem.message, problem.row, problem.kind] for problem in shape],
    }


def rows_of(imported: FrameworkImport) -> tuple[list[Record], list[Problem]]:
    content: Mapping[str, Any] = imported.content
    records = [Record(row, texts) for row, texts in content.get("rows", ())]
    shape = [Problem(message, row, kind=kind) for message, row, kind in content.get("shape", ())]
    return records, shape


def packed(tree: Tree) -> dict[str, Any]:
    """``tree`` without repeating the names of its fields, which would be most of it."""
    return {"fields": list(_NAMES), "nodes": [_values(node) for node in tree.nodes]}


def unpacked(kept: Mapping[str, Any]) -> Tree:
    names = kept["fields"]
    return Tree(tuple(Node(**dict(zip(names, values, strict=True))) for values in kept["nodes"]))
