"""The map of roles and the steps between them, with where one person stands on it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from accounts.models import Person
from pathways.models import PathwayStep, RoleProfile
from pathways.selectors.roles import aspired_role, current_role


class Place(StrEnum):
    """What a role on the map is to the reader."""

    HERE = "here"
    GOAL = "goal"
    NEXT = "next"
    ELSEWHERE = ""


@dataclass(frozen=True, slots=True)
class PathwayMap:
    roles: tuple[RoleProfile, ...]
    steps: tuple[PathwayStep, ...]
    places: dict[int, Place]

    def place_of(self, role: RoleProfile) -> Place:
        return self.places.get(role.pk, Place.ELSEWHERE)


def pathway_map(*, person: Person, on: date) -> PathwayMap:
    """The roles ``person`` may see, the steps between them and which of them are theirs.

    A role that the person both could go to next and works towards is their goal.
    """
    seen = RoleProfile.objects.visible_to(person, on=on)
    steps = (
        PathwayStep.objects.filter(from_role__in=seen, to_role__in=seen)
        .select_related("from_role", "to_role")
        .order_by("from_role__stage", "from_role__title", "to_role__stage", "to_role__title", "pk")
    )
    here = current_role(person_id=person.pk, on=on)
    goal = aspired_role(person_id=person.pk, on=on)
    found = tuple(steps)
    places = {step.to_role_id: Place.NEXT for step in found if here and step.from_role == here}
    if goal is not None:
        places[goal.pk] = Place.GOAL
    if here is not None:
        places[here.pk] = Place.HERE
    return PathwayMap(tuple(seen.order_by("stage", "title", "pk")), found, places)
