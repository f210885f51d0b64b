"""What people have reached: their own view when the year began, and again lately."""

import random
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from accounts.models import Person
from config.demo.world import Member, World, copy_rows
from pathways.models import Aspiration, Attainment, AttainmentSource, PathwayStep

_HIGHEST = 4
_COLUMNS = (
    "person_id",
    "competency_id",
    "rank",
    "attained_on",
    "source",
    "source_key",
    "recorded_at",
    "recorded_by_id",
)


class Levels:
    """Levels reached by everybody so far, and the rows that say so, written in one go."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._rows: list[tuple[Any, ...]] = []
        self.held: dict[int, dict[int, int]] = {}

    def reach(
        self,
        person: Person,
        ranks: Mapping[int, int | None],
        *,
        source: AttainmentSource,
        key: str = "",
        at: datetime,
        by: Person,
    ) -> None:
        held = self.held.setdefault(person.pk, {})
        for competency_id, rank in ranks.items():
            self._rows.append(
                (person.pk, competency_id, rank, at.date(), source.value, key, at, by.pk)
            )
            if rank is not None:
                held[competency_id] = rank

    def write(self) -> int:
        copy_rows(Attainment, _COLUMNS, self._rows)
        return len(self._rows)


def assess_at_the_beginning(world: World, levels: Levels) -> None:
    """Most people said a year ago, or in their first month, where they stand."""
    dice = world.dice("levels")
    for member in world.members:
        if member.job.role and dice.random() < 0.88:
            first = max(world.day(-dice.randrange(330, 390)), member.starts_on + timedelta(25))
            if first <= world.today:
                _assess(world, levels, member, dice, on=first)


def assess_again(world: World, levels: Levels) -> None:
    """A third of the people have looked at themselves again since."""
    dice = world.dice("levels again")
    for member in world.members:
        if member.job.role and member.person.pk in levels.held and dice.random() < 0.33:
            _assess(world, levels, member, dice, on=world.day(-dice.randrange(0, 60)))


def _assess(world: World, levels: Levels, member: Member, dice: random.Random, *, on: date) -> None:
    held = levels.held.get(member.person.pk, {})
    ranks = {
        competency_id: _own_view(required, held.get(competency_id), dice)
        for competency_id, required in world.required[member.job.role].items()
    }
    at = world.moment(on, dice)
    levels.reach(member.person, ranks, source=AttainmentSource.SELF, at=at, by=member.person)
    world.ledger.tell(
        "assess_oneself",
        member.person,
        at=at,
        subject=member.person,
        organisation=member.organisation,
        by=member.person,
        levels=len(ranks),
    )


def _own_view(required: int, held: int | None, dice: random.Random) -> int | None:
    """None is "no chance to demonstrate". People new to a role mostly stand a step below it."""
    if dice.random() < 0.04:
        return None
    if held:
        return min(_HIGHEST, held + dice.choices([0, 1], [72, 28])[0])
    return max(1, min(_HIGHEST, required + dice.choices([-2, -1, 0, 1], [6, 36, 48, 10])[0]))


def seen_by_manager(
    world: World, levels: Levels, member: Member, dice: random.Random
) -> dict[int, int | None]:
    """The levels a line manager gives at an appraisal: near the person's own, seldom above."""
    held = levels.held.get(member.person.pk, {})
    view: dict[int, int | None] = {}
    for competency_id, required in world.required.get(member.job.role, {}).items():
        own = held.get(competency_id, max(1, required - 1))
        view[competency_id] = max(1, min(_HIGHEST, own + dice.choices([-1, 0, 1], [12, 70, 18])[0]))
        if dice.random() < 0.03:
            view[competency_id] = None
    return view


def choose_next_roles(world: World) -> None:
    """Four in ten have said which role they work towards: one that a step leads to."""
    dice = world.dice("aspirations")
    steps: dict[str, list[int]] = {}
    for source, target in PathwayStep.objects.order_by("pk").values_list(
        "from_role__code", "to_role_id"
    ):
        steps.setdefault(source, []).append(target)
    chosen = [
        (member, dice.choice(steps[member.job.role]), world.day(-dice.randrange(1, 350)))
        for member in world.members
        if member.job.role in steps and dice.random() < 0.42
    ]
    rows = Aspiration.objects.bulk_create(
        [
            Aspiration(person=member.person, role_profile_id=role_id, starts_on=day)
            for member, role_id, day in chosen
        ],
        batch_size=2000,
    )
    for row, (member, _role_id, day) in zip(rows, chosen, strict=True):
        world.ledger.tell(
            "choose_role",
            row,
            at=world.moment(day, dice),
            subject=member.person,
            organisation=member.organisation,
            by=member.person,
        )
