"""How far the managers of organisations are from what their roles ask for, in one pass.

Nobody is to be recognised in it. A group of fewer than ``FEWEST`` people is not shown; where those
not shown are fewer than that together, the smallest that is left goes with them, or they could be
worked out from the group above. A figure that fewer are asked about is not shown either, and is
in no sum. That holds within one view: whoever lays views by different dimensions, of different
organisations or days beside each other may still work out a difference between them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.actors import Actor, SystemJob
from accounts.models import Band, Organisation, StaffGroup
from accounts.scope import lifted
from accounts.visibility import standing
from pathways.policies.gaps import TOLD_OF_ORGANISATIONS, may_see_organisation_gaps
from pathways.selectors.counting import held_by_many
from pathways.selectors.held_roles import roles_followed

FEWEST = 10
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
    """Of ``people`` asked: how many requirements are met, below and not shown."""

    people: int
    met: int
    below: int
    not_shown: int

    @property
    def is_hidden(self) -> bool:
        return self.people < FEWEST

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
    """``hidden_groups`` and ``hidden_people``: what was left out because it is too few."""

    columns: tuple[Column, ...]
    groups: tuple[Group, ...]
    hidden_groups: int
    hidden_people: int

    @property
    def people(self) -> int:
        return self.hidden_people + sum(group.people for group in self.groups)


_NAMES = {
    Dimension.ORGANISATION: (
        "follows.organisation_id::text",
        "(SELECT name FROM accounts_organisation WHERE id = min(follows.organisation_id))",
    ),
    Dimension.UNIT: (
        "coalesce(post.unit_id, 0)::text",
        "(SELECT name FROM accounts_unit WHERE id = min(post.unit_id))",
    ),
    Dimension.STAFF_GROUP: ("post.staff_group", "NULL"),
    Dimension.BAND: ("post.band", "NULL"),
    Dimension.ROLE: (
        "follows.role_id::text",
        "(SELECT title FROM pathways_roleprofile WHERE id = min(follows.role_id))",
    ),
}
# A person in two organisations counts in each, and once in each.
_FOLLOWS = roles_followed(
    people="job.organisation_id = ANY(%(organisations)s)", by="organisation_id"
)
_COUNTED = held_by_many(people="shown.person_id IN (SELECT person_id FROM follows)")
_FIGURES = f"""
WITH follows AS MATERIALIZED ({_FOLLOWS}),
counted AS MATERIALIZED ({_COUNTED})
SELECT {{key}}, requirement.competency_id, count(*),
       count(*) FILTER (WHERE counted.rank >= requirement.rank),
       count(*) FILTER (WHERE counted.rank < requirement.rank),
       count(*) FILTER (WHERE counted.rank IS NULL)
  FROM follows
  JOIN accounts_post post ON post.id = follows.post_id
  JOIN pathways_requirement requirement ON requirement.role_profile_id = follows.role_id
  LEFT JOIN counted ON counted.person_id = follows.person_id
   AND counted.competency_id = requirement.competency_id
 GROUP BY 1, 2
"""  # noqa: S608 - fragments of this floor
_PEOPLE = f"""
WITH follows AS MATERIALIZED ({_FOLLOWS})
SELECT {{key}}, {{name}}, count(DISTINCT follows.person_id)
  FROM follows JOIN accounts_post post ON post.id = follows.post_id
 GROUP BY 1
"""  # noqa: S608 - fragments of this floor
_TITLES = """
SELECT competency.id, competency.code, competency.title, domain.id, domain.code, domain.title
  FROM pathways_competency competency
  JOIN pathways_domain domain ON domain.id = competency.domain_id
 WHERE competency.id = ANY(%(competencies)s)
 ORDER BY domain.version_id, domain.position, competency.position, competency.id
"""
Title = tuple[int, str, str, int, str, str]
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


def organisation_gap(
    *,
    organisation_ids: Iterable[int],
    dimension: Dimension,
    on: date,
    domain_id: int | None = None,
) -> OrganisationGap:
    """Everybody of ``organisation_ids`` against the role they held on ``on``, by ``dimension``.

    The columns are domains, or the competencies of one. Three statements at any size; the caller
    has judged who may be told.
    """
    key, name = _NAMES[dimension]
    parameters: dict[str, Any] = {"organisations": sorted(organisation_ids), "on": on}
    with lifted(COUNTER), connection.cursor() as cursor:
        cursor.execute(_PEOPLE.format(key=key, name=name), parameters)
        groups = [(row[0], _named(dimension, row[0], row[1]), row[2]) for row in cursor.fetchall()]
        cursor.execute(_FIGURES.format(key=key), parameters)
        cells = {(row[0], row[1]): Figure(*row[2:]) for row in cursor.fetchall()}
        asked = sorted({competency for _key, competency in cells})
        cursor.execute(_TITLES, {"competencies": asked})
        titles = cursor.fetchall()
    shown = _enough(groups)
    columns = _columns(titles, domain_id)
    return OrganisationGap(
        columns=tuple(column for column, _members in columns),
        groups=tuple(
            Group(name, people, tuple(_figure(cells, key, members) for _c, members in columns))
            for key, name, people in sorted(shown, key=lambda one: _place(dimension, one))
        ),
        hidden_groups=len(groups) - len(shown),
        hidden_people=sum(row[2] for row in groups) - sum(row[2] for row in shown),
    )


def _named(dimension: Dimension, key: str, name: str | None) -> str:
    if dimension is Dimension.STAFF_GROUP:
        return str(StaffGroup(key).label)
    if dimension is Dimension.BAND:
        return str(Band(key).label) if key else _("No band")
    return name or _("No unit named")


def _place(dimension: Dimension, group: tuple[str, str, int]) -> tuple[int, str, str]:
    """Bands from the lowest up; everything else by name."""
    rank = Band.values.index(group[0]) if dimension is Dimension.BAND and group[0] else 0
    return (rank, group[1], group[0])


def _enough(groups: Sequence[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
    """The groups that are large enough, so that those left out cannot be worked out either."""
    by_size = sorted(groups, key=lambda one: (one[2], one[0]))
    small = sum(people < FEWEST for _key, _name, people in by_size)
    hidden = sum(people for _key, _name, people in by_size[:small])
    while small and hidden < FEWEST and small < len(by_size):
        hidden += by_size[small][2]
        small += 1
    return by_size[small:]


def _columns(titles: Sequence[Title], domain_id: int | None) -> list[tuple[Column, list[int]]]:
    """Each column with the competencies that it sums up."""
    if domain_id is not None:
        return [(Column(row[0], row[1], row[2]), [row[0]]) for row in titles if row[3] == domain_id]
    return [
        (Column(*domain), [row[0] for row in rows])
        for domain, rows in groupby(titles, key=lambda row: row[3:])
    ]


def _figure(cells: Cells, key: str, competencies: Iterable[int]) -> Figure | None:
    """The sum of several cells. Of its people as many are counted as any one of them has, which is
    never too many. Hidden cells are left out, or the sum less those shown would tell them; where
    all are hidden, the sum is too."""
    cells_found = list(_found(cells, key, competencies))
    if not cells_found:
        return None
    found = [one for one in cells_found if not one.is_hidden] or cells_found
    return Figure(
        people=max(one.people for one in found),
        met=sum(one.met for one in found),
        below=sum(one.below for one in found),
        not_shown=sum(one.not_shown for one in found),
    )


def _found(cells: Cells, key: str, competencies: Iterable[int]) -> Iterator[Figure]:
    for competency in competencies:
        if (key, competency) in cells:
            yield cells[key, competency]
