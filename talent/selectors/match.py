"""The match of a person with a role: four parts that add up, and the table that says how much.

The table below is the whole rule. The points are whole numbers worked out by the database, so
that results can be sorted by them; the total is their sum and nothing else. Age, ethnicity, sex,
disability and absence are no part of it and may never become one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Band
from accounts.models.posts import BAND_RANK
from pathways.models import Requirement, RoleProfile
from talent.models import Readiness

# Levels: this many points times the share of the levels the role asks for that were reached.
LEVELS = 60
# Readiness, as the talent team judged it; not judged yet gives nought.
READINESS = {
    Readiness.READY_NOW: 20,
    Readiness.READY_SOON: 14,
    Readiness.FUTURE: 7,
    Readiness.DEVELOP_IN_ROLE: 0,
}
# Aspiration: the person works towards this very role.
ASPIRATION = 10
# Band: steps between the person's band and the role's usual band.
BAND = {0: 10, 1: 10, 2: 5}
BEST_READINESS, BEST_BAND = max(READINESS.values()), max(BAND.values())
TOTAL = LEVELS + BEST_READINESS + ASPIRATION + BEST_BAND


@dataclass(frozen=True, slots=True)
class Target:
    """A role to match people with. ``codes``: one (competency * 8 + level) per level asked for."""

    role: RoleProfile
    codes: tuple[int, ...]

    @property
    def band_rank(self) -> int:
        return BAND_RANK.get(self.role.band, 0)


@dataclass(frozen=True, slots=True)
class Part:
    """``points`` of at most ``of``, and in words what they were given for."""

    label: str | Promise
    points: int
    of: int
    because: str


@dataclass(frozen=True, slots=True)
class Match:
    parts: tuple[Part, ...]

    @property
    def total(self) -> int:
        return sum(part.points for part in self.parts)

    @property
    def of(self) -> int:
        return sum(part.of for part in self.parts)


def target_of(role: RoleProfile) -> Target:
    """Read what ``role`` asks for, in one statement."""
    asked = Requirement.objects.filter(role_profile=role).order_by("competency_id")
    codes = [
        competency_id * 8 + level
        for competency_id, rank in asked.values_list("competency_id", "rank")
        for level in range(1, rank + 1)
    ]
    return Target(role, tuple(codes))


def _case(column: str, points: Mapping[Any, int]) -> str:
    whens = " ".join(f"WHEN '{value}' THEN {given}" for value, given in points.items())
    return f"CASE {column} {whens} ELSE 0 END"


# What is asked for, as the one row of a table: the parameters of ``asked_values``.
ASKED = (
    "(VALUES (%s::int[], %s::int, %s::bigint, %s::int)) "
    "asked(asked_codes, asked_levels, asked_role, asked_band)"
)
LEVELS_REACHED = "icount(levels & asked_codes) AS levels_reached"

# Twice the points of levels, rounded half up, in whole numbers. A person or a role without a band
# (doctors, non-executives) has no distance from the other.
PARTS = f"""
    CASE WHEN asked_levels = 0 THEN 0
         ELSE (2 * {LEVELS} * levels_reached + asked_levels) / (2 * asked_levels)
    END AS level_points,
    {_case("readiness", READINESS)} AS readiness_points,
    CASE WHEN aspires_to_id = asked_role THEN {ASPIRATION} ELSE 0 END AS aspiration_points,
    CASE WHEN band_rank = 0 OR asked_band = 0 THEN 0
         ELSE {_case("abs(band_rank - asked_band)::text", BAND)}
    END AS band_points
"""
MATCH_POINTS = "level_points + readiness_points + aspiration_points + band_points"

_ONE = f"""
SELECT person.*, {PARTS}
  FROM (SELECT {LEVELS_REACHED}, readiness, aspires_to_id, band, band_rank
          FROM talent_talentprofile, {ASKED} WHERE person_id = %s) person, {ASKED}
"""  # noqa: S608 - made of the constants above


def asked_values(target: Target | None) -> list[Any]:
    """Return the parameters of ``ASKED``; without a target nobody gets any points for levels."""
    if target is None:
        return [[], 0, None, 0]
    return [list(target.codes), len(target.codes), target.role.pk, target.band_rank]


def match_one(person_id: int, target: Target) -> Match:
    """Explain the match of one person, by the same reckoning as in the search."""
    asked = asked_values(target)
    with connection.cursor() as cursor:
        cursor.execute(_ONE, [*asked, person_id, *asked])
        names = [column.name for column in cursor.description]
        row = dict(zip(names, cursor.fetchone(), strict=True))
    return explain(SimpleNamespace(**row), target)


def explain(row: Any, target: Target) -> Match:
    """Say in words what the points of a ``row`` were given for."""
    role = target.role
    readiness = str(Readiness(row.readiness).label) if row.readiness else _("Not judged yet")
    aspires = (
        _("Works towards this role") if row.aspiration_points else _("Does not work towards it")
    )
    levels = _("%(reached)s of the %(asked)s levels the role asks for") % {
        "reached": row.levels_reached,
        "asked": len(target.codes),
    }
    return Match(
        (
            Part(gettext_lazy("Levels reached"), row.level_points, LEVELS, levels),
            Part(gettext_lazy("Readiness"), row.readiness_points, BEST_READINESS, readiness),
            Part(gettext_lazy("Aspiration"), row.aspiration_points, ASPIRATION, aspires),
            Part(gettext_lazy("Band"), row.band_points, BEST_BAND, _band(row, role)),
        )
    )


def _band(row: Any, role: RoleProfile) -> str:
    if not role.band:
        return _("The role has no usual band")
    if not row.band:
        return _("No band known")
    return _("%(own)s; the role is usually %(usual)s") % {
        "own": _band_name(row.band),
        "usual": _band_name(role.band),
    }


def _band_name(band: str) -> str:
    return str(Band(band).label)
