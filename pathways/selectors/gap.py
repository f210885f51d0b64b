"""The gap between what a role asks for and what a person has shown, read once for every use.

Pages, the API, plans and recommendations all read the same object, so none can disagree.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby
from statistics import fmean
from typing import Any, cast

from django.db import connection
from django.db.models import QuerySet

from pathways.models import AttainmentSource, RoleProfile
from pathways.selectors.counting import counting_attainments, held_by_one
from pathways.selectors.lights import Light, light_of


class GapState(StrEnum):
    MET = "MET"
    BELOW = "BELOW"
    NOT_SHOWN = "NOT_SHOWN"


@dataclass(frozen=True, slots=True)
class GapRow:
    """One requirement of the role beside the level that counts on the day, if there is one."""

    competency_id: int
    code: str
    title: str
    domain_code: str
    domain_title: str
    required: int
    required_label: str
    held: int | None
    held_label: str
    source: str
    attained_on: date | None
    is_essential: bool

    @property
    def state(self) -> GapState:
        if self.held is None:
            return GapState.NOT_SHOWN
        return GapState.MET if self.held >= self.required else GapState.BELOW

    @property
    def light(self) -> Light:
        return light_of(required=self.required, held=self.held, is_essential=self.is_essential)

    @property
    def missing(self) -> int:
        """How many levels there are to climb; nought where nothing was shown yet."""
        return 0 if self.held is None else max(self.required - self.held, 0)

    @property
    def source_label(self) -> str:
        return str(AttainmentSource(self.source).label) if self.source else ""


@dataclass(frozen=True, slots=True)
class DomainMean:
    """One domain of a gap: the mean level asked for, and the mean of the levels shown."""

    code: str
    title: str
    required: float
    held: float | None
    rows: tuple[GapRow, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """What ``role`` asks for and what one person has shown on ``on``, in the framework's order.

    ``top_rank`` is the highest rank of the edition's scale.
    """

    role: RoleProfile
    on: date
    rows: tuple[GapRow, ...]
    top_rank: int = 0

    @property
    def open_rows(self) -> tuple[GapRow, ...]:
        """Where less was shown than is asked for: essential first, then the longest way to go.

        What was never shown is not a gap (see ``not_shown_rows``): a blank says nothing about
        anybody.
        """
        below = [row for row in self.rows if row.state is GapState.BELOW]
        return tuple(sorted(below, key=lambda row: (not row.is_essential, -row.missing)))

    @property
    def not_shown_rows(self) -> tuple[GapRow, ...]:
        return tuple(row for row in self.rows if row.state is GapState.NOT_SHOWN)

    @property
    def met_count(self) -> int:
        return sum(row.state is GapState.MET for row in self.rows)

    @property
    def essential_rows(self) -> tuple[GapRow, ...]:
        """What is asked for from the first day, what is still to be shown or reached first."""
        essential = (row for row in self.rows if row.is_essential)
        return tuple(sorted(essential, key=lambda row: row.state is GapState.MET))

    def by_light(self) -> tuple[tuple[Light, int], ...]:
        """How many rows have each light, the most urgent first."""
        counted = Counter(row.light for row in self.rows)
        order = (Light.RED, Light.AMBER, Light.GREEN, Light.GREY)
        return tuple((light, counted[light]) for light in order)

    def domains(self) -> tuple[DomainMean, ...]:
        """Return the mean per domain, in order. A level that was not shown is left out of the
        mean of what is held, never counted as nought; with none shown that mean is None."""
        grouped = groupby(self.rows, key=lambda row: (row.domain_code, row.domain_title))
        return tuple(_domain_mean(code, title, tuple(rows)) for (code, title), rows in grouped)


def _domain_mean(code: str, title: str, rows: tuple[GapRow, ...]) -> DomainMean:
    shown = [row.held for row in rows if row.held is not None]
    required = fmean(row.required for row in rows)
    return DomainMean(code, title, required, fmean(shown) if shown else None, rows)


# A competency with a scale of its own takes the words of its levels from there.
_HELD = held_by_one(person="%(person)s", competency="competency.id", rule="framework.counting_rule")
_GAP = f"""
SELECT competency.id, competency.code, competency.title, domain.code, domain.title,
       requirement.rank, coalesce(asked.label, ''), held.rank, coalesce(reached.label, ''),
       coalesce(held.source, ''), held.attained_on, requirement.is_essential,
       (SELECT max(rank) FROM pathways_level WHERE scale_id = version.scale_id)
  FROM pathways_requirement requirement
  JOIN pathways_roleprofile role ON role.id = requirement.role_profile_id
  JOIN pathways_frameworkversion version ON version.id = role.version_id
  JOIN pathways_framework framework ON framework.id = version.framework_id
  JOIN pathways_competency competency ON competency.id = requirement.competency_id
  JOIN pathways_domain domain ON domain.id = competency.domain_id
  LEFT JOIN LATERAL ({_HELD}) held ON true
  LEFT JOIN pathways_level asked
    ON asked.scale_id = coalesce(competency.scale_id, version.scale_id)
   AND asked.rank = requirement.rank
  LEFT JOIN pathways_level reached
    ON reached.scale_id = coalesce(competency.scale_id, version.scale_id)
   AND reached.rank = held.rank
 WHERE requirement.role_profile_id = %(role)s
 ORDER BY domain.position, competency.position, competency.id
"""  # noqa: S608 - one fragment, of the module that says what counts


def gap_analysis(*, person_id: int, role_profile: RoleProfile, on: date) -> Gap:
    """Return the gap of one person to one role on ``on``, in one statement.

    What counts of several attainments is the rule of the framework; see ``counting``.
    """
    with connection.cursor() as cursor:
        cursor.execute(_GAP, {"person": person_id, "role": role_profile.pk, "on": on})
        found = cursor.fetchall()
    rows = tuple(GapRow(*line[:-1]) for line in found)
    return Gap(role_profile, on, rows, top_rank=found[0][-1] or 0 if found else 0)


def levels_held(
    *, person_ids: Iterable[int] | QuerySet[Any, Any], on: date
) -> dict[int, dict[int, int]]:
    """Return person -> competency -> the rank that counts on ``on``, in one statement.

    People who have shown nothing are left out. ``person_ids`` may be a queryset of people or of
    their ids, which then is not read here but becomes a part of the statement.
    """
    counted = counting_attainments(person_ids=person_ids, on=on)
    latest = counted.values_list("person_id", "competency_id", "rank")
    held: dict[int, dict[int, int]] = {}
    for person_id, competency_id, rank in latest:
        held.setdefault(person_id, {})[competency_id] = cast("int", rank)
    return held
