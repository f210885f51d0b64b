"""Ways from one role to another over the steps people take, with the gap of every step.

Three questions are asked of the same map: by the fewest steps, in the shortest time, and with the
fewest levels to climb (the best fit). Equal answers are told once.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from heapq import heappop, heappush
from itertools import count

from accounts.actors import Actor
from pathways.models import PathwayStep, RoleProfile
from pathways.selectors.distances import (
    Asked,
    Distance,
    asked_of_roles,
    distance,
    with_role_before,
)
from pathways.selectors.gap import levels_held

# For a step whose time nobody knows where no time is known at all: about what is usual.
MONTHS_IF_NONE_KNOWN = 36

Cost = tuple[int, ...]


class Best(StrEnum):
    """What a route is the best in."""

    FIT = "FIT"
    STEPS = "STEPS"
    MONTHS = "MONTHS"


@dataclass(frozen=True, slots=True)
class RouteStep:
    """A step of a route, with what is still missing for it when the role before is mastered."""

    step: PathwayStep
    gap: Distance

    @property
    def role(self) -> RoleProfile:
        return self.step.to_role


@dataclass(frozen=True, slots=True)
class Route:
    """The steps from a role to another. ``best_in`` is what no other route is better in."""

    start: RoleProfile
    steps: tuple[RouteStep, ...]
    best_in: tuple[Best, ...]

    @property
    def target(self) -> RoleProfile:
        return self.steps[-1].role

    @property
    def months(self) -> int:
        """Usual months of the steps for which they are known."""
        return sum(one.step.usual_months or 0 for one in self.steps)

    @property
    def steps_without_months(self) -> int:
        return sum(one.step.usual_months is None for one in self.steps)

    @property
    def missing(self) -> int:
        return sum(one.gap.missing for one in self.steps)

    @property
    def essential_below(self) -> int:
        return sum(one.gap.essential_below for one in self.steps)

    @property
    def role_ids(self) -> tuple[int, ...]:
        return (self.start.pk, *(one.role.pk for one in self.steps))


def steps_seen(*, actor: Actor, on: date) -> list[PathwayStep]:
    """Every step between roles that ``actor`` may see, in the order of the map."""
    seen = RoleProfile.objects.visible_to(actor, on=on).values("pk")
    return list(
        PathwayStep.objects.filter(from_role__in=seen, to_role__in=seen)
        .select_related("from_role", "to_role")
        .order_by("from_role__stage", "from_role__title", "to_role__stage", "to_role__title", "pk")
    )


def routes_between(
    *,
    person_id: int | None,
    start: RoleProfile,
    target: RoleProfile,
    steps: Iterable[PathwayStep],
    on: date,
) -> tuple[Route, ...]:
    """Return up to three routes, the best fit first; none where no way leads to ``target``.

    Without a person it is asked of somebody who meets what ``start`` asks for, and no more.
    Two statements, however many steps: the levels held, and what all roles ask for. A step
    without a usual time is taken to be as long as the longest that is known.
    """
    ways = _ways(list(steps), person_id=person_id, start=start, on=on)
    found: dict[tuple[int, ...], list[Best]] = {}
    for best in Best:
        route = ways.search(target, best)
        if route:
            found.setdefault(tuple(step.pk for step in route), []).append(best)
    known = {step.pk: step for step in ways.steps}
    return tuple(
        Route(
            start,
            tuple(RouteStep(known[pk], ways.gap_of(known[pk])) for pk in route),
            tuple(best_in),
        )
        for route, best_in in found.items()
    )


def _ways(
    steps: list[PathwayStep], *, person_id: int | None, start: RoleProfile, on: date
) -> "Ways":
    roles = {start.pk, *(step.from_role_id for step in steps)}
    roles |= {step.to_role_id for step in steps}
    held: Mapping[int, int] = {}
    if person_id is not None:
        held = levels_held(person_ids=[person_id], on=on).get(person_id, {})
    return Ways(steps, held=held, asked=asked_of_roles(role_ids=sorted(roles)), start=start)


class Ways:
    """The map as it is searched: where each step leads and what it costs."""

    def __init__(
        self,
        steps: list[PathwayStep],
        *,
        held: Mapping[int, int],
        asked: Asked,
        start: RoleProfile,
    ) -> None:
        self.steps, self.held, self.asked, self.start = steps, held, asked, start
        self.from_role: dict[int, list[PathwayStep]] = {}
        for step in steps:
            self.from_role.setdefault(step.from_role_id, []).append(step)
        known = [step.usual_months for step in steps if step.usual_months is not None]
        self.longest = max(known, default=MONTHS_IF_NONE_KNOWN)
        self._gaps: dict[int, Distance] = {}

    def gap_of(self, step: PathwayStep) -> Distance:
        if step.pk not in self._gaps:
            before = self.asked.get(step.from_role_id, {})
            is_first = step.from_role_id == self.start.pk
            ready = with_role_before(self.held, before, is_first=is_first)
            self._gaps[step.pk] = distance(self.asked.get(step.to_role_id, {}), ready)
        return self._gaps[step.pk]

    def search(self, target: RoleProfile, best: Best) -> list[PathwayStep]:
        """The cheapest way by Dijkstra; costs are compared part by part and never negative."""
        cost_of = self._costs(best)
        order = count()
        waiting: list[tuple[Cost, int, int, list[PathwayStep]]] = [
            ((0, 0, 0, 0), next(order), self.start.pk, [])
        ]
        done: set[int] = set()
        while waiting:
            cost, _order, role_id, way = heappop(waiting)
            if role_id == target.pk:
                return way
            if role_id in done:
                continue
            done.add(role_id)
            for step in self.from_role.get(role_id, ()):
                if step.to_role_id not in done:
                    further = tuple(map(sum, zip(cost, cost_of(step), strict=True)))
                    heappush(waiting, (further, next(order), step.to_role_id, [*way, step]))
        return []

    def _costs(self, best: Best) -> Callable[[PathwayStep], Cost]:
        def months(step: PathwayStep) -> int:
            return self.longest if step.usual_months is None else step.usual_months

        if best is Best.STEPS:
            return lambda step: (1, months(step), 0, 0)
        if best is Best.MONTHS:
            return lambda step: (months(step), 1, 0, 0)
        return lambda step: (
            self.gap_of(step).missing,
            self.gap_of(step).not_shown,
            1,
            months(step),
        )
