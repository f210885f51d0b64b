"""What a step between two roles adds: what the role it leads to asks for beyond the one before.

Competencies are told apart by their lineage, so that roles of two editions can be compared.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from pathways.models import Level, PathwayStep, Requirement


class Added(NamedTuple):
    """A competency that is new with the step, or asked for at a higher level: from ``before``."""

    title: str
    level: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class StepAdds:
    """In the order of the framework. ``is_known``: the role it leads to asks for something."""

    new: tuple[Added, ...] = ()
    higher: tuple[Added, ...] = ()
    is_known: bool = False

    @property
    def is_nothing(self) -> bool:
        return not self.new and not self.higher


class _Asked(NamedTuple):
    title: str
    rank: int
    level: str


def step_adds(steps: Iterable[PathwayStep]) -> dict[int, StepAdds]:
    """Step's id -> what it adds; one statement, however many steps."""
    known = list(steps)
    asked = _asked_by_role({end for one in known for end in (one.from_role_id, one.to_role_id)})
    return {
        one.pk: _beyond(asked.get(one.from_role_id, {}), asked.get(one.to_role_id, {}))
        for one in known
    }


def _asked_by_role(role_ids: Iterable[int]) -> dict[int, dict[Any, _Asked]]:
    words = Level.objects.filter(
        scale=Coalesce(OuterRef("competency__scale"), OuterRef("role_profile__version__scale")),
        rank=OuterRef("rank"),
    )
    rows = (
        Requirement.objects.filter(role_profile__in=list(role_ids))
        .annotate(words=Subquery(words.values("label")[:1]))
        .order_by("competency__domain__position", "competency__position", "pk")
        .values_list("role_profile_id", "competency__lineage", "competency__title", "rank", "words")
    )
    asked: dict[int, dict[Any, _Asked]] = {}
    for role_id, lineage, title, rank, level in rows:
        asked.setdefault(role_id, {})[lineage] = _Asked(title, rank, level or "")
    return asked


def _beyond(before: dict[Any, _Asked], after: dict[Any, _Asked]) -> StepAdds:
    return StepAdds(
        new=tuple(
            Added(one.title, one.level) for lineage, one in after.items() if lineage not in before
        ),
        higher=tuple(
            Added(one.title, one.level, before[lineage].level)
            for lineage, one in after.items()
            if lineage in before and before[lineage].rank < one.rank
        ),
        is_known=bool(after),
    )
