"""What a step between two roles adds: what the role it leads to asks for beyond the one before.

Competencies are told apart by their lineage, and by confirmed rules of what became of them, so that
roles of two editions can be compared; levels only where one scale measures both.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from pathways.models import Crosswalk, Level, PathwayStep, Requirement


class Added(NamedTuple):
    """A competency that is new with the step, or asked for at another level: from ``before``."""

    title: str
    level: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class StepAdds:
    """In the order of the framework. ``otherwise`` is what another scale measures, so that nobody
    can say which level is higher. ``is_known``: the role it leads to asks for something."""

    new: tuple[Added, ...] = ()
    higher: tuple[Added, ...] = ()
    otherwise: tuple[Added, ...] = ()
    is_known: bool = False

    @property
    def is_nothing(self) -> bool:
        return not self.new and not self.higher and not self.otherwise


class Asked(NamedTuple):
    """What a role asks for; ``came_from`` are the lineages whose levels stand for those here."""

    title: str
    rank: int
    level: str
    scale_id: int
    competency_id: int
    came_from: list[Any]

    def is_beyond(self, before: "Asked | None") -> bool:
        """Whether it is new, higher, or measured otherwise than ``before``."""
        return before is None or self.scale_id != before.scale_id or before.rank < self.rank


def step_adds(steps: Iterable[PathwayStep]) -> dict[int, StepAdds]:
    """Step's id -> what it adds; one statement, however many steps."""
    known = list(steps)
    asked = asked_by_role({end for one in known for end in (one.from_role_id, one.to_role_id)})
    return {
        one.pk: _beyond(asked.get(one.from_role_id, {}), asked.get(one.to_role_id, {}))
        for one in known
    }


def asked_by_role(role_ids: Iterable[int]) -> dict[int, dict[Any, Asked]]:
    """Role's id -> lineage -> what it asks for, in the order of the framework; one statement."""
    scale = Coalesce("competency__scale", "role_profile__version__scale")
    words = Level.objects.filter(scale=OuterRef("scale_id"), rank=OuterRef("rank"))
    rules = Crosswalk.objects.filter(after=OuterRef("competency"), confirmed_at__isnull=False)
    rows = (
        Requirement.objects.filter(role_profile__in=list(role_ids))
        .annotate(scale_id=scale)
        .annotate(
            words=Subquery(words.values("label")[:1]),
            came_from=ArraySubquery(rules.order_by("pk").values("before__lineage")),
        )
        .order_by("competency__domain__position", "competency__position", "pk")
        .values_list(
            "role_profile_id",
            "competency__lineage",
            "competency__title",
            "rank",
            "words",
            "scale_id",
            "competency_id",
            "came_from",
        )
    )
    asked: dict[int, dict[Any, Asked]] = {}
    for role_id, lineage, title, rank, level, *more in rows:
        one = Asked(title, rank, level or "", *more)
        asked.setdefault(role_id, {})[lineage] = one
    return asked


def asked_before(lineage: Any, one: Asked, before: dict[Any, Asked]) -> Asked | None:
    """What of ``before`` goes on in ``one``: the same competency, else one that became it."""
    return next((before[key] for key in (lineage, *one.came_from) if key in before), None)


def _beyond(before: dict[Any, Asked], after: dict[Any, Asked]) -> StepAdds:
    new: list[Added] = []
    higher: list[Added] = []
    otherwise: list[Added] = []
    for lineage, one in after.items():
        earlier = asked_before(lineage, one, before)
        if earlier is None:
            new.append(Added(one.title, one.level))
        elif one.is_beyond(earlier):
            group = higher if one.scale_id == earlier.scale_id else otherwise
            group.append(Added(one.title, one.level, earlier.level))
    return StepAdds(tuple(new), tuple(higher), tuple(otherwise), is_known=bool(after))
