"""How far one person is from every role at once, and what a step adds: for the map and routes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from pathways.models import Requirement, RoleProfile
from pathways.selectors.gap import levels_held


class Wanted(NamedTuple):
    rank: int
    is_essential: bool


# Role's id -> competency's id -> what is asked for.
Asked = Mapping[int, Mapping[int, Wanted]]


@dataclass(frozen=True, slots=True)
class Distance:
    """What is between a person and a role. ``missing`` counts levels to climb, over all
    competencies in which something was shown; ``not_shown`` counts the other competencies, which
    are no gap."""

    total: int = 0
    met: int = 0
    missing: int = 0
    below: int = 0
    essential_below: int = 0
    not_shown: int = 0

    @property
    def is_closed(self) -> bool:
        return self.total > 0 and self.met == self.total


def asked_of_roles(*, role_ids: Iterable[int]) -> dict[int, dict[int, Wanted]]:
    """What each role asks for; one statement for all of them."""
    rows = Requirement.objects.filter(role_profile__in=list(role_ids)).values_list(
        "role_profile_id", "competency_id", "rank", "is_essential"
    )
    asked: dict[int, dict[int, Wanted]] = {}
    for role_id, competency_id, rank, is_essential in rows.iterator():
        asked.setdefault(role_id, {})[competency_id] = Wanted(rank, is_essential)
    return asked


def distance(wanted: Mapping[int, Wanted], held: Mapping[int, int]) -> Distance:
    """Compare what is asked for with the levels ``held`` (competency's id -> rank)."""
    missing = below = essential_below = met = 0
    for competency_id, (rank, is_essential) in wanted.items():
        level = held.get(competency_id)
        if level is None:
            continue
        if level >= rank:
            met += 1
            continue
        below += 1
        missing += rank - level
        essential_below += is_essential
    not_shown = len(wanted) - met - below
    return Distance(len(wanted), met, missing, below, essential_below, not_shown)


def distances(*, person_id: int, roles: Iterable[RoleProfile], on: date) -> dict[int, Distance]:
    """Role's id -> how far the person is from it on ``on``; two statements, however many roles."""
    ids = [role.pk for role in roles]
    held = levels_held(person_ids=[person_id], on=on).get(person_id, {})
    asked = asked_of_roles(role_ids=ids)
    return {pk: distance(asked.get(pk, {}), held) for pk in ids}


def with_role_before(
    held: Mapping[int, int], before: Mapping[int, Wanted], *, is_first: bool
) -> dict[int, int]:
    """The levels somebody starts a step with, who has ``held`` and comes from a role that asks for
    ``before``.

    Of the role held now, what was shown counts as it is and what was not shown yet is taken as
    met; a role to come is left only when everything it asks for is met.
    """
    asked = {competency_id: wanted.rank for competency_id, wanted in before.items()}
    if is_first:
        return asked | dict(held)
    return {
        competency_id: max(asked.get(competency_id, 0), held.get(competency_id, 0))
        for competency_id in asked.keys() | held.keys()
    }
