"""The match of a person with a role: four parts that add up, and the table that says how much.

The table below is the whole rule. The points are whole numbers worked out by the database, so
that results can be sorted by them; the total is their sum and nothing else. Age, ethnicity, sex,
disability and absence are no part of it and may never become one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Case, F, Func, IntegerField, Q, Value, When
from django.db.models.functions import Abs, Cast
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

_INTEGERS = ArrayField(IntegerField())


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


class _CommonCount(Func):
    """How many elements two arrays of integers share (intarray)."""

    template = "icount(%(expressions)s)"
    arg_joiner = " & "
    output_field = IntegerField()


def _codes(codes: Iterable[int]) -> Cast:
    return Cast(Value(list(codes), output_field=_INTEGERS), _INTEGERS)


def match_columns(target: Target) -> dict[str, Any]:
    """Return the annotations of a profile: levels reached, and the points of each part."""
    asked = len(target.codes)
    reached = _CommonCount(F("levels"), _codes(target.codes))
    # Whole numbers throughout: twice the points, rounded half up.
    levels = (reached * Value(2 * LEVELS) + Value(asked)) / Value(2 * asked) if asked else Value(0)
    # A person or a role without a band (doctors, non-executives) has no distance from the other.
    both_have_bands = Q(band_rank__gt=0) if target.band_rank else Q(pk__isnull=True)
    steps = Case(
        When(both_have_bands, then=Abs(F("band_rank") - Value(target.band_rank))),
        default=None,
        output_field=IntegerField(),
    )
    near = [When(band_steps=away, then=Value(points)) for away, points in BAND.items()]
    return {
        "levels_reached": reached,
        "level_points": levels,
        "readiness_points": Case(
            *[When(readiness=key, then=Value(points)) for key, points in READINESS.items()],
            default=Value(0),
            output_field=IntegerField(),
        ),
        "aspiration_points": Case(
            When(aspires_to_id=target.role.pk, then=Value(ASPIRATION)),
            default=Value(0),
            output_field=IntegerField(),
        ),
        "band_steps": steps,
        "band_points": Case(*near, default=Value(0), output_field=IntegerField()),
        "match_points": F("level_points")
        + F("readiness_points")
        + F("aspiration_points")
        + F("band_points"),
    }


def explain(row: Any, target: Target) -> Match:
    """Say in words what the points of an annotated ``row`` were given for."""
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
