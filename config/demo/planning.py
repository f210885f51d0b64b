"""Development plans of the people whose appraisal was signed: last year's, and this year's."""

import random
from datetime import date, timedelta

from appraisals.models import ActionKind, ActionState, DevelopmentPlan, PlanAction
from common.dates import add_years
from config.demo.appraising import Case
from config.demo.texts import texts
from config.demo.world import BATCH, World
from courses.models import Programme, RoleProgramme


def plan_from_appraisals(world: World, last: list[Case], this: list[Case]) -> None:
    """A plan a year and person: the earlier one ends the day before the later begins."""
    dice = world.dice("plans")
    begins = {case.member: case.at.date() for case in this if case.is_signed}
    plans = [_plan(case, begins.get(case.member)) for case in last]
    cases = [*last, *(case for case in this if case.is_signed)]
    plans += [_plan(case, None) for case in cases[len(last) :]]
    DevelopmentPlan.objects.bulk_create(plans, batch_size=BATCH)
    offered = _programmes_by_role()
    PlanAction.objects.bulk_create(
        [
            action
            for case, plan in zip(cases, plans, strict=True)
            for action in _actions(world, case, plan, offered, dice)
        ],
        batch_size=BATCH,
    )
    for case, plan in zip(cases, plans, strict=True):
        world.ledger.tell(
            "draft_plan",
            plan,
            at=case.at,
            subject=case.member.person,
            organisation=case.member.organisation,
            by=case.member.person,
        )


def _plan(case: Case, next_begins: date | None) -> DevelopmentPlan:
    starts_on = case.at.date()
    ends_on = add_years(starts_on, 1) - timedelta(days=1)
    title = f"Development plan {starts_on.year} to {ends_on.year}"
    if next_begins and next_begins <= ends_on:
        ends_on = next_begins - timedelta(days=1)
    return DevelopmentPlan(
        person=case.member.person,
        role_profile=case.appraisal.role_profile,
        appraisal=case.appraisal,
        title=title,
        starts_on=starts_on,
        ends_on=ends_on,
        updated_at=case.at,
    )


def _programmes_by_role() -> dict[str, list[Programme]]:
    offered: dict[str, list[Programme]] = {}
    for row in RoleProgramme.objects.select_related("programme", "role_profile").order_by("pk"):
        offered.setdefault(row.role_profile.code, []).append(row.programme)
    return offered


def _actions(
    world: World,
    case: Case,
    plan: DevelopmentPlan,
    offered: dict[str, list[Programme]],
    dice: random.Random,
) -> list[PlanAction]:
    programmes = offered.get(case.member.job.role, [])
    actions = [
        PlanAction(kind=ActionKind.COURSE, title=programme.title, programme=programme)
        for programme in dice.sample(programmes, min(2, len(programmes)))
    ]
    actions.append(
        PlanAction(
            kind=ActionKind.EXPERIENCE,
            title=dice.choice(texts()["actions"]["experience"]),
            competency_id=dice.choice(world.competency_ids),
        )
    )
    if dice.random() < 0.4:
        title = dice.choice(texts()["actions"]["support"])
        actions.append(PlanAction(kind=ActionKind.SUPPORT, title=title))
    for action in actions:
        action.plan = plan
        action.due_on = plan.starts_on + timedelta(days=dice.randrange(90, 360))
        action.state = _state(plan, world.today, dice)
    return actions


def _state(plan: DevelopmentPlan, today: date, dice: random.Random) -> ActionState:
    is_old = (today - plan.starts_on).days > 180
    weights = [20, 25, 45, 10] if is_old else [70, 22, 5, 3]
    return dice.choices(list(ActionState), weights)[0]
