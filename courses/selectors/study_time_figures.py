"""What became of protected time in an organisation: by month, by unit and by reason, in one pass.

Nobody is to be recognised in it: a figure about fewer people than the house's rule allows
(``common.suppression``) is hidden, and so is the next smallest where the total would tell it. Hours
are rounded like people. Only whole months are counted, so that nobody's day shows from one day to
the next. A line manager sees their own team as it is, on another page.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.actors import Actor, SystemJob
from accounts.models import Organisation
from accounts.scope import lifted
from accounts.visibility import standing
from common.dates import add_months
from common.suppression import rounded, suppressed
from courses.models import COSTED_STATES, KEEPS_TIME_RULES, MoveReason
from courses.policies.study_time import may_see_time_of_organisations

# Of the rows that are read only counts leave this module, once it is known whom they are for.
COUNTER = SystemJob("courses.count_study_time", organisation_ids=None)
MONTHS = 12
_NEAREST_PENCE = 5_000

# Hours were due on the day they were planned for: then they were had, taken back, or nobody has
# said. What was owed and is had without another plan was due on the day it was had.
_FATES = """
WITH moves AS MATERIALIZED (
    SELECT person_id, minutes, source, source_on, target, target_on, reason
      FROM courses_studytimemove
     WHERE organisation_id = ANY(%(organisations)s)
       AND (target_on BETWEEN %(first)s AND %(last)s OR source_on BETWEEN %(first)s AND %(last)s)
), fates AS (
    SELECT person_id, target_on AS day, minutes AS had, 0 AS back, 0 AS unanswered, '' AS reason
      FROM moves WHERE target = 'DELIVERED'
    UNION ALL
    SELECT person_id, source_on, -minutes, 0, 0, '' FROM moves WHERE source = 'DELIVERED'
    UNION ALL
    SELECT person_id, source_on, 0, minutes, 0, reason FROM moves
     WHERE source = 'PLANNED' AND target = 'OWED'
    UNION ALL
    SELECT person_id, target_on, 0, 0, minutes, '' FROM moves WHERE target = 'PLANNED'
    UNION ALL
    SELECT person_id, source_on, 0, 0, -minutes, '' FROM moves WHERE source = 'PLANNED'
), units AS MATERIALIZED (
    SELECT DISTINCT ON (job.person_id) job.person_id, coalesce(post.unit_id, 0) AS unit_id
      FROM accounts_assignment job JOIN accounts_post post ON post.id = job.post_id
     WHERE job.organisation_id = ANY(%(organisations)s)
     ORDER BY job.person_id, job.starts_on DESC, job.id
), told AS (
    SELECT fates.*, coalesce(units.unit_id, 0) AS unit_id, date_trunc('month', day)::date AS month
      FROM fates LEFT JOIN units USING (person_id)
     WHERE day BETWEEN %(first)s AND %(last)s
)
SELECT unit_id, month, reason, count(DISTINCT person_id), sum(had), sum(back), sum(unanswered)
  FROM told
 GROUP BY GROUPING SETS ((unit_id, month), (unit_id), (month), (reason), ())
"""
_COSTS = """
SELECT coalesce(held.unit_id, 0), date_trunc('month', cover.on_day)::date, sum(cover.cost_pence)
  FROM courses_backfill cover
  LEFT JOIN LATERAL (
      SELECT post.unit_id
        FROM accounts_assignment job JOIN accounts_post post ON post.id = job.post_id
       WHERE job.person_id = cover.person_id AND job.organisation_id = cover.organisation_id
       ORDER BY job.starts_on DESC, job.id LIMIT 1
  ) held ON TRUE
 WHERE cover.organisation_id = ANY(%(organisations)s) AND cover.state = ANY(%(costed)s)
   AND cover.on_day BETWEEN %(first)s AND %(last)s
 GROUP BY 1, 2
