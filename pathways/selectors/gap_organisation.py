"""How far the managers of organisations are from what their roles ask for, in one pass.

Nobody is to be recognised in it, nor worked out by laying one view beside another:

- What may be told is decided by the house's rule (``common.suppression``) for each organisation by
  itself, of everybody there and of those whom a competency is asked of: ten people at least,
  rounded to the nearest five. What is hidden is in no sum, so that all of one's organisations less
  one are what the others tell.
- Shares are shares of rounded numbers. What one view has beyond others is a range of several
  people, never one.
- Figures are of the first day of a month. What is recorded later about an earlier day does change
  them, within the rounding.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import Any, TypeVar

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.actors import Actor, SystemJob
from accounts.models import Band, Organisation, StaffGroup
from accounts.scope import lifted
from accounts.visibility import standing
from common.suppression import rounded, suppressed
from pathways.policies.gaps import TOLD_OF_ORGANISATIONS, may_see_organisation_gaps
from pathways.selectors.counting import held_by_many
from pathways.selectors.held_roles import roles_followed

# Of the rows that are read only counts leave this module, once it is known whom they are for.
COUNTER = SystemJob("count_gaps_of_organisations", organisation_ids=None)


class Dimension(StrEnum):
    ORGANISATION = "ORGANISATION"
    UNIT = "UNIT"
    STAFF_GROUP = "STAFF_GROUP"
    BAND = "BAND"
    ROLE = "ROLE"


@dataclass(frozen=True, slots=True)
class Figure:
    """Of ``people`` asked: how many requirements are met, below and not shown. Where it is hidden,
    it says nothing of anybody. Rounded numbers need not add up."""

    people: int
    met: int
    below: int
    not_shown: int
    is_hidden: bool = False

    def __add__(self, other: "Figure") -> "Figure":
        """The figure of two organisations together; what is hidden adds nothing."""
        if self.is_hidden or other.is_hidden:
            return other if self.is_hidden else self
        return Figure(
            self.people + other.people,
            self.met + other.met,
            self.below + other.below,
            self.not_shown + other.not_shown,
        )

    def as_told(self) -> "Figure":
        return Figure(
            rounded(self.people), rounded(self.met), rounded(self.below), rounded(self.not_shown)
        )

    @property
    def asked(self) -> int:
        return self.met + self.below + self.not_shown

    @property
    def met_share(self) -> int:
        """In whole percent, as the other shares."""
        return round(100 * self.met / self.asked)

    @property
    def below_share(self) -> int:
        return round(100 * self.below / self.asked)

    @property
    def not_shown_share(self) -> int:
        return round(100 * self.not_shown / self.asked)

    @property
    def step(self) -> int:
        """How dark to paint it: 1 where least is below, to 5."""
        return min(1 + self.below_share // 15, 5)


@dataclass(frozen=True, slots=True)
class Column:
    key: int
    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Group:
    """``figures`` stand in the order of the columns; None where nobody is asked."""

    name: str
    people: int
    figures: tuple[Figure | None, ...]


@dataclass(frozen=True, slots=True)
class OrganisationGap:
    """``on`` is the day that was counted. ``hidden_groups`` (those of each organisation) and
    ``hidden_people``: what was left out."""

    on: date
    columns: tuple[Column, ...]
    groups: tuple[Group, ...]
    hidden_groups: int
    hidden_people: int

    @property
    def people(self) -> int:
        return self.hidden_people + sum(group.people for group in self.groups)


HIDDEN = Figure(0, 0, 0, 0, is_hidden=True)
# The key of a group.
_KEYS = {
    Dimension.ORGANISATION: "follows.organisation_id::text",
    Dimension.UNIT: "coalesce(post.unit_id, 0)::text",
    Dimension.STAFF_GROUP: "post.staff_group",
    Dimension.BAND: "post.band",
    Dimension.ROLE: "follows.role_id::text",
}
_NAMES = {
    Dimension.ORGANISATION: "SELECT id::text, name FROM accounts_organisation",
    Dimension.UNIT: "SELECT id::text, name FROM accounts_unit",
    Dimension.ROLE: "SELECT id::text, title FROM pathways_roleprofile",
}
# A person in two organisations counts in each, and once in each.
_FOLLOWS = roles_followed(
    people="job.organisation_id = ANY(%(organisations)s)", by="organisation_id"
)
_COUNTED = held_by_many(people="shown.person_id IN (SELECT person_id FROM follows)")
_PEOPLE = f"""
WITH follows AS MATERIALIZED ({_FOLLOWS})
SELECT follows.organisation_id, {{key}}, count(*)
  FROM follows JOIN accounts_post post ON post.id = follows.post_id
 GROUP BY 1, 2
