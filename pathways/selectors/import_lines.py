"""What applying an import changes, in the words of the table that authors fill in."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from pathways.models import LineKind
from pathways.selectors.diff import ADD, CHANGE, MOVE, RETIRE, Change, compare
from pathways.selectors.trees import COMPETENCY, DESCRIPTOR, DOMAIN, INDICATOR, Node, Tree
from pathways.selectors.workbooks import columns

_COLUMNS = {
    (DOMAIN, "code"): columns.DOMAIN_CODE,
    (DOMAIN, "title"): columns.DOMAIN_TITLE,
    (DOMAIN, "text"): columns.DOMAIN_SUMMARY,
    (COMPETENCY, "code"): columns.COMPETENCY_CODE,
    (COMPETENCY, "title"): columns.TITLE,
    (COMPETENCY, "text"): columns.SUMMARY,
    (COMPETENCY, "scale_code"): columns.SCALE,
    (COMPETENCY, "is_assessable"): columns.ASKED,
    (COMPETENCY, "parent"): columns.PARENT_CODE,
}
_KINDS = {
    ADD: LineKind.ADD,
    CHANGE: LineKind.CHANGE,
    MOVE: LineKind.MOVE,
    RETIRE: LineKind.RETIRE,
}
_ABOUT = 300
# Finds the row of a domain or competency; there is none for what came in no table.
Rows = Callable[[Node], int | None]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that changes: what it is about, in which column, and both texts."""

    kind: LineKind
    row: int | None
    about: str
    field: str = ""
    before: str = ""
    after: str = ""


def lines_of(before: Tree, after: Tree, *, row_of: Rows) -> list[Line]:
    """Everything that makes ``after`` of ``before``, each thing once, in the order of ``after``.

    What stands below a competency is told as cells of its row: a description, or its indicators.
    What goes or comes with a competency as a whole is not told again.
    """
    story = _Story(before.by_key(), after.by_key(), _lines(before), _lines(after), row_of)
    return list(story.told(compare(before, after).entries))


def _lines(tree: Tree) -> dict[str, str]:
    """The indicators of each descriptor as one text, by its key."""
    found: dict[str, list[str]] = {}
    for node in tree.ordered().nodes:
        if node.kind == INDICATOR:
            found.setdefault(node.parent, []).append(node.text)
    return {key: "\n".join(texts) for key, texts in found.items()}


@dataclass(slots=True)
class _Story:
    old: Mapping[str, Node]
    new: Mapping[str, Node]
    old_lines: Mapping[str, str]
    new_lines: Mapping[str, str]
    row_of: Rows

    def told(self, entries: tuple[Change, ...]) -> Iterator[Line]:
        cells: set[tuple[str, str]] = set()
        for change in entries:
            if change.node.kind in (DOMAIN, COMPETENCY):
                yield self._whole(change)
                continue
            cell = self._cell(change)
            if cell is not None and (cell.about, cell.field) not in cells:
                cells.add((cell.about, cell.field))
                yield cell

    def _whole(self, change: Change) -> Line:
        node = change.node
        row = self.row_of(node) if change.after else None
        kind, about = _KINDS[change.action], name_of(node)
        if change.action in (ADD, RETIRE):
            return Line(kind, row, about)
        if change.field == "parent":
            was, now = self._name(self.old, change.was), self._name(self.new, change.now)
        elif change.field == "is_assessable":
            was, now = _yes_or_no(change.was), _yes_or_no(change.now)
        else:
            was, now = change.was, change.now
        return Line(
            kind, row, about, _COLUMNS.get((node.kind, change.field), change.field), was, now
        )

    def _cell(self, change: Change) -> Line | None:
        """The cell of a description or of indicators, if its competency stays."""
        descriptors = [self._descriptor(change.before, self.old)]
        descriptors += [self._descriptor(change.after, self.new)]
        found = descriptors[1] or descriptors[0]
        if found is None or found.parent not in self.old or found.parent not in self.new:
            return None
        was, now = self.old.get(found.key), self.new.get(found.key)
        if change.node.kind == DESCRIPTOR:
            texts = was.text if was else "", now.text if now else ""
            part = columns.DESCRIPTION
        else:
            texts = self.old_lines.get(found.key, ""), self.new_lines.get(found.key, "")
            part = columns.INDICATORS
        competency = self.new[found.parent]
        field = columns.level_field(found.level_rank, part)
        return Line(LineKind.CHANGE, self.row_of(competency), name_of(competency), field, *texts)

    def _descriptor(self, node: Node | None, tree: Mapping[str, Node]) -> Node | None:
        return node if node is None or node.kind == DESCRIPTOR else tree.get(node.parent)

    def _name(self, tree: Mapping[str, Node], key: str) -> str:
        node = tree.get(key)
        return name_of(node) if node else ""


def _yes_or_no(said: str) -> str:
    return _("Yes") if said == "true" else _("No")


def name_of(node: Node) -> str:
    """A domain or a competency as people call it."""
    return Truncator(f"{node.code} {node.title}").chars(_ABOUT)
