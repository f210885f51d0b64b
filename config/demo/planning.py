"""Development plans of the people whose appraisal was signed: last year's, and this year's."""

import random
from datetime import date, timedelta

from appraisals.models import ActionKind, ActionState, DevelopmentPlan, PlanAction
from common.dates import add_years
from config.demo.appraising import Case
from config.demo.texts import texts
from config.demo.world import BATCH, World
from courses.models import Enrolment, EnrolmentState, Programme, RoleProgramme

_COMES_TO = {
    EnrolmentState.COMPLETED: ActionState.DONE,
    EnrolmentState.ATTENDED: ActionState.STARTED,
    EnrolmentState.CONFIRMED: ActionState.STARTED,
    EnrolmentState.WAITING: ActionState.STARTED,
}


def plan_from_appraisals(world: World, last: list[Case], this: list[Case]) -> None:
    """A plan a year and person: the earlier one ends the day before the later begins."""
    dice = world.dice("plans")
    begins = {case.member: case.at.date() for case in this if case.is_signed}
    plans = [_plan(case, begins.get(case.member)) for case in last]
    cases = [*last, *(case for case in this if case.is_signed)]
    plans += [_plan(case, None) for case in cases[len(last) :]]
    DevelopmentPlan.objects.bulk_create(plans, batch_size=BATCH)
    offered, taken = _programmes_by_role(), _taken()
    PlanAction.objects.bulk_create(
        [
            action
            for case, plan in zip(cases, plans, strict=True)
            for action in _actions(world, case, plan, offered, taken, dice)
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
    taken: dict[tuple[int, int], ActionState],
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
        asked = taken.get((plan.person_id, action.programme_id or 0))
        action.state = asked or _state(action, world.today, dice)
    return actions


def _taken() -> dict[tuple[int, int], ActionState]:
    """What (person, programme) have come to: done when completed, under way with a place."""
    rows = Enrolment.objects.filter(state__in=_COMES_TO).values_list(
        "person_id", "session__offering__programme_id", "state"
    )
    taken: dict[tuple[int, int], ActionState] = {}
    for person_id, programme_id, state in rows:
        comes_to = _COMES_TO[EnrolmentState(state)]
        if taken.get((person_id, programme_id)) != ActionState.DONE:
            taken[person_id, programme_id] = comes_to
    return taken


def _state(action: PlanAction, today: date, dice: random.Random) -> ActionState:
    """Most of what was due is done; a course is not done by somebody who was on none."""
    weights = [4, 8, 76, 12] if action.due_on < today else [60, 32, 5, 3]
    if action.kind == ActionKind.COURSE:
        weights = [12, 0, 0, 4]
    return dice.choices(list(ActionState), weights)[0]
