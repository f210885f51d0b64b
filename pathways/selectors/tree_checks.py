"""What keeps a tree from being an edition, each as a sentence that names the codes."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from pathways.models import FrameworkVersion, Level
from pathways.selectors.codes import look_of
from pathways.selectors.trees import COMPETENCY, DESCRIPTOR, DOMAIN, INDICATOR, Node, Tree

# Scale's code -> its ranks, None for a level without one; the empty code is the edition's scale.
Ranks = Mapping[str, frozenset[int | None]]

MOST_LETTERS = {"code": 60, "title": 200}
MOST_LETTERS_OF_AN_INDICATOR = 1000
_MAY_HANG_BELOW = {
    DOMAIN: frozenset({""}),
    COMPETENCY: frozenset({DOMAIN, COMPETENCY}),
    DESCRIPTOR: frozenset({COMPETENCY}),
    INDICATOR: frozenset({DESCRIPTOR}),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """``key`` and ``field`` say where in the tree it is; ``code`` what it is, for programs."""

    code: str
    message: str
    key: str
    field: str = ""


def ranks_of_scales(version: FrameworkVersion) -> Ranks:
    """The ranks that descriptors of ``version`` may stand at, by scale, in one statement."""
    ranks: dict[str, set[int | None]] = defaultdict(set)
    for scale_id, code, rank in Level.objects.values_list("scale_id", "scale__code", "rank"):
        ranks[code].add(rank)
        if scale_id == version.scale_id:
            ranks[""].add(rank)
    return {code: frozenset(found) for code, found in ranks.items()}


def problems_of(tree: Tree, *, ranks: Ranks) -> list[Problem]:
    """Everything that keeps ``tree`` from being written; nothing means it can be."""
    nodes = tree.by_key()
    problems: list[Problem] = []
    for check in (_twice, _misplaced, _in_circles, _badly_worded):
        problems += check(tree, nodes)
    problems += _off_the_scale(tree, nodes, ranks)
    return problems


def name_of(node: Node, nodes: Mapping[str, Node]) -> str:
    """What people call the node: its code, or that of the competency it says something about."""
    for _step in (INDICATOR, DESCRIPTOR):
        if node.kind in (INDICATOR, DESCRIPTOR):
            node = nodes.get(node.parent, node)
    return node.code or Truncator(node.title or node.text).chars(60)


def _twice(tree: Tree, nodes: Mapping[str, Node]) -> Iterator[Problem]:
    kinds: dict[str, Callable[[Node], object]] = {
        DOMAIN: lambda node: look_of(node.code),
        COMPETENCY: lambda node: look_of(node.code),
        DESCRIPTOR: lambda node: (node.parent, node.level_rank),
    }
    keys: set[str] = set()
    seen: dict[tuple[str, object], Node] = {}
    for node in tree.nodes:
        if node.key in keys:
            yield _is_twice(node, nodes)
            continue
        keys.add(node.key)
        mark = kinds.get(node.kind)
        if mark is None or (node.kind != DESCRIPTOR and not look_of(node.code)):
            continue
        first = seen.setdefault((node.kind, mark(node)), node)
        if first is not node:
            yield _is_twice(node, nodes) if first.code == node.code else _looks_alike(node, first)


def _is_twice(node: Node, nodes: Mapping[str, Node]) -> Problem:
    sentences = {
        DOMAIN: _("There are two domains with the code %(code)s. Give one of them another code."),
        COMPETENCY: _(
            "There are two competencies with the code %(code)s. Give one of them another code."
        ),
        DESCRIPTOR: _("The competency %(code)s describes one level twice. Keep one description."),
        INDICATOR: _("An indicator of the competency %(code)s is there twice. Keep one."),
    }
    message = sentences[node.kind] % {"code": name_of(node, nodes)}
    return Problem(f"duplicate_{node.kind.lower()}", message, node.key, "code")


def _looks_alike(node: Node, first: Node) -> Problem:
    sentence = _("The codes %(first)s and %(code)s look the same. Give one of them another code.")
    told = {"first": first.code, "code": node.code}
    return Problem(f"duplicate_{node.kind.lower()}", sentence % told, node.key, "code")


def _misplaced(tree: Tree, nodes: Mapping[str, Node]) -> Iterator[Problem]:
    for node in tree.nodes:
        parent = nodes.get(node.parent)
        if node.parent and parent is None:
            sentence = _("%(code)s stands below something that is not there. Choose what it is in.")
            yield Problem(
                "unknown_parent", sentence % {"code": name_of(node, nodes)}, node.key, "parent"
            )
        elif (parent.kind if parent else "") not in _MAY_HANG_BELOW[node.kind]:
            sentence = _(
                "%(code)s cannot stand where it is. Competencies belong to a domain or to another "
                "competency, descriptions to a competency and indicators to a description."
            )
            yield Problem(
                "wrong_parent", sentence % {"code": name_of(node, nodes)}, node.key, "parent"
            )


def _in_circles(tree: Tree, nodes: Mapping[str, Node]) -> Iterator[Problem]:
    parents = {
        node.key: (node.parent,) for node in tree.nodes if node.kind == COMPETENCY and node.parent
    }
    circle = find_circle(parents)
    if circle:
        codes = [nodes[key].code for key in circle if key in nodes]
        yield Problem("cycle", circle_sentence(codes), circle[0], "parent")


def find_circle(parents: Mapping[str, Iterable[str]]) -> list[str]:
    """The first circle in "is a part of", from one key round to itself; empty without one.

    ``parents`` gives for each key those it is a part of, of which there may be several.
    """
    done: set[str] = set()
    for start in parents:
        circle = [] if start in done else _circle_from(start, parents, done)
        if circle:
            return circle
    return []


def _circle_from(start: str, parents: Mapping[str, Iterable[str]], done: set[str]) -> list[str]:
    """Walk up from ``start``, without recursion: a hierarchy may be as deep as it likes."""
    path: dict[str, None] = {start: None}
    waiting = [iter(parents.get(start, ()))]
    while waiting:
        following = next(waiting[-1], None)
        if following is None:
            waiting.pop()
            done.add(path.popitem()[0])
        elif following in path:
            keys = list(path)
            return [*keys[keys.index(following) :], following]
        elif following not in done:
            path[following] = None
            waiting.append(iter(parents.get(following, ())))
    return []


def circle_sentence(codes: Iterable[str]) -> str:
    sentence = _(
        "These competencies would be parts of themselves: %(codes)s. Move one of them elsewhere."
    )
    return sentence % {"codes": " → ".join(codes)}


def _badly_worded(tree: Tree, nodes: Mapping[str, Node]) -> Iterator[Problem]:
    for node in tree.nodes:
        needed = ("code", "title") if node.kind in (DOMAIN, COMPETENCY) else ("text",)
        for name in needed:
            text = getattr(node, name)
            if not (look_of(text) if name == "code" else text.strip()):
                yield _missing(node, nodes, name)
        for name, most in _limits(node):
            if len(getattr(node, name)) > most:
                yield _too_long(node, nodes, name, most)
        for name in ("code", "title", "text"):
            if "\x00" in getattr(node, name):
                sentence = _(
                    "%(code)s has a character in it that cannot be stored. Type the text again."
                )
                told = {"code": name_of(node, nodes).replace("\x00", "")}
                yield Problem("character", sentence % told, node.key, name)


def _limits(node: Node) -> Iterator[tuple[str, int]]:
    if node.kind in (DOMAIN, COMPETENCY):
        yield from MOST_LETTERS.items()
    elif node.kind == INDICATOR:
        yield "text", MOST_LETTERS_OF_AN_INDICATOR


def _missing(node: Node, nodes: Mapping[str, Node], name: str) -> Problem:
    sentences = {
        "code": _("“%(name)s” has no code. Enter one."),
        "title": _("%(name)s has no title. Enter one."),
        "text": _("A description or an indicator of %(name)s is empty. Enter what it says."),
    }
    message = sentences[name] % {"name": name_of(node, nodes)}
    return Problem(f"missing_{name}", message, node.key, name)


def _too_long(node: Node, nodes: Mapping[str, Node], name: str, most: int) -> Problem:
    sentences = {
        "code": _("The code %(name)s is longer than %(most)d characters. Shorten it."),
        "title": _("The title of %(name)s is longer than %(most)d characters. Shorten it."),
        "text": _("An indicator of %(name)s is longer than %(most)d characters. Shorten it."),
    }
    message = sentences[name] % {"name": name_of(node, nodes), "most": most}
    return Problem(f"long_{name}", message, node.key, name)


def _off_the_scale(tree: Tree, nodes: Mapping[str, Node], ranks: Ranks) -> Iterator[Problem]:
    for node in tree.nodes:
        if node.kind == COMPETENCY and node.scale_code not in ranks and node.scale_code:
            sentence = _(
                "The competency %(code)s is measured by a scale %(scale)s that is not there."
            )
            told = {"code": node.code, "scale": node.scale_code}
            yield Problem("unknown_scale", sentence % told, node.key, "scale_code")
        elif node.kind == DESCRIPTOR:
            above = nodes.get(node.parent)
            scale = above.scale_code if above else ""
            if scale in ranks and node.level_rank not in ranks[scale]:
                yield _level_off(node, nodes)


def _level_off(node: Node, nodes: Mapping[str, Node]) -> Problem:
    if node.level_rank is None:
        sentence = _("The scale of %(code)s has no level without a rank. Take its description out.")
    else:
        sentence = _("Level %(rank)s of %(code)s is not on its scale. Choose a level of the scale.")
    told = {"code": name_of(node, nodes), "rank": node.level_rank}
    return Problem("level_not_on_scale", sentence % told, node.key, "level_rank")