"""
_UNITS = "SELECT id, name FROM accounts_unit WHERE id = ANY(%(units)s)"
Key = Any


@dataclass(frozen=True, slots=True)
class Minutes:
    """Of how many people, and what became of their time; minutes to the nearest five hours, pence
    to the nearest 50 pounds: to the penny, what is hidden could be worked out from a total."""

    people: int
    had: int
    taken_back: int
    unanswered: int
    cost_pence: int = 0

    @property
    def due(self) -> int:
        return self.had + self.taken_back + self.unanswered

    @property
    def had_share(self) -> int:
        """In whole percent of what was due."""
        return round(100 * self.had / self.due) if self.due else 0


@dataclass(frozen=True, slots=True)
class Row:
    """A unit, a month or a reason; ``figure`` None where it is hidden."""

    name: str
    key: Key
    figure: Minutes | None


@dataclass(frozen=True, slots=True)
class TimeFigures:
    """From ``first`` to ``last``, whole months. ``cells``: (unit, month) where both are told."""

    first: date
    last: date
    total: Minutes | None
    months: tuple[Row, ...]
    units: tuple[Row, ...]
    reasons: tuple[Row, ...]
    cells: Mapping[tuple[int, date], Minutes]

    @property
    def is_empty(self) -> bool:
        return self.total is None

    @property
    def told_units(self) -> tuple[Row, ...]:
        return tuple(row for row in self.units if row.figure)

    @property
    def hidden_units(self) -> int:
        return sum(row.figure is None for row in self.units)


def organisations_told(*, actor: Actor, on: date) -> QuerySet[Organisation] | None:
    """The organisations whose figures ``actor`` is told, by name; None for whoever is told none. A
    program is told those of its own organisation and those below."""
    place = standing(actor, on=on)
    rows = Organisation.objects.order_by("name", "pk")
    if actor.actor_kind == "client":
        return rows.filter(pk__in=place.organisation_ids)
    if not may_see_time_of_organisations(frozenset(place.roles)):
        return None
    return rows.filter(place.covered_by(*KEEPS_TIME_RULES).within("pk"))


def time_figures(*, organisation_ids: Iterable[int], on: date, months: int = MONTHS) -> TimeFigures:
    """What became of the time that was due in the last ``months`` whole months before ``on``.

    Three statements at any size; the caller has judged who may be told.
    """
    first = add_months(on.replace(day=1), -months)
    last = on.replace(day=1) - timedelta(days=1)
    given = {
        "organisations": sorted(organisation_ids),
        "first": first,
        "last": last,
        "costed": list(COSTED_STATES),
    }
    with lifted(COUNTER):
        found = _read(_FATES, given)
        costs = _read(_COSTS, given)
        names = dict(_read(_UNITS, {"units": sorted({row[0] for row in found if row[0]})}))
    return _told(found, costs, names, first=first, last=last)


def _told(
    found: Sequence[Any],
    costs: Sequence[Any],
    names: Mapping[int, str],
    *,
    first: date,
    last: date,
) -> TimeFigures:
    spent: dict[Key, int] = defaultdict(int)
    for unit, month, pence in costs:
        for key in ((unit, month), unit, month, None):
            spent[key] += int(pence)
    units = {row[0]: row for row in found if row[0] is not None and row[1] is None}
    by_month = {row[1]: row for row in found if row[0] is None and row[1] is not None}
    by_reason = {row[2]: row for row in found if row[2]}
    cells = {(row[0], row[1]): row for row in found if row[0] is not None and row[1] is not None}
    whole = next((row for row in found if row[:3] == (None, None, None)), None)
    hours = {row[0]: row for row in (whole,) if row}
    return TimeFigures(
        first=first,
        last=last,
        total=next(iter(_figures(hours, spent).values()), None),
        months=tuple(
            Row(date_format(key, "F Y"), key, figure)
            for key, figure in sorted(_figures(by_month, spent).items())
        ),
        units=tuple(
            sorted(
                (
                    Row(names.get(key, _("No unit named")), key, figure)
                    for key, figure in _figures(units, spent).items()
                ),
                key=lambda row: (row.name, row.key),
            )
        ),
        reasons=tuple(
            Row(str(MoveReason(key).label), key, figure)
            for key, figure in sorted(_figures(by_reason, {}).items())
        ),
        cells={key: one for key, one in _cells(cells, spent).items() if one},
    )


def _figures(rows: Mapping[Key, Any], spent: Mapping[Key, int]) -> dict[Key, Minutes | None]:
    """Each row as it may be told, None where it may not."""
    shown = suppressed({key: row[3] for key, row in rows.items()}).cells
    return {
        key: None if shown[key] is None else _rounded(row, spent.get(key, 0))
        for key, row in rows.items()
    }


def _cells(rows: Mapping[Key, Any], spent: Mapping[Key, int]) -> dict[Key, Minutes | None]:
    """Of each month the units that may be told, as if the month were all there is."""
    by_month: dict[date, dict[Key, Any]] = defaultdict(dict)
    for key, row in rows.items():
        by_month[key[1]][key] = row
    found: dict[Key, Minutes | None] = {}
    for inside in by_month.values():
        found |= _figures(inside, spent)
    return found


def _rounded(row: Any, pence: int) -> Minutes:
    people, *minutes = (int(value) for value in row[3:])
    had, back, unanswered = (60 * rounded(round(value / 60)) for value in minutes)
    cost = (2 * pence + _NEAREST_PENCE) // (2 * _NEAREST_PENCE) * _NEAREST_PENCE
    return Minutes(rounded(people), had, back, max(unanswered, 0), cost)


def _read(statement: str, parameters: Mapping[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()
