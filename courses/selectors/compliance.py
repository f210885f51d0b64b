"""What training is asked of people and how far it has come: one person, and a team."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models import Prefetch, QuerySet

from accounts.actors import Actor, SystemJob
from accounts.models import Assignment, Organisation, Person
from accounts.scope import lifted
from common.dates import london_midnight
from courses.models import (
    Programme,
    Session,
    Subject,
    SubjectExemption,
    SubjectLevel,
    SubjectRecord,
    SubjectTaught,
)
from courses.selectors import compliance_sql as sql
from courses.selectors.sessions import next_sessions

# Of the rows that are read only what concerns people whom the reader may see leaves this module.
# What is asked of them may be said by an organisation that the reader does not belong to.
READER = SystemJob("courses.read_training", organisation_ids=None)


class TrainingState(StrEnum):
    COMPLIANT = sql.COMPLIANT
    DUE = sql.DUE
    EXPIRED = sql.EXPIRED
    NEVER = sql.NEVER
    EXEMPT = sql.EXEMPT


NEEDED = (TrainingState.DUE, TrainingState.EXPIRED, TrainingState.NEVER)


@dataclass(frozen=True, slots=True)
class Asked:
    """One level that is asked of one person by one organisation, and how far it has come."""

    person_id: int
    organisation_id: int
    subject_id: int
    level_id: int
    completed_on: date | None
    expires_on: date | None
    state: TrainingState

    @property
    def is_needed(self) -> bool:
        return self.state in NEEDED


@dataclass(frozen=True, slots=True)
class TeamColumn:
    """A subject that is asked of somebody, and how many people are in each state."""

    subject: Subject
    counts: Mapping[str, int]

    @property
    def needed(self) -> int:
        return sum(self.counts.get(state, 0) for state in (sql.EXPIRED, sql.NEVER))


@dataclass(frozen=True, slots=True)
class TeamTraining:
    """``person_ids`` in the order asked for. Rows are read page by page."""

    columns: tuple[TeamColumn, ...]
    person_ids: tuple[int, ...]
    people: int


@dataclass(frozen=True, slots=True)
class TeamMember:
    """``cells`` by subject; where several levels are asked for, the one that is furthest behind."""

    person: Person
    cells: Mapping[int, Asked] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """One row of somebody's page: what is asked, what is held, and where it can be learned."""

    asked: Asked
    level: SubjectLevel
    organisation: Organisation
    programmes: tuple[Programme, ...] = ()
    next_session: Session | None = None
    exemption: SubjectExemption | None = None


_ROWS = "SELECT {columns} FROM states"
_COLUMNS = "person_id, organisation_id, subject_id, level_id, completed_on, expires_on, state"
# How pressing each state is: the worst of several decides.
_WORST = ("NEVER", "EXPIRED", "DUE", "COMPLIANT", "EXEMPT")
_OF_SUBJECT = """, worst AS (
    SELECT DISTINCT ON (person_id, subject_id) person_id, subject_id, state
      FROM states
     ORDER BY person_id, subject_id,
              array_position(ARRAY['NEVER', 'EXPIRED', 'DUE', 'COMPLIANT', 'EXEMPT'], state)
)
SELECT subject_id, state, count(*), NULL::bigint FROM worst GROUP BY 1, 2
UNION ALL
SELECT NULL, NULL, count(*) FILTER (WHERE state IN ('NEVER', 'EXPIRED', 'DUE')), person_id
  FROM worst WHERE %(subject)s::bigint IS NULL OR subject_id = %(subject)s GROUP BY person_id
"""


def asked_of(person_ids: Sequence[int], *, on: date) -> list[Asked]:
    """Everything that is asked of ``person_ids`` on ``on``, in one statement; the caller has judged
    that it may be told."""
    statement = sql.OF_PEOPLE + _ROWS.format(columns=_COLUMNS)
    with lifted(READER):
        found = _read(statement, people=list(person_ids), on=on)
    return [_asked(*row) for row in found]


def _asked(*row: Any) -> Asked:
    person_id, organisation_id, subject_id, level_id, completed_on, expires_on, state = row
    return Asked(
        person_id,
        organisation_id,
        subject_id,
        level_id,
        completed_on,
        expires_on,
        TrainingState(state),
    )


def training_of(person: Person, *, actor: Actor, on: date, now: datetime) -> tuple[SubjectRow, ...]:
    """What is asked of ``person``, the most pressing first, with what teaches it and the next
    session that ``actor`` could go to; eight statements however much is asked."""
    asked = asked_of([person.pk], on=on) if _is_within_walls(person) else []
    levels = _levels(row.level_id for row in asked)
    organisations = Organisation.objects.in_bulk({row.organisation_id for row in asked})
    taught = _taught_by(levels, actor=actor, on=on)
    programme_ids = {one.pk for programmes in taught.values() for one in programmes}
    upcoming = next_sessions(programme_ids, actor=actor, on=on, now=now) if programme_ids else {}
    free = _exemptions(person, actor=actor, on=on)
    rows = [
        SubjectRow(
            asked=row,
            level=levels[row.level_id],
            organisation=organisations[row.organisation_id],
            programmes=tuple(taught.get(row.level_id, ())),
            next_session=_first(taught.get(row.level_id, ()), upcoming),
            exemption=free.get((row.organisation_id, row.subject_id)),
        )
        for row in asked
    ]
    return tuple(sorted(rows, key=_urgency))


