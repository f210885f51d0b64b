"""Who in a team is missing what: people by competencies, read set-based at any size."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from accounts.actors import Actor
from accounts.models import Person, ReportingLine
from accounts.selectors.relations import Relation
from accounts.visibility import tied_to
from pathways.models import Domain, FrameworkVersion, RoleProfile
from pathways.selectors.counting import held_by_many
from pathways.selectors.gap_team_people import Who, aiming_elsewhere, new_starters
from pathways.selectors.held_roles import Measure, roles_measured
from pathways.selectors.lights import Light, light_sql

# Whoever stands in for a line manager sees the team there, as on the page of the team.
TEAM_TIES = ("LINE_MANAGER", "DELEGATE")
MISSING = (Light.RED, Light.AMBER)


class Sort(StrEnum):
    NAME = "NAME"
    MISSING = "MISSING"


@dataclass(frozen=True, slots=True)
class TeamQuestion:
    """What is asked of a team. ``competency_id`` keeps those who are below in it."""

    on: date
    who: Who = Who.EVERYBODY
    measure: Measure = Measure.HELD
    role_id: int | None = None
    domain_id: int | None = None
    competency_id: int | None = None
    is_essential_only: bool = False
    sort: Sort = Sort.NAME

    def parameters(self, people: Sequence[int]) -> dict[str, Any]:
        return {
            "people": list(people),
            "on": self.on,
            "role": self.role_id,
            "domain": self.domain_id,
            "competency": self.competency_id,
            "essential": self.is_essential_only,
        }


@dataclass(frozen=True, slots=True)
class Counts:
    """How many requirements have each light."""

    red: int = 0
    amber: int = 0
    green: int = 0
    grey: int = 0

    @property
    def missing(self) -> int:
        return self.red + self.amber

    @property
    def asked(self) -> int:
        return self.missing + self.green + self.grey


@dataclass(frozen=True, slots=True)
class Column:
    """A competency that somebody's role asks for, and how many people have each light in it."""

    competency_id: int
    code: str
    title: str
    domain_code: str
    domain_title: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class Cell:
    """What one person's role asks for in one competency, and what they have shown."""

    competency_id: int
    required_label: str
    held_label: str
    is_essential: bool
    light: Light


@dataclass(frozen=True, slots=True)
class Member:
    """``role_title`` is empty where there is no role to measure by. ``began`` is known where those
    new in their role are asked about."""

    person: Person
    role_id: int | None
    role_title: str
    counts: Counts
    cells: Mapping[int, Cell] = field(default_factory=dict)
    began: date | None = None


@dataclass(frozen=True, slots=True)
class TeamGap:
    """``person_ids`` in the order asked for; ``counts`` and ``began`` by person. Cells are read
    page by page."""

    question: TeamQuestion
    columns: tuple[Column, ...]
    person_ids: tuple[int, ...]
    counts: Mapping[int, Counts]
    began: Mapping[int, date] = field(default_factory=dict)

    @property
    def by_missing(self) -> tuple[Column, ...]:
        """The competencies in which somebody is below, most people first."""
        below = (column for column in self.columns if column.counts.missing)
        return tuple(sorted(below, key=lambda one: (-one.counts.missing, -one.counts.red)))


def team_people(*, actor: Person, on: date) -> QuerySet[Person]:
    """Whom ``actor`` line-manages or stands in for on ``on``, by name."""
    return Person.objects.filter(tied_to(actor, on=on, field="pk", ties=TEAM_TIES)).order_by(
        "family_name", "given_name", "pk"
    )


def people_line_managed(*, manager: Person, actor: Actor, on: date) -> QuerySet[Person]:
    """Those of the team of ``manager`` on ``on`` whom ``actor`` may see, by name."""
    lines = ReportingLine.objects.on(on).filter(manager=manager, kind=Relation.LINE_MANAGER)
    seen = Person.objects.visible_to(actor, on=on).filter(pk__in=lines.values("person_id"))
    return seen.order_by("family_name", "given_name", "pk")


def domains_asked_about(*, actor: Actor, on: date) -> QuerySet[Domain]:
    """The domains of the editions that roles ``actor`` may see are written in."""
    versions = FrameworkVersion.objects.visible_to(actor, on=on)
    domains = Domain.objects.filter(version__in=versions.filter(role_profiles__isnull=False))
    return domains.order_by("version_id", "position")