"""  # noqa: S608 - fragments of this floor
_FIGURES = f"""
WITH follows AS MATERIALIZED ({_FOLLOWS}),
counted AS MATERIALIZED ({_COUNTED})
SELECT follows.organisation_id, {{key}}, requirement.competency_id, count(*),
       count(*) FILTER (WHERE counted.rank >= requirement.rank),
       count(*) FILTER (WHERE counted.rank < requirement.rank),
       count(*) FILTER (WHERE counted.rank IS NULL)
  FROM follows
  JOIN accounts_post post ON post.id = follows.post_id
  JOIN pathways_requirement requirement ON requirement.role_profile_id = follows.role_id
  LEFT JOIN counted ON counted.person_id = follows.person_id
   AND counted.competency_id = requirement.competency_id
 GROUP BY 1, 2, 3
"""  # noqa: S608 - fragments of this floor
_TITLES = """
SELECT competency.id, competency.code, competency.title, domain.id, domain.code, domain.title
  FROM pathways_competency competency
  JOIN pathways_domain domain ON domain.id = competency.domain_id
 WHERE competency.id = ANY(%(competencies)s)
 ORDER BY domain.version_id, domain.position, competency.position, competency.id
"""
Title = tuple[int, str, str, int, str, str]
Place = TypeVar("Place", bound=Hashable)
# (key of the group, competency's id) -> the figure of all organisations that tell one.
Cells = Mapping[tuple[str, int], Figure]


def organisations_counted(*, actor: Actor, on: date) -> QuerySet[Organisation] | None:
    """The organisations whose gaps ``actor`` is told, by name; None for whoever is told none.

    A program is told those of its own organisation and those below.
    """
    place = standing(actor, on=on)
    if actor.actor_kind == "client":
        return Organisation.objects.filter(pk__in=place.organisation_ids).order_by("name", "pk")
    if not may_see_organisation_gaps(place.roles):
        return None
    told = place.covered_by(*TOLD_OF_ORGANISATIONS)
    return Organisation.objects.filter(told.within("pk")).order_by("name", "pk")


def day_counted(on: date) -> date:
    """The day whose figures are told on ``on``: the first of its month."""
    return on.replace(day=1)


def organisation_gap(
    *,
    organisation_ids: Iterable[int],
    dimension: Dimension,
    on: date,
    domain_id: int | None = None,
) -> OrganisationGap:
    """Everybody of ``organisation_ids`` against the role they held on ``day_counted(on)``, by
    ``dimension``.

    The columns are domains, or the competencies of one. Four statements at any size; the caller
    has judged who may be told.
    """
    day = day_counted(on)
    parameters: dict[str, Any] = {"organisations": sorted(organisation_ids), "on": day}
    with lifted(COUNTER):
        sizes = _read(_PEOPLE.format(key=_KEYS[dimension]), parameters)
        cells = _cells(dimension, parameters)
        titles = _read(_TITLES, {"competencies": sorted({key for _group, key in cells})})
        names = _names(dimension, {key for _organisation, key, _count in sizes})
    columns = _columns(titles, domain_id)
    told = _told(sizes)
    shown = [row for row in sizes if row[:2] in told]
    return OrganisationGap(
        on=day,
        columns=tuple(column for column, _members in columns),
        groups=_groups(dimension, shown, names, cells, [members for _column, members in columns]),
        hidden_groups=len(sizes) - len(shown),
        hidden_people=rounded(sum(row[-1] for row in sizes) - sum(row[-1] for row in shown)),
    )


def _read(statement: str, parameters: Mapping[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


def _told(sizes: Iterable[tuple[Place, str, int]]) -> set[tuple[Place, str]]:
    """The groups of each place that may be told, of (place, key of the group, how many people)."""
    counts: dict[Place, dict[str, int]] = defaultdict(dict)
    for place, key, count in sizes:
        counts[place][key] = count
    return {
        (place, key)
        for place, inside in counts.items()
        for key, shown in suppressed(inside).cells.items()
        if shown is not None
    }


def _cells(dimension: Dimension, parameters: Mapping[str, Any]) -> Cells:
    found = _read(_FIGURES.format(key=_KEYS[dimension]), parameters)
    told = _told(((row[0], row[2]), row[1], row[3]) for row in found)
    cells: dict[tuple[str, int], Figure] = {}
    for organisation, key, competency, *counts in found:
        figure = Figure(*counts) if ((organisation, competency), key) in told else HIDDEN
        cells[key, competency] = cells.get((key, competency), HIDDEN) + figure
    return cells


def _groups(
    dimension: Dimension,
    shown: Iterable[tuple[int, str, int]],
    names: Mapping[str, str],
    cells: Cells,
    columns: Sequence[Sequence[int]],
) -> tuple[Group, ...]:
    people: Counter[str] = Counter()
    for _organisation, key, count in shown:
        people[key] += count
    return tuple(
        Group(
            names[key], rounded(people[key]), tuple(_figure(cells, key, each) for each in columns)
        )
        for key in sorted(people, key=lambda key: _place(dimension, key, names[key]))
    )


def _names(dimension: Dimension, keys: Iterable[str]) -> dict[str, str]:
    if dimension is Dimension.STAFF_GROUP:
        return {key: str(StaffGroup(key).label) for key in keys}
    if dimension is Dimension.BAND:
        return {key: str(Band(key).label) if key else _("No band") for key in keys}
    ids = sorted(map(int, keys))
    found = _read(f"{_NAMES[dimension]} WHERE id = ANY(%(ids)s)", {"ids": ids})
    return {**dict.fromkeys(keys, _("No unit named")), **dict(found)}


def _place(dimension: Dimension, key: str, name: str) -> tuple[int, str, str]:
    """Bands from the lowest up; everything else by name."""
    rank = Band.values.index(key) if dimension is Dimension.BAND and key else 0
    return (rank, name, key)


def _columns(titles: Sequence[Title], domain_id: int | None) -> list[tuple[Column, list[int]]]:
    """Each column with the competencies that it sums up."""
    if domain_id is not None:
        return [(Column(row[0], row[1], row[2]), [row[0]]) for row in titles if row[3] == domain_id]
    return [
        (Column(*domain), [row[0] for row in rows])
        for domain, rows in groupby(titles, key=lambda row: row[3:])
    ]


def _figure(cells: Cells, key: str, competencies: Iterable[int]) -> Figure | None:
    """The sum of several cells, rounded. Of its people as many are counted as any one of them has,
    which is never too many. Hidden cells are left out; where all are hidden, the sum is too."""
    found = [cells[key, one] for one in competencies if (key, one) in cells]
    if not found:
        return None
    told = [one for one in found if not one.is_hidden]
    if not told:
        return HIDDEN
    return Figure(
        people=max(one.people for one in told),
        met=sum(one.met for one in told),
        below=sum(one.below for one in told),
        not_shown=sum(one.not_shown for one in told),
    ).as_told()
