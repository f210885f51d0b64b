"""Where each open row of a gap can be closed: contributors say, with reasons that add up.

A contributor is asked once for all rows, and answers in a constant number of statements. Upper
floors register theirs in ``AppConfig.ready()``.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from accounts.actors import Actor
from accounts.models import Person
from pathways.selectors.gap import Gap, GapRow

MOST_PER_ROW = 5


class SignpostKind(StrEnum):
    COURSE = "COURSE"
    RESOURCE = "RESOURCE"
    COACH = "COACH"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is signposted, in words, and the points this is worth."""

    words: str
    points: int


@dataclass(frozen=True, slots=True)
class Signpost:
    """One thing that helps with one competency. ``href`` may lead away from here."""

    kind: SignpostKind
    key: str
    competency_id: int
    title: str
    href: str
    note: str
    reasons: tuple[Reason, ...]

    @property
    def score(self) -> int:
        return sum(reason.points for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a contributor is asked: ``gap`` of ``person``, for ``actor`` who reads it.

    ``rows`` are those to be closed, by competency.
    """

    person: Person
    actor: Actor
    gap: Gap
    rows: Mapping[int, GapRow]
    on: date


@dataclass(frozen=True, slots=True)
class SignpostedRow:
    """A row of the gap with the best that was found for it, best first."""

    row: GapRow
    signposts: tuple[Signpost, ...]


Contributor = Callable[[Asked], Iterable[Signpost]]
_CONTRIBUTORS: dict[str, Contributor] = {}


def register_signposts(name: str, contributor: Contributor) -> None:
    """Let ``contributor`` say what closes a gap."""
    if name in _CONTRIBUTORS:
        raise ValueError(f"{name} contributes signposts already.")
    _CONTRIBUTORS[name] = contributor


def signposts_of(
    *, gap: Gap, person: Person, actor: Actor, on: date, limit: int = MOST_PER_ROW
) -> tuple[SignpostedRow, ...]:
    """The rows of ``gap`` that are below or not shown, each with at most ``limit`` signposts.

    Open rows come first, as the gap orders them. Equal scores are told apart by title, so that
    the same question always has the same answer.
    """
    wanted = (*gap.open_rows, *gap.not_shown_rows)
    if not wanted:
        return ()
    asked = Asked(person, actor, gap, {row.competency_id: row for row in wanted}, on)
    found: dict[int, list[Signpost]] = {row.competency_id: [] for row in wanted}
    for contributor in _CONTRIBUTORS.values():
        for signpost in contributor(asked):
            found[signpost.competency_id].append(signpost)
    return tuple(SignpostedRow(row, _best(found[row.competency_id], limit)) for row in wanted)


def _best(signposts: list[Signpost], limit: int) -> tuple[Signpost, ...]:
    ordered = sorted(signposts, key=lambda one: (-one.score, one.title, one.key))
    return tuple(ordered[:limit])
