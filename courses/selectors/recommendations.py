"""From a gap to what would close it: programmes, best first, with the next session of each."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from accounts.actors import Actor
from accounts.models import Person
from common.dates import london_midnight
from courses.models import Outcome, Programme, Session
from courses.selectors.entitlements import entitled_programme_ids
from courses.selectors.sessions import next_sessions
from pathways.selectors.gap import Gap, GapRow, GapState

MOST_LEVELS_ABOVE = 1


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A programme and the requirements it brings the person nearer to.

    ``is_entitled``: the person's own role asks for it, so that nobody has to approve it.
    """

    programme: Programme
    closes: tuple[GapRow, ...]
    is_entitled: bool
    next_session: Session | None


def recommended_programmes(
    *, gap: Gap, actor: Actor, on: date, limit: int = 6, person: Person | None = None
) -> list[Recommendation]:
    """Return at most ``limit`` programmes for ``gap``, in at most five statements.

    ``person`` is whose gap it is; the actor, when they are a person and nobody else is named.
    Programmes the role asks for come first, then those that close more of what was shown to be
    below the level, then those pitched nearest to the level asked for, then those that would show
    more of what nobody has seen yet. A programme pitched more than one level above what the role
    asks is for somebody further on, and is left out.
    """
    closes, pitched_above = _closes(gap, actor=actor, on=on)
    whose = person or (actor if isinstance(actor, Person) else None)
    entitled = entitled_programme_ids(person_id=whose.pk, on=on) if whose else frozenset()

    def order(programme: Programme) -> tuple[bool, int, int, int, str, int]:
        rows, above = closes[programme], pitched_above[programme]
        below = sum(row.state is GapState.BELOW for row in rows)
        is_not_asked = programme.pk not in entitled
        return (is_not_asked, -below, above, -len(rows), programme.title, programme.pk)

    best = sorted(closes, key=order)[:limit]
    upcoming = next_sessions(
        [programme.pk for programme in best], actor=whose or actor, on=on, now=london_midnight(on)
    )
    return [
        Recommendation(
            programme=programme,
            closes=tuple(closes[programme]),
            is_entitled=programme.pk in entitled,
            next_session=upcoming.get(programme.pk),
        )
        for programme in best
    ]


def brings_nearer(row: GapRow, *, rank: int) -> bool:
    """Whether an outcome of ``rank`` is more than is held, and not too far above what is asked."""
    return rank > (row.held or 0) and rank - row.required <= MOST_LEVELS_ABOVE


def _closes(
    gap: Gap, *, actor: Actor, on: date
) -> tuple[dict[Programme, list[GapRow]], Counter[Programme]]:
    """Programmes with the rows of ``gap`` they bring more of than is held, and by how many levels
    in all they go beyond what the role asks there."""
    wanted = {row.competency_id: row for row in (*gap.open_rows, *gap.not_shown_rows)}
    outcomes = (
        Outcome.objects.filter(
            competency_id__in=wanted, programme__in=Programme.objects.visible_to(actor, on=on)
        )
        .select_related("programme")
        .order_by("programme_id", "competency_id")
    )
    closes: dict[Programme, list[GapRow]] = {}
    pitched_above: Counter[Programme] = Counter()
    for outcome in outcomes:
        row = wanted[outcome.competency_id]
        if brings_nearer(row, rank=outcome.rank):
            closes.setdefault(outcome.programme, []).append(row)
            pitched_above[outcome.programme] += max(0, outcome.rank - row.required)
    return closes, pitched_above
