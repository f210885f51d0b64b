"""A person's gap as its page shows it: against which role, since when, and what a step adds."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from accounts.models import Person
from common.dates import add_months
from pathways.models import PathwayStep, RoleProfile
from pathways.selectors.gap import Gap, GapRow, GapState, gap_analysis
from pathways.selectors.held_roles import started_in_role
from pathways.selectors.roles import aspired_role, current_role
from pathways.selectors.step_adds import asked_before, asked_by_role

MONTHS_AS_A_NEW_STARTER = 6


class Change(NamedTuple):
    """A competency whose level that counts is another one than it was."""

    before: GapRow
    now: GapRow

    @property
    def is_closed(self) -> bool:
        return self.now.state is GapState.MET and self.before.state is not GapState.MET

    @property
    def is_opened(self) -> bool:
        return self.now.state is GapState.BELOW and self.before.state is not GapState.BELOW


@dataclass(frozen=True, slots=True)
class Trend:
    """What one gap became since a day, against the same role."""

    since: date
    met_before: int
    met_now: int
    changes: tuple[Change, ...]


class Addition(NamedTuple):
    """A requirement that a step adds to those of the role before, raises, or measures by another
    scale: from which level."""

    row: GapRow
    before: int | None
    before_label: str


@dataclass(frozen=True, slots=True)
class Promotion:
    """From the role a person has to the one they work towards. ``step`` only where one leads
    there directly."""

    current: RoleProfile
    step: PathwayStep | None
    additions: tuple[Addition, ...]


@dataclass(frozen=True, slots=True)
class GapPage:
    """``on`` is the day shown. ``started_on`` only while the person is new in ``role``."""

    person: Person
    on: date
    current: RoleProfile | None
    aspired: RoleProfile | None
    role: RoleProfile | None
    gap: Gap | None = None
    trend: Trend | None = None
    started_on: date | None = None
    promotion: Promotion | None = None


def gap_page(
    *, person: Person, on: date, role: RoleProfile | None = None, since: date | None = None
) -> GapPage:
    """The gap of ``person`` on ``on`` to ``role``: by default the one they worked towards on that
    day, else the one they held; at most seven statements."""
    current = current_role(person_id=person.pk, on=on)
    aspired = aspired_role(person_id=person.pk, on=on)
    measured = role or aspired or current
    if measured is None:
        return GapPage(person, on, current, aspired, None)
    gap = gap_analysis(person_id=person.pk, role_profile=measured, on=on)
    is_held = measured == current
    return GapPage(
        person,
        on,
        current,
        aspired,
        measured,
        gap=gap,
        trend=trend_of(gap, person_id=person.pk, since=since) if since else None,
        started_on=new_starter_since(person_id=person.pk, role=measured, on=on)
        if is_held
        else None,
        promotion=promotion_to(gap, current=current) if current and not is_held else None,
    )


def trend_of(gap: Gap, *, person_id: int, since: date) -> Trend:
    """What became of ``gap`` since ``since``; one more statement."""
    earlier = gap_analysis(person_id=person_id, role_profile=gap.role, on=since)
    before = {row.competency_id: row for row in earlier.rows}
    pairs = (Change(before[row.competency_id], row) for row in gap.rows)
    changes = tuple(pair for pair in pairs if pair.before.held != pair.now.held)
    return Trend(since, earlier.met_count, gap.met_count, changes)


def new_starter_since(*, person_id: int, role: RoleProfile, on: date) -> date | None:
    """The day a person began in a post that follows ``role``, if that is under six months ago."""
    began = started_in_role(person_id=person_id, role=role, on=on)
    is_new = began is not None and add_months(began, MONTHS_AS_A_NEW_STARTER) > on
    return began if is_new else None


def promotion_to(gap: Gap, *, current: RoleProfile) -> Promotion:
    """What the role of ``gap`` asks for beyond ``current``, in two statements.

    Competencies are told apart as for a step (``step_adds``), so that roles of two editions can be
    compared.
    """
    asked = asked_by_role([current.pk, gap.role.pk])
    held, wanted = asked.get(current.pk, {}), asked.get(gap.role.pk, {})
    lineages = {one.competency_id: lineage for lineage, one in wanted.items()}
    step = PathwayStep.objects.filter(from_role=current, to_role=gap.role).first()
    beyond = []
    for row in gap.rows:
        lineage = lineages[row.competency_id]
        before = asked_before(lineage, wanted[lineage], held)
        if wanted[lineage].is_beyond(before):
            rank, label = (before.rank, before.level) if before else (None, "")
            beyond.append(Addition(row, rank, label))
    return Promotion(current, step, tuple(beyond))
