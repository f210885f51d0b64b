"""How far mandatory training has come in organisations and their units, in one pass.

What may be told is decided by the house's rule (``common.suppression``) for each organisation and
subject by itself: ten people at least, and every number rounded to the nearest five. What is hidden
is in no sum.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.actors import Actor, SystemJob
from accounts.models import Organisation, StaffGroup, Unit
from accounts.scope import lifted
from accounts.visibility import standing
from common.dates import london_midnight
from common.suppression import rounded, suppressed
from courses.models import Subject
from courses.policies.compliance import TOLD_OF_TRAINING, may_see_training_figures
from courses.selectors.compliance_sql import OF_ORGANISATIONS

# Of the rows that are read only counts leave this module, once it is known whom they are for.
COUNTER = SystemJob("courses.count_training", organisation_ids=None)


class GroupBy(StrEnum):
    ORGANISATION = "ORGANISATION"
    UNIT = "UNIT"
    STAFF_GROUP = "STAFF_GROUP"


@dataclass(frozen=True, slots=True)
class TrainingFigure:
    """Of ``people`` asked, how many are in each state. Rounded numbers need not add up."""

    people: int = 0
    compliant: int = 0
    due: int = 0
    expired: int = 0
    never: int = 0

    def __add__(self, other: "TrainingFigure") -> "TrainingFigure":
        return TrainingFigure(
            self.people + other.people,
            self.compliant + other.compliant,
            self.due + other.due,
            self.expired + other.expired,
            self.never + other.never,
        )

    def as_told(self) -> "TrainingFigure":
        return TrainingFigure(
            rounded(self.people),
            rounded(self.compliant),
            rounded(self.due),
            rounded(self.expired),
            rounded(self.never),
        )

    @property
    def met(self) -> int:
        """Training counts on the day, whether or not it ends soon."""
        return self.compliant + self.due

    @property
    def share(self) -> int:
        """In whole percent of those asked."""
        asked = self.met + self.expired + self.never
        return round(100 * self.met / asked) if asked else 0

    @property
    def step(self) -> int:
        """How dark to paint it: 1 where least is missing, to 5."""
        return min(1 + (100 - self.share) // 10, 5)


@dataclass(frozen=True, slots=True)
class FigureGroup:
    """``figures`` stand in the order of the subjects; None where nobody is asked or too few."""

    name: str
    figures: tuple[TrainingFigure | None, ...]
    total: TrainingFigure | None


@dataclass(frozen=True, slots=True)
class TrainingFigures:
    """``totals`` are of all groups that are told; ``is_cut``: something was too small to tell."""

    on: date
    subjects: tuple[Subject, ...]
    groups: tuple[FigureGroup, ...]
    totals: tuple[TrainingFigure | None, ...]
    total: TrainingFigure | None
    is_cut: bool


_KEYS = {
    GroupBy.ORGANISATION: "states.organisation_id::text",
    GroupBy.UNIT: "coalesce(home.unit_id, 0)::text",
    GroupBy.STAFF_GROUP: "home.staff_group",
}
# A person counts once in each organisation, with the post they have held longest there; and once
# in a subject, with the level in which they are furthest behind.
_FIGURES = """, home AS MATERIALIZED (
    SELECT DISTINCT ON (person_id, organisation_id)
           person_id, organisation_id, unit_id, staff_group
      FROM jobs ORDER BY person_id, organisation_id, starts_on, id
), worst AS (
    SELECT person_id, organisation_id, subject_id,
           min(array_position(ARRAY['NEVER', 'EXPIRED', 'DUE', 'COMPLIANT'], state)) AS place
      FROM states WHERE state <> 'EXEMPT' GROUP BY 1, 2, 3
)
SELECT states.organisation_id, {key}, states.subject_id, count(*),
       count(*) FILTER (WHERE place = 4), count(*) FILTER (WHERE place = 3),
       count(*) FILTER (WHERE place = 2), count(*) FILTER (WHERE place = 1)
  FROM worst states
  JOIN home ON home.person_id = states.person_id
   AND home.organisation_id = states.organisation_id
 GROUP BY 1, 2, 3