# ``%(role)s`` and the like are NULL where nothing is asked for, and then hold for everybody.
_CELLS = """
WITH follows AS MATERIALIZED ({follows}),
counted AS MATERIALIZED ({counted}),
cells AS (
    SELECT follows.person_id, follows.role_id, requirement.competency_id, requirement.rank,
           requirement.is_essential, counted.rank AS held, {light} AS light
      FROM follows
      JOIN pathways_requirement requirement ON requirement.role_profile_id = follows.role_id
      JOIN pathways_competency competency ON competency.id = requirement.competency_id
      LEFT JOIN counted ON counted.person_id = follows.person_id
       AND counted.competency_id = requirement.competency_id
     WHERE (%(role)s::bigint IS NULL OR follows.role_id = %(role)s)
       AND (%(domain)s::bigint IS NULL OR competency.domain_id = %(domain)s)
       AND (NOT %(essential)s OR requirement.is_essential)
)
"""
_LIGHTS = ", ".join(
    f"count(*) FILTER (WHERE light = '{light}')"
    for light in (Light.RED, Light.AMBER, Light.GREEN, Light.GREY)
)
_SUMS = f"""
SELECT person_id, competency_id, {_LIGHTS},
       bool_or(competency_id = %(competency)s AND light IN ('RED', 'AMBER'))
  FROM cells GROUP BY GROUPING SETS ((person_id), (competency_id))
"""  # noqa: S608 - the lights of this module
_WORDS = """
SELECT follows.person_id, follows.role_id, cells.competency_id, coalesce(asked.label, ''),
       coalesce(reached.label, ''), cells.is_essential, cells.light
  FROM follows
  LEFT JOIN cells ON cells.person_id = follows.person_id
  LEFT JOIN pathways_competency competency ON competency.id = cells.competency_id
  LEFT JOIN pathways_frameworkversion version ON version.id = competency.version_id
  LEFT JOIN pathways_level asked
    ON asked.scale_id = coalesce(competency.scale_id, version.scale_id) AND asked.rank = cells.rank
  LEFT JOIN pathways_level reached
    ON reached.scale_id = coalesce(competency.scale_id, version.scale_id)
   AND reached.rank = cells.held
"""
_TITLES = """
SELECT competency.id, competency.code, competency.title, domain.code, domain.title
  FROM pathways_competency competency
  JOIN pathways_domain domain ON domain.id = competency.domain_id
 WHERE competency.id = ANY(%s)
 ORDER BY domain.version_id, domain.position, competency.position, competency.id
"""


def _cells_of(measure: Measure) -> str:
    return _CELLS.format(
        follows=roles_measured(measure),
        counted=held_by_many(people="shown.person_id = ANY(%(people)s)"),
        light=light_sql(held="counted.rank", requirement="requirement"),
    )


def team_gap(*, people: QuerySet[Person], question: TeamQuestion) -> TeamGap:
    """Count the gaps of ``people``, in their order; three statements however many they are, and
    one more where not everybody is asked about."""
    everybody = list(people.values_list("pk", flat=True))
    began: dict[int, date] = {}
    if question.who is Who.NEW:
        began = new_starters(people=everybody, on=question.on)
        everybody = [person for person in everybody if person in began]
    elif question.who is Who.AIMING:
        aiming = aiming_elsewhere(people=everybody, on=question.on)
        everybody = [person for person in everybody if person in aiming]
    with connection.cursor() as cursor:
        cursor.execute(_cells_of(question.measure) + _SUMS, question.parameters(everybody))
        found = cursor.fetchall()
    of_people = {row[0]: Counts(*row[2:6]) for row in found if row[0] is not None}
    of_competencies = {row[1]: Counts(*row[2:6]) for row in found if row[1] is not None}
    below = {row[0] for row in found if row[0] is not None and row[6]}
    return TeamGap(
        question,
        columns=_columns(of_competencies),
        person_ids=_in_order(everybody, of_people, below, question),
        counts=of_people,
        began=began,
    )


def _columns(counts: Mapping[int, Counts]) -> tuple[Column, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_TITLES, [list(counts)])
        found = cursor.fetchall()
    return tuple(
        Column(key, code, title, domain_code, domain_title, counts[key])
        for key, code, title, domain_code, domain_title in found
    )


def _in_order(
    everybody: list[int], counts: Mapping[int, Counts], below: set[int], question: TeamQuestion
) -> tuple[int, ...]:
    """Whoever is asked about: all, those who follow the role, or those below in a competency."""
    chosen = everybody
    if question.competency_id is not None:
        chosen = [person for person in everybody if person in below]
    elif question.role_id is not None:
        chosen = [person for person in everybody if person in counts]
    if question.sort is Sort.MISSING:
        nothing = Counts()
        # Stable, so that people with the same figures stay in the order of their names.
        chosen = sorted(chosen, key=lambda person: _urgency(counts.get(person, nothing)))
    return tuple(chosen)


def _urgency(counts: Counts) -> tuple[int, int]:
    return (-counts.missing, -counts.red)


def team_members(*, gap: TeamGap, person_ids: Sequence[int]) -> tuple[Member, ...]:
    """The people of one page of ``gap`` with their cells, in that order; three statements."""
    cells: dict[int, dict[int, Cell]] = {person_id: {} for person_id in person_ids}
    role_of: dict[int, int] = {}
    with connection.cursor() as cursor:
        statement = _cells_of(gap.question.measure) + _WORDS
        cursor.execute(statement, gap.question.parameters(person_ids))
        for person_id, role_id, *cell in cursor.fetchall():
            role_of[person_id] = role_id
            # Whose role asks for nothing of what the page is about has a row without a cell.
            if cell[0] is not None:
                cells[person_id][cell[0]] = Cell(*cell)
    people = Person.objects.in_bulk(list(person_ids))
    titles = dict(
        RoleProfile.objects.filter(pk__in=set(role_of.values())).values_list("pk", "title")
    )
    return tuple(
        Member(
            people[person_id],
            role_of.get(person_id),
            titles.get(role_of.get(person_id, 0), ""),
            gap.counts.get(person_id, Counts()),
            cells[person_id],
            gap.began.get(person_id),
        )
        for person_id in person_ids
    )
