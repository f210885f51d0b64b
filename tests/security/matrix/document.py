"""Writes docs/access-matrix.md from the rules: python -m tests.security.matrix.document"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
KEPT = ROOT / "docs/access-matrix.md"
COMMAND = "python -m tests.security.matrix.document"

_INTRODUCTION = """# The access matrix

Who sees and who may do what, at every address there is. Written from the rules in
`tests/security/matrix/` by `{command}`; do not change it by hand.
`make test` sends every one of these requests, as everybody, for the rows of everybody, and fails
when an answer differs, when a refused request changes a row, or when an answer shows somebody's
text to who may not read it.

**To add an address**, add its rule to `tests/security/matrix/rules_<app>.py`: who *sees* the row
(everybody else gets 404, as if it were not there), who *may* do it (who sees and may not gets 403),
whom it is *never* for. `make test ARGS=tests/security/matrix` says what is missing.

{people} people and {programs} programs, {relations} relations, {operations} operations.
"""


def write() -> str:
    from tests.security.matrix.actors import PEOPLE, PROGRAMS  # noqa: PLC0415 (needs Django)
    from tests.security.matrix.every_rule import DOORS, RULES  # noqa: PLC0415
    from tests.security.matrix.town import RELATIONS  # noqa: PLC0415

    operations = sum(len(rule.methods) for rule in RULES.values())
    introduction = _INTRODUCTION.format(
        command=COMMAND,
        people=len(PEOPLE),
        programs=len(PROGRAMS),
        relations=len(RELATIONS) + 2,
        operations=operations,
    )
    parts = [introduction, *_actors((*PEOPLE, *PROGRAMS)), *_relations(RELATIONS)]
    parts += [*_rules(RULES.values()), *_reach(RULES.values(), PEOPLE), *_doors(DOORS.values())]
    return "\n".join(parts) + "\n"


def _table(*heads: str) -> Iterator[str]:
    yield "| " + " | ".join(heads) + " |"
    yield "|" + "---|" * len(heads)


def _actors(actors: Iterable) -> Iterator[str]:
    yield "## Who asks\n"
    yield "The same person with one thing changed at a time: every role meets every relation.\n"
    yield from _table("Actor", "Is")
    yield from (f"| `{actor.name}` | {actor.says} |" for actor in actors)


def _relations(relations: Mapping) -> Iterator[str]:
    yield "\n## Whose rows are asked for\n"
    yield from _table("Whose", "What the actor is to them")
    for name, (_manager, ties) in relations.items():
        yield f"| {name} | {_words(ties) or 'nothing any more'} |"
    yield "| neighbour | nothing: another trust below the same board |"
    yield "| stranger | nothing: an organisation of another system |"


def _rules(rules: Iterable) -> Iterator[str]:
    yield "\n## Rules\n"
    yield from _table("Address", "Method", "Row", "Seen by", "Done by", "Never by")
    for rule in sorted(rules, key=lambda rule: rule.address):
        for method, access in rule.methods.items():
            scope = f" (programs: `{access.scope}`)" if access.scope else ""
            may = "whoever sees it" if access.may is None else _words(access.may) or "nobody here"
            cells = [
                f"`{rule.address}`",
                method.upper(),
                f"{rule.row} of {'a person' if rule.of == 'person' else 'an organisation'}"
                if rule.row
                else "",
                _words(access.sees) + scope,
                may,
                _words(access.never | access.hides),
            ]
            yield "| " + " | ".join(cells) + " |"


def _reach(rules: Iterable, actors: Iterable) -> Iterator[str]:
    """For how many of the rows each actor is let through: what a role opens, at one glance."""
    from tests.security.matrix.rules import expected  # noqa: PLC0415

    known = [actor for actor in actors if actor.is_known]
    yield "\n## How far each actor reaches\n"
    yield "For how many of the people (or organisations) whose rows are asked for it is done.\n"
    yield from _table("Address", "Method", *(actor.name.replace("_", " ") for actor in known))
    for rule in sorted(rules, key=lambda rule: rule.address):
        for method in rule.methods:
            counts = [
                sum(expected(rule, method, place).is_done for place in _places(rule, actor))
                for actor in known
            ]
            cells = " | ".join(str(count) if count else "·" for count in counts)
            yield f"| `{rule.address}` | {method.upper()} | {cells} |"


def _places(rule, actor) -> Iterator:
    """The places of a rule in a town that nobody has built: names and ties are enough here."""
    from tests.security.matrix.rules import Place  # noqa: PLC0415
    from tests.security.matrix.town import RELATIONS, House, Target, whereabouts  # noqa: PLC0415

    houses = {name: House(name, None, {}) for name in ("ours", "neighbour", "stranger")}
    if rule.of != "person":
        names = houses if rule.of == "organisation" else ["ours"]
        yield from (Place(None, actor, houses[name]) for name in names)
        return
    ties = {name: ties for name, (_manager, ties) in RELATIONS.items()}
    for name in (*RELATIONS, "neighbour", "stranger"):
        house = houses.get(name, houses["ours"])
        is_managed = name != "alone"
        if rule.row in _APPRAISED and not is_managed:
            continue
        known = Target(name, None, house, ties.get(name, frozenset()), **whereabouts(name))
        yield Place(None, actor, house, known)


_APPRAISED = {"drafting", "agreed", "objective", "left_behind"}


def _doors(doors: Iterable) -> Iterator[str]:
    yield "\n## Doors\n"
    yield "Open before anybody is known, or about nobody's row.\n"
    yield from _table("Address", "Why", "Somebody unknown", "Somebody signed in")
    for door in sorted(doors, key=lambda door: door.address):
        answers = (
            ", ".join(f"{method.upper()} {status}" for method, status in side.items())
            for side in (door.unknown, door.known)
        )
        yield f"| `{door.address}` | {door.why} | {' | '.join(answers)} |"


def _words(ties: Iterable[str]) -> str:
    return ", ".join(sorted(str(tie).replace("_", " ") for tie in ties))


if __name__ == "__main__":
    import os

    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    KEPT.write_text(write())
