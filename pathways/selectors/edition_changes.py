"""Two editions side by side: what came, changed, moved, was replaced and was left out."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.actors import Actor
from common.dates import LONDON
from pathways.models import Crosswalk, FrameworkVersion
from pathways.selectors.crosswalks import rules_of
from pathways.selectors.diff import ADD, CHANGE, MOVE, RETIRE, Change, compare
from pathways.selectors.tree_checks import name_of
from pathways.selectors.trees import DESCRIPTOR, INDICATOR, Node, Tree, read_tree
from pathways.selectors.words import Piece, word_changes

REPLACED = "REPLACED"
# In which order a node that changed in several ways is told of, the first one naming it.
STATES = (ADD, RETIRE, REPLACED, MOVE, CHANGE)
STATE_LABELS = {
    ADD: _lazy("Added"),
    CHANGE: _lazy("Changed"),
    MOVE: _lazy("Moved"),
    REPLACED: _lazy("Replaced"),
    RETIRE: _lazy("Left out"),
}
FIELD_LABELS = {
    "code": _lazy("Code"),
    "title": _lazy("Title"),
    "text": _lazy("Words"),
    "scale_code": _lazy("Own scale"),
    "level_rank": _lazy("Level"),
    "is_assessable": _lazy("Asked about"),
}
_WORDED = ("code", "title", "text")


@dataclass(frozen=True, slots=True)
class FieldShown:
    """One field of a node in both editions, word by word; empty where there is no such side."""

    name: str
    before: list[Piece]
    after: list[Piece]

    @property
    def label(self) -> str:
        return str(FIELD_LABELS[self.name])


@dataclass(frozen=True, slots=True)
class Line:
    """Everything that happened to one node. ``title`` is that of what ``name`` is the code of;
    ``heirs`` are the rules that say what it became."""

    state: str
    node: Node
    name: str
    level_rank: int | None
    changes: tuple[Change, ...]
    title: str = ""
    came_from: str = ""
    went_to: str = ""
    heirs: tuple[Crosswalk, ...] = ()

    @property
    def fields(self) -> list[FieldShown]:
        return list(self._fields())

    def _fields(self) -> Iterator[FieldShown]:
        if self.state == ADD:
            for name, text in _texts(self.node):
                yield FieldShown(name, *word_changes("", text))
        elif self.state in (RETIRE, REPLACED):
            for name, text in _texts(self.node):
                yield FieldShown(name, *word_changes(text, ""))
        else:
            for change in self.changes:
                if change.action == CHANGE and change.field != "case":
                    yield FieldShown(change.field, *word_changes(change.was, change.now))

    @property
    def label(self) -> str:
        return str(STATE_LABELS[self.state])

    @property
    def has_moved(self) -> bool:
        return any(change.action == MOVE for change in self.changes)


@dataclass(frozen=True, slots=True)
class EditionChanges:
    """What makes ``after`` of ``before``, node by node in the order of the later edition."""

    before: FrameworkVersion
    after: FrameworkVersion
    lines: tuple[Line, ...]

    def counts(self) -> dict[str, int]:
        found = Counter(line.state for line in self.lines)
        return {state: found[state] for state in STATES}

    def of(self, state: str) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.state == state) if state else self.lines


def other_editions(
    version: FrameworkVersion, *, actor: Actor, on: date
) -> QuerySet[FrameworkVersion]:
    """The editions of the same framework that ``actor`` may compare with, the newest first."""
    rows = FrameworkVersion.objects.visible_to(actor, on=on).select_related("framework")
    rows = rows.filter(framework_id=version.framework_id).exclude(pk=version.pk)
    return rows.order_by("-valid_from", "-pk")


def usual_other(
    version: FrameworkVersion, others: Iterable[FrameworkVersion]
) -> FrameworkVersion | None:
    """The edition that ``version`` is based on, else the one in use before it, else any."""
    editions = list(others)
    earlier = [one for one in editions if one.valid_from <= version.valid_from]
    for one in editions:
        if one.pk == version.based_on_id:
            return one
    return next(iter(earlier or editions), None)


def edition_on(
    framework_id: int, *, actor: Actor, on: date, today: date
) -> FrameworkVersion | None:
    """The edition of a framework that was in use on ``on``, as ``actor`` may see it today."""
    rows = FrameworkVersion.objects.visible_to(actor, on=today).in_public()
    in_use = rows.filter(framework_id=framework_id, valid_from__lte=on).exclude(valid_to__lt=on)
    # What was retired before it began was never in use, though it has to end on some day.
    retired_on = TruncDate("retired_at", tzinfo=LONDON)
    begun = in_use.annotate(retired_on=retired_on).filter(
        Q(retired_at__isnull=True) | Q(retired_on__gte=F("valid_from"))
    )
    return begun.select_related("framework").order_by("-valid_from", "-pk").first()


def edition_changes(before: FrameworkVersion, after: FrameworkVersion) -> EditionChanges:
    """Compare two editions; as many statements at any size."""
    old, new = read_tree(before), read_tree(after)
    heirs: dict[str, list[Crosswalk]] = defaultdict(list)
    for rule in rules_of(after):
        if rule.before.version_id == before.pk and rule.reason:
            heirs[str(rule.before.lineage)].append(rule)
    return EditionChanges(before, after, tuple(_lines(old, new, heirs)))


def _lines(old: Tree, new: Tree, heirs: dict[str, list[Crosswalk]]) -> Iterator[Line]:
    before, after = old.by_key(), new.by_key()
    by_node: dict[str, list[Change]] = {}
    for change in compare(old, new).entries:
        by_node.setdefault(change.node.key, []).append(change)
    for key, changes in by_node.items():
        node = changes[0].node
        rules = tuple(heirs.get(key, ()))
        nodes = after if key in after else before
        moved = next((one for one in changes if one.action == MOVE), None)
        yield Line(
            _state(changes, rules),
            node,
            name_of(node, nodes),
            _rank_of(node, nodes),
            tuple(changes),
            title=_title_of(node, nodes),
            came_from=_below(moved, before, "was"),
            went_to=_below(moved, after, "now"),
            heirs=rules,
        )


def _state(changes: list[Change], rules: tuple[Crosswalk, ...]) -> str:
    actions = {change.action for change in changes}
    if RETIRE in actions:
        return REPLACED if any(rule.after_id for rule in rules) else RETIRE
    return next(state for state in STATES if state in actions)


def _rank_of(node: Node, nodes: dict[str, Node]) -> int | None:
    if node.kind == INDICATOR:
        node = nodes.get(node.parent, node)
    return node.level_rank if node.kind == DESCRIPTOR else None


def _title_of(node: Node, nodes: dict[str, Node]) -> str:
    while node.kind in (INDICATOR, DESCRIPTOR) and node.parent in nodes:
        node = nodes[node.parent]
    return node.title if node.code else ""


def _below(moved: Change | None, nodes: dict[str, Node], side: str) -> str:
    if moved is None:
        return ""
    said = str(getattr(moved, side))
    if moved.field == "position":
        return _("place %(number)s") % {"number": said}
    return name_of(nodes[said], nodes) if said in nodes else ""


def _texts(node: Node) -> Iterator[tuple[str, str]]:
    for name in _WORDED:
        text = getattr(node, name)
        if text:
            yield name, text
