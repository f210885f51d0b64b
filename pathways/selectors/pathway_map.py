"""The map of roles and the steps between them, with where one person stands on it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from accounts.actors import Actor
from accounts.models import Person
from pathways.models import PathwayStep, RoleProfile
from pathways.selectors.distances import Distance, distances
from pathways.selectors.roles import aspired_role, current_role
from pathways.selectors.routes import Best, Route, routes_between, steps_seen

# Of a map with more roles than these, a part is shown first.
MOST_AT_ONCE = 40
MOST_LISTED = 60


class Place(StrEnum):
    """What a role on the map is to the reader."""

    HERE = "here"
    GOAL = "goal"
    NEXT = "next"
    ROUTE = "route"
    ELSEWHERE = ""


@dataclass(frozen=True, slots=True)
class Region:
    """The part of the map that is looked at: a family, a staff group, or what lies within
    ``steps`` steps of a role, whichever way they lead. Nothing given is the whole map."""

    family: str = ""
    staff_group: str = ""
    around: int | None = None
    steps: int = 1

    @property
    def is_whole(self) -> bool:
        return not (self.family or self.staff_group or self.around)


@dataclass(frozen=True, slots=True)
class PathwayMap:
    """``roles`` and ``steps`` of the region; ``distances`` of the roles that the reader could go to
    next or works towards; ``route`` the best fit to the goal."""

    roles: tuple[RoleProfile, ...]
    steps: tuple[PathwayStep, ...]
    places: dict[int, Place]
    distances: Mapping[int, Distance] = field(default_factory=dict)
    route: Route | None = None
    total: int = 0
    region: Region = Region()

    def place_of(self, role: RoleProfile) -> Place:
        return self.places.get(role.pk, Place.ELSEWHERE)

    def is_on_route(self, step: PathwayStep) -> bool:
        return self.route is not None and any(one.step == step for one in self.route.steps)

    @property
    def shows_route(self) -> bool:
        """Whether any step of the way to the goal lies in the region."""
        return any(self.is_on_route(step) for step in self.steps)

    @property
    def roles_apart(self) -> tuple[RoleProfile, ...]:
        """Roles of the region that no step in it leads from or to: nothing is drawn of them."""
        joined = {end for step in self.steps for end in (step.from_role_id, step.to_role_id)}
        return tuple(role for role in self.roles if role.pk not in joined)

    @property
    def is_long(self) -> bool:
        """Whether the list of its steps is too long to stand open below the drawing."""
        return len(self.steps) > MOST_LISTED


def roles_of_map(*, person: Actor, on: date) -> list[RoleProfile]:
    """Every role ``person`` may see, from where careers begin."""
    return list(RoleProfile.objects.visible_to(person, on=on).order_by("stage", "title", "pk"))


def map_of(
    *, actor: Actor, on: date, region: Region
) -> tuple[list[RoleProfile], list[PathwayStep]]:
    """The roles of ``region`` that ``actor`` may see and the steps between them: the map of
    nobody in particular. Two statements."""
    roles, steps = roles_of_map(person=actor, on=on), steps_seen(actor=actor, on=on)
    shown = _within(region, roles, steps)
    return [role for role in roles if role.pk in shown], _between(steps, shown)


def pathway_map(
    *,
    person: Person,
    on: date,
    region: Region | None = None,
    roles: list[RoleProfile] | None = None,
) -> PathwayMap:
    """The roles of ``region`` that ``person`` may see, the steps between them, and which of them
    are theirs. Statements do not grow with the map.

    Without a region it is the whole map, or on a large one what lies around the person's own role.
    ``roles`` are those of ``roles_of_map``, where they were read already. A role that the person
    both could go to next and works towards is their goal.
    """
    roles = roles_of_map(person=person, on=on) if roles is None else roles
    steps = steps_seen(actor=person, on=on)
    here = current_role(person_id=person.pk, on=on)
    goal = aspired_role(person_id=person.pk, on=on)
    route = _route(person, here, goal, steps, on=on)
    places = _places(here, goal, route, steps)
    region = region or _usual_region(here, len(roles))
    shown = _within(region, roles, steps)
    ahead = [role for role in roles if places.get(role.pk) in {Place.NEXT, Place.GOAL}]
    return PathwayMap(
        roles=tuple(role for role in roles if role.pk in shown),
        steps=tuple(_between(steps, shown)),
        places=places,
        distances=distances(person_id=person.pk, roles=ahead, on=on) if ahead else {},
        route=route,
        total=len(roles),
        region=region,
    )


def _usual_region(here: RoleProfile | None, total: int) -> Region:
    if here is None or total <= MOST_AT_ONCE:
        return Region()
    return Region(around=here.pk, steps=2)


def _route(
    person: Person,
    here: RoleProfile | None,
    goal: RoleProfile | None,
    steps: list[PathwayStep],
    *,
    on: date,
) -> Route | None:
    if here is None or goal is None or here == goal:
        return None
    found = routes_between(person_id=person.pk, start=here, target=goal, steps=steps, on=on)
    return next((route for route in found if Best.FIT in route.best_in), None)


def _places(
    here: RoleProfile | None,
    goal: RoleProfile | None,
    route: Route | None,
    steps: Iterable[PathwayStep],
) -> dict[int, Place]:
    places = dict.fromkeys(route.role_ids, Place.ROUTE) if route else {}
    places |= {step.to_role_id: Place.NEXT for step in steps if here and step.from_role == here}
    if goal is not None:
        places[goal.pk] = Place.GOAL
    if here is not None:
        places[here.pk] = Place.HERE
    return places


def _within(
    region: Region, roles: Iterable[RoleProfile], steps: Iterable[PathwayStep]
) -> frozenset[int]:
    if region.around:
        return _around(region.around, region.steps, steps) & {role.pk for role in roles}
    return frozenset(
        role.pk
        for role in roles
        if (not region.family or role.family == region.family)
        and (not region.staff_group or region.staff_group in role.staff_groups)
    )


def _between(steps: Iterable[PathwayStep], shown: frozenset[int]) -> list[PathwayStep]:
    return [step for step in steps if step.from_role_id in shown and step.to_role_id in shown]


def _around(middle: int, distance: int, steps: Iterable[PathwayStep]) -> frozenset[int]:
    beside: dict[int, set[int]] = {}
    for step in steps:
        beside.setdefault(step.from_role_id, set()).add(step.to_role_id)
        beside.setdefault(step.to_role_id, set()).add(step.from_role_id)
    reached, last = {middle}, {middle}
    for _step in range(distance):
        last = {other for role in last for other in beside.get(role, ())} - reached
        reached |= last
    return frozenset(reached)
