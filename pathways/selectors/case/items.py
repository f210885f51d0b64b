"""Domains, competencies and indicators as items of a package."""

from collections.abc import Mapping
from typing import Any

from django.utils.text import Truncator

from pathways.models import FrameworkVersion
from pathways.selectors.case.vocabulary import (
    GROUP_OF_COMPETENCIES,
    ITEM_TYPES,
    ITEM_TYPES_OF_OURS,
    ITEMS,
    TYPE_OF_KIND,
    ItemType,
    Json,
    is_as_said,
    last_change,
    link,
    uri_of,
)
from pathways.selectors.trees import COMPETENCY, INDICATOR, Node

LONGEST_TITLE = 200
LANGUAGE = "en"


def words_of(said: Mapping[str, Any]) -> tuple[str, str]:
    """Title and text of what a package says of an item. A statement that is too long for a title
    is told in the text, below its short form."""
    statement, notes = str(said["fullStatement"]).strip(), str(said.get("notes", "")).strip()
    if len(statement) <= LONGEST_TITLE:
        return statement, notes
    short = str(said.get("abbreviatedStatement", "")).strip() or statement
    text = f"{statement}\n\n{notes}" if notes else statement
    return Truncator(short).chars(LONGEST_TITLE), text


def item_of(node: Node, version: FrameworkVersion) -> Json:
    """``node`` as the item of a package: as it was said where it came from a package, but for what
    has changed since."""
    said: Json | None = node.case.get("item")
    if said is None:
        return _item_of_ours(node, version)
    changed = _changed(node, said)
    item = {name: value for name, value in {**said, **changed}.items() if value != ""}
    if not is_as_said(said, node.identifier):
        item |= {"identifier": node.identifier, "uri": uri_of(ITEMS, node.identifier)}
    elif not changed:
        return dict(said)
    return item | {"lastChangeDateTime": last_change(version)}


def statement_of(node: Node) -> str:
    """What the item says, whole."""
    said: Json | None = node.case.get("item")
    if said is not None and _words(node) == words_of(said):
        return str(said["fullStatement"])
    return node.text if node.kind == INDICATOR else node.title


def item_type_of(node: Node) -> ItemType:
    is_group = node.kind == COMPETENCY and not node.is_assessable
    return ITEM_TYPES_OF_OURS[GROUP_OF_COMPETENCIES if is_group else TYPE_OF_KIND[node.kind]]


def has_other_type(node: Node, said: Mapping[str, Any]) -> bool:
    """Whether a competency is asked about that its package calls a group, or the other way round.
    Other types are only words: an item stands where the tree has it."""
    named = said.get("CFItemType")
    is_told = node.kind == COMPETENCY and named in {"Competency", GROUP_OF_COMPETENCIES}
    return is_told and named != item_type_of(node).title


def _item_of_ours(node: Node, version: FrameworkVersion) -> Json:
    kind = item_type_of(node)
    item = {
        "identifier": node.identifier,
        "uri": uri_of(ITEMS, node.identifier),
        "fullStatement": statement_of(node),
        "CFItemType": kind.title,
        "CFItemTypeURI": link(ITEM_TYPES, kind.identifier, kind.title),
        "humanCodingScheme": node.code,
        "listEnumeration": str(node.position),
        "notes": "" if node.kind == INDICATOR else node.text,
        "language": LANGUAGE,
        "lastChangeDateTime": last_change(version),
    }
    return {name: value for name, value in item.items() if value}


def _changed(node: Node, said: Mapping[str, Any]) -> Json:
    """The members that no longer say what the row says."""
    changed: Json = {}
    title, text = _words(node)
    if (title, text) != words_of(said):
        changed |= {"fullStatement": title, "notes": text}
    if node.code != node.case.get("code", said.get("humanCodingScheme", "")):
        changed["humanCodingScheme"] = node.code
    kind = item_type_of(node)
    if has_other_type(node, said):
        changed["CFItemType"] = kind.title
        changed["CFItemTypeURI"] = link(ITEM_TYPES, kind.identifier, kind.title)
    return changed


def _words(node: Node) -> tuple[str, str]:
    return (node.text, "") if node.kind == INDICATOR else (node.title, node.text)