def _is_within_walls(person: Person) -> bool:
    """Row-level security shows the reader a job of ``person``: the reading that follows is lifted,
    and must open to nobody whom the walls keep out."""
    return Assignment.objects.filter(person=person).exists()


def records_of(person: Person, *, actor: Actor, on: date) -> QuerySet[SubjectRecord]:
    """What ``person`` was trained in, the latest first, struck out or not."""
    rows = SubjectRecord.objects.visible_to(actor, on=on).filter(person=person)
    return rows.select_related("level__subject").order_by("-completed_on", "-pk")


def team_training(
    *, person_ids: Sequence[int], on: date, subject_id: int | None = None, needed: bool = False
) -> TeamTraining:
    """Count what is asked of ``person_ids``, in their order; two statements at any size.

    With ``needed`` only those stay who have to do something, in ``subject_id`` if one is named.
    """
    with lifted(READER):
        found = _read(
            sql.OF_PEOPLE + _OF_SUBJECT, people=list(person_ids), on=on, subject=subject_id
        )
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    behind: dict[int, int] = {}
    for subject, state, count, person_id in found:
        if subject is None:
            behind[person_id] = count
        else:
            counts[subject][state] = count
    subjects = _subjects(counts)
    chosen = [pk for pk in person_ids if not needed or behind.get(pk)]
    return TeamTraining(
        columns=tuple(TeamColumn(one, counts[one.pk]) for one in subjects),
        person_ids=tuple(chosen),
        people=len(person_ids),
    )


def team_members(person_ids: Sequence[int], *, on: date) -> tuple[TeamMember, ...]:
    """The people of one page with a cell for each subject, in that order; two statements."""
    cells: dict[int, dict[int, Asked]] = defaultdict(dict)
    for row in sorted(asked_of(person_ids, on=on), key=lambda one: _WORST.index(one.state)):
        cells[row.person_id].setdefault(row.subject_id, row)
    people = Person.objects.in_bulk(list(person_ids))
    return tuple(TeamMember(people[pk], cells[pk]) for pk in person_ids)


def _read(statement: str, *, on: date, **parameters: Any) -> list[Any]:
    until = london_midnight(on + timedelta(days=1))
    with connection.cursor() as cursor:
        cursor.execute(statement, {"on": on, "until": until, **parameters})
        return cursor.fetchall()


def _levels(level_ids: Iterable[int]) -> dict[int, SubjectLevel]:
    with lifted(READER):
        return SubjectLevel.objects.select_related("subject").in_bulk(set(level_ids))


def _subjects(subject_ids: Iterable[int]) -> list[Subject]:
    with lifted(READER):
        return list(Subject.objects.filter(pk__in=list(subject_ids)).order_by("title", "pk"))


def _taught_by(
    level_ids: Iterable[int], *, actor: Actor, on: date
) -> Mapping[int, list[Programme]]:
    """Level -> the programmes in the catalogue of ``actor`` that teach it or a level above."""
    levels = SubjectLevel.objects.filter(pk__in=list(level_ids)).select_related("subject")
    taught = SubjectTaught.objects.select_related("programme", "offering__programme")
    levels = levels.prefetch_related(
        Prefetch("subject__levels__taught_by", queryset=taught.order_by("pk"))
    )
    listed = set(Programme.objects.visible_to(actor, on=on).values_list("pk", flat=True))
    found: dict[int, list[Programme]] = {}
    for level in levels:
        programmes: dict[int, Programme] = {}
        for other in level.subject.levels.all():
            if other.pk == level.pk or (level.subject.higher_counts and other.rank > level.rank):
                for row in other.taught_by.all():
                    programme = row.programme or (row.offering and row.offering.programme)
                    if programme and programme.pk in listed:
                        programmes[programme.pk] = programme
        found[level.pk] = sorted(programmes.values(), key=lambda one: (one.title, one.pk))
    return found


def _first(programmes: Iterable[Programme], upcoming: Mapping[int, Session]) -> Session | None:
    sessions = [upcoming[one.pk] for one in programmes if one.pk in upcoming]
    return min(sessions, key=lambda one: (one.starts_at, one.pk), default=None)


def _exemptions(
    person: Person, *, actor: Actor, on: date
) -> dict[tuple[int, int], SubjectExemption]:
    """Why something is not asked of ``person``, where ``actor`` may read it: another employer's
    reason is not the reader's to know."""
    rows = SubjectExemption.objects.visible_to(actor, on=on).on(on).filter(person=person)
    return {(row.organisation_id, row.subject_id): row for row in rows}


def _urgency(row: SubjectRow) -> tuple[int, date, str, int]:
    state = _WORST.index(row.asked.state)
    # What has ended is as pressing as what was never done; among them the older first.
    is_overdue = 0 if row.asked.state in (TrainingState.NEVER, TrainingState.EXPIRED) else state
    return (is_overdue, row.asked.expires_on or date.max, row.level.subject.title, row.level.pk)
