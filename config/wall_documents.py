"""Writes docs/data/walls.md from what every app declares of its tables."""

from collections.abc import Iterable

from accounts.walls import (
    WALLS,
    AnyOf,
    Concerning,
    Kind,
    Member,
    Open,
    Organisation,
    Own,
    Parent,
    Wall,
)

_INTRODUCTION = """# Data: which wall each table has

Made by `manage.py document_walls` from the `walls.py` of every app; `make check` says when it is
out of date. A row is shown to a transaction whose scope fits one of the conditions, and can be
added or changed only so that it fits. `accounts/scope.py` opens scopes;
[ADR 12](../adr/0012-two-roles-and-walls-in-the-database.md) says why there are walls.

A scope says **who** asks, **whom** they manage or stand in for (and themselves), the
**organisations** where they belong or hold a role, the organisations whose **shared** rows are
theirs to see (those and the ones above), and for work of the system that it is **everywhere**.
Without a scope no row is there.
"""


def page() -> str:
    return "\n".join(
        [
            _INTRODUCTION,
            "## With a wall\n",
            "| table | a row is there for |",
            "|---|---|",
            *_lines(
                (name, _wall(wall, name)) for name, wall in WALLS.items() if isinstance(wall, Wall)
            ),
            "",
            "## Without one\n",
            "| table | why none is needed |",
            "|---|---|",
            *_lines((name, wall.reason) for name, wall in WALLS.items() if isinstance(wall, Open)),
            "",
        ]
    )


def _lines(told: Iterable[tuple[str, str]]) -> list[str]:
    return [f"| `{table}` | {words} |" for table, words in sorted(told)]


def _wall(wall: Wall, table: str) -> str:
    owner = "; functions and views of the owner read all of it" if wall.seen_by_owner else ""
    return _words(wall.kind, table) + owner


def _words(kind: Kind, table: str) -> str:
    match kind:
        case Organisation(column, is_shared, or_national):
            words = f"the organisation in `{column}`" + (", shared" if is_shared else "")
            words += "; everybody where there is none" if or_national else ""
        case Own(columns):
            words = "the person in " + " or ".join(f"`{column}`" for column in columns)
        case Concerning(column):
            words = f"the person in `{column}`, their managers and who stands in for those"
        case Member(column):
            words = f"the person in `{column}`, their managers and who stands in for those; "
            words += "wherever a place of the person is seen"
        case Parent(column, whole):
            words = f"whoever is shown the row of `{whole}` in `{column}`"
        case AnyOf(kinds):
            words = "; ".join(_words(one, table) for one in kinds)
        case _:
            words = f"`{kind.condition(table)}`"
    return words