"""
# (key of the group, subject's id) -> the figure of all organisations that tell one.
Cells = Mapping[tuple[str, int], TrainingFigure]


def organisations_counted(*, actor: Actor, on: date) -> QuerySet[Organisation] | None:
    """The organisations whose training ``actor`` is told of, by name; None for whoever is told
    of none."""
    place = standing(actor, on=on)
    if not may_see_training_figures(place.roles):
        return None
    told = place.covered_by(*TOLD_OF_TRAINING)
    return Organisation.objects.filter(told.within("pk")).order_by("name", "pk")


def training_figures(
    *, organisation_ids: Iterable[int], group_by: GroupBy, on: date
) -> TrainingFigures:
    """Everybody of ``organisation_ids`` against what is asked of them on ``on``; three statements
    at any size. The caller has judged who may be told."""
    with lifted(COUNTER):
        found = _read(OF_ORGANISATIONS + _FIGURES.format(key=_KEYS[group_by]), organisation_ids, on)
        cells, is_cut = _told(found)
        names = _names(group_by, {key for key, _subject in cells})
        wanted = {subject for _key, subject in cells}
        subjects = tuple(Subject.objects.filter(pk__in=wanted).order_by("title", "pk"))
    return _laid_out(cells, names, subjects, is_cut=is_cut, on=on)


def _read(statement: str, organisation_ids: Iterable[int], on: date) -> list[Any]:
    until = london_midnight(on + timedelta(days=1))
    given: dict[str, Any] = {
        "organisations": sorted(organisation_ids),
        "on": on,
        "until": until,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.fetchall()


def _told(found: Iterable[Sequence[Any]]) -> tuple[Cells, bool]:
    """What may be told of (organisation, group, subject, people, …), and whether anything may
    not."""
    rows = list(found)
    counts: dict[tuple[int, int], dict[str, int]] = defaultdict(dict)
    for organisation, key, subject, people, *_states in rows:
        counts[organisation, subject][key] = people
    shown = {
        (organisation, key, subject)
        for (organisation, subject), groups in counts.items()
        for key, count in suppressed(groups).cells.items()
        if count is not None
    }
    cells: dict[tuple[str, int], TrainingFigure] = defaultdict(TrainingFigure)
    for organisation, key, subject, *figures in rows:
        if (organisation, key, subject) in shown:
            cells[key, subject] += TrainingFigure(*figures)
    return dict(cells), len(shown) < len(rows)


def _laid_out(
    cells: Cells,
    names: Mapping[str, str],
    subjects: tuple[Subject, ...],
    *,
    is_cut: bool,
    on: date,
) -> TrainingFigures:
    keys = sorted(names, key=lambda key: (names[key], key))
    columns = [[cells[key, one.pk] for key in keys if (key, one.pk) in cells] for one in subjects]
    return TrainingFigures(
        on=on,
        subjects=subjects,
        groups=tuple(_group(key, names[key], cells, subjects) for key in keys),
        totals=tuple(_sum(column) for column in columns),
        total=_sum([figure for column in columns for figure in column]),
        is_cut=is_cut,
    )


def _group(key: str, name: str, cells: Cells, subjects: Iterable[Subject]) -> FigureGroup:
    found = [cells.get((key, one.pk)) for one in subjects]
    return FigureGroup(
        name=name,
        figures=tuple(one and one.as_told() for one in found),
        total=_sum([one for one in found if one]),
    )


def _sum(figures: Sequence[TrainingFigure]) -> TrainingFigure | None:
    return sum(figures, TrainingFigure()).as_told() if figures else None


def _names(group_by: GroupBy, keys: Iterable[str]) -> dict[str, str]:
    wanted = list(keys)
    if group_by is GroupBy.STAFF_GROUP:
        return {key: str(StaffGroup(key).label) for key in wanted}
    model = Organisation if group_by is GroupBy.ORGANISATION else Unit
    found = model._default_manager.filter(pk__in=map(int, wanted))  # noqa: SLF001 (documented)
    names = {str(pk): name for pk, name in found.values_list("pk", "name")}
    return {key: names.get(key, _("No unit named")) for key in wanted}
