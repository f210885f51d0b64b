from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import IntegrityError, ProgrammingError, connection

from accounts.models import Event
from appraisals.models import ActionKind, PlanAction
from appraisals.services.plan_actions import NewAction, add_action, take_action_step
from common.errors import Conflict, Forbidden
from tests.factories.accounts import PersonFactory, employ, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.plans import PlanActionFactory, manager_with_a_gap, plan_of

pytestmark = pytest.mark.django_db

SHADOW = NewAction(kind=ActionKind.EXPERIENCE, title="Shadow the matron", due_on=TODAY)


@pytest.fixture
def world():
    return manager_with_a_gap()


@pytest.fixture
def plan(world):
    return plan_of(world)


@pytest.fixture
def action(plan):
    return plan.actions.get()


def course(world):
    return NewAction(
        kind=ActionKind.COURSE, title="A course", due_on=TODAY, programme=world.programme
    )


@pytest.mark.parametrize("who", ["person", "manager"])
def test_the_owner_and_the_line_manager_add_an_action(world, plan, who):
    by = getattr(world, who)

    action = add_action(plan=plan, action=SHADOW, by=by, now=NOW)

    plan.refresh_from_db()
    event = Event.objects.get(verb="add_action")
    assert (action.title, action.state, action.due_on) == ("Shadow the matron", "PLANNED", TODAY)
    assert plan.updated_at == NOW
    assert (event.by_person, event.subject, event.about_id) == (by, world.person, action.pk)
    assert "Shadow" not in str(event.facts)


@pytest.mark.parametrize("role", ["LEARNING_LEAD", "HR_ADMINISTRATOR"])
def test_those_who_may_only_read_a_plan_add_nothing(world, plan, role):
    reader = grant(PersonFactory(), role, world.organisation)

    with pytest.raises(Forbidden) as refusal:
        add_action(plan=plan, action=SHADOW, by=reader, now=NOW)

    assert refusal.value.code == "may_not_add"


def test_a_former_line_manager_adds_nothing(world, plan):
    world.manager.reporting_lines.update(ends_on=date(2026, 11, 19))

    with pytest.raises(Forbidden):
        add_action(plan=plan, action=SHADOW, by=world.manager, now=NOW)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"due_on": date(2026, 11, 19)}, "due_in_the_past"),
        ({"kind": ActionKind.COURSE}, "no_programme"),
    ],
)
def test_an_action_that_makes_no_sense_is_refused(world, plan, wrong, code):
    fields = {"kind": ActionKind.SUPPORT, "title": "A mentor", "due_on": TODAY, **wrong}

    with pytest.raises(Conflict) as refusal:
        add_action(plan=plan, action=NewAction(**fields), by=world.person, now=NOW)

    assert refusal.value.code == code


def test_a_course_is_in_a_plan_once_unless_it_was_dropped(world, plan):
    first = add_action(plan=plan, action=course(world), by=world.person, now=NOW)
    with pytest.raises(Conflict) as refusal:
        add_action(plan=plan, action=course(world), by=world.person, now=NOW)
    take_action_step(action=first, step="drop", by=world.person, now=NOW)
    second = add_action(plan=plan, action=course(world), by=world.person, now=NOW)

    assert refusal.value.code == "course_in_plan"
    assert second.programme == world.programme


def test_a_dropped_course_is_not_taken_up_again_beside_its_double(world, plan):
    first = add_action(plan=plan, action=course(world), by=world.person, now=NOW)
    take_action_step(action=first, step="drop", by=world.person, now=NOW)
    add_action(plan=plan, action=course(world), by=world.person, now=NOW)

    with pytest.raises(Conflict) as refusal:
        take_action_step(action=first, step="take_up_again", by=world.person, now=NOW)

    assert refusal.value.code == "course_in_plan"


@pytest.mark.django_db(transaction=True)
def test_two_windows_that_add_the_same_course_add_it_once(world, plan):
    together = Barrier(3)

    def add(_):
        together.wait()
        try:
            add_action(plan=plan, action=course(world), by=world.person, now=NOW)
        except Conflict as refusal:
            return refusal.code
        else:
            return "added"
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=3) as pool:
        answers = sorted(pool.map(add, range(3)))

    assert answers == ["added", "course_in_plan", "course_in_plan"]


@pytest.mark.parametrize(
    ("before", "step", "after"),
    [
        ("PLANNED", "start", "STARTED"),
        ("PLANNED", "finish", "DONE"),
        ("STARTED", "finish", "DONE"),
        ("STARTED", "drop", "DROPPED"),
        ("DROPPED", "take_up_again", "PLANNED"),
    ],
)
def test_an_action_moves_along_and_the_ledger_knows(world, plan, before, step, after):
    action = PlanActionFactory(plan=plan, state=before)

    changed = take_action_step(action=action, step=step, by=world.person, now=NOW)

    event = Event.objects.get(verb=f"{step}_action")
    assert changed.state == after
    assert (event.facts["from"], event.facts["to"]) == (before, after)


@pytest.mark.parametrize(
    ("before", "step"), [("DONE", "start"), ("DONE", "drop"), ("DROPPED", "finish")]
)
def test_a_step_from_the_wrong_state_is_a_conflict(world, plan, before, step):
    action = PlanActionFactory(plan=plan, state=before)

    with pytest.raises(Conflict) as refusal:
        take_action_step(action=action, step=step, by=world.person, now=NOW)

    assert refusal.value.code == "stale_state"


def test_a_page_that_was_opened_earlier_does_not_bring_an_action_back(world, action):
    take_action_step(
        action=PlanAction.objects.get(pk=action.pk), step="finish", by=world.person, now=NOW
    )

    with pytest.raises(Conflict):
        take_action_step(action=action, step="drop", by=world.person, now=NOW)


@pytest.mark.parametrize("who", ["manager", "stranger"])
def test_nobody_else_changes_an_action(world, action, who):
    by = world.manager if who == "manager" else employ(organisation=world.organisation)

    with pytest.raises(Forbidden) as refusal:
        take_action_step(action=action, step="finish", by=by, now=NOW)

    assert refusal.value.code == "may_not_change"


def test_a_plan_that_is_over_stays_as_it_is(world):
    over = plan_of(world, starts_on=date(2025, 10, 1), ends_on=date(2026, 9, 30))

    with pytest.raises(Conflict) as adding:
        add_action(plan=over, action=SHADOW, by=world.person, now=NOW)
    with pytest.raises(Conflict) as changing:
        take_action_step(action=over.actions.get(), step="finish", by=world.person, now=NOW)

    assert adding.value.code == changing.value.code == "plan_is_over"


def test_the_database_refuses_a_course_without_a_programme(plan):
    with pytest.raises(IntegrityError):
        PlanActionFactory(plan=plan, kind="COURSE")


def test_the_database_refuses_a_step_that_is_not_declared(plan):
    action = PlanActionFactory(plan=plan, state="DONE")

    with pytest.raises(ProgrammingError, match="Invalid transition"):
        PlanAction.objects.filter(pk=action.pk).update(state="PLANNED")


@pytest.mark.parametrize(
    ("state", "due_on", "is_overdue"),
    [
        ("PLANNED", date(2026, 11, 19), True),
        ("PLANNED", TODAY, False),
        ("STARTED", date(2026, 11, 19), True),
        ("DONE", date(2026, 11, 19), False),
        ("DROPPED", date(2026, 11, 19), False),
    ],
)
def test_an_action_is_overdue_the_day_after_it_was_due(state, due_on, is_overdue):
    assert PlanAction(state=state, due_on=due_on).is_overdue(on=TODAY) is is_overdue
