from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import IntegrityError, connection

from accounts.models import Event
from appraisals.models import DevelopmentPlan, PlanAction
from appraisals.services.plans import draft_plan, start_plan
from common.errors import Conflict, Forbidden
from tests.factories.accounts import BoardSeatFactory, PersonFactory, employ, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import ProgrammeFactory, outcome
from tests.factories.pathways import show
from tests.factories.plans import (
    DevelopmentPlanFactory,
    PlanActionFactory,
    manager_with_a_gap,
    plan_of,
    signed_appraisal,
)

pytestmark = pytest.mark.django_db


def proposals(plan):
    return set(plan.actions.values_list("kind", "title", "due_on"))


def test_a_plan_runs_for_a_year_towards_the_role_and_proposes_a_course_for_the_gap():
    world = manager_with_a_gap()

    plan = start_plan(person=world.person, by=world.person, now=NOW)

    assert (plan.starts_on, plan.ends_on) == (TODAY, date(2027, 11, 19))
    assert plan.title == "Development plan 2026 to 2027"
    assert plan.role_profile == world.role
    assert proposals(plan) == {("COURSE", world.programme.title, date(2027, 1, 14))}
    assert plan.actions.get().competency == world.competencies[0]


def test_practice_is_proposed_where_no_course_helps():
    world = manager_with_a_gap()
    show(world.person, dict.fromkeys(world.competencies[2:5], 1))

    plan = start_plan(person=world.person, by=world.person, now=NOW)

    assert proposals(plan) == {
        ("COURSE", world.programme.title, date(2027, 1, 14)),
        ("EXPERIENCE", world.competencies[2].title, date(2027, 5, 20)),
        ("EXPERIENCE", world.competencies[3].title, date(2027, 5, 20)),
    }


def test_a_course_without_a_session_is_for_the_next_six_months_and_three_are_proposed():
    world = manager_with_a_gap()
    for _ in range(4):
        outcome(ProgrammeFactory(), world.competencies[0], 4)

    plan = start_plan(person=world.person, by=world.person, now=NOW)

    courses = plan.actions.filter(kind="COURSE")
    assert courses.count() == 3
    assert set(courses.exclude(programme=world.programme).values_list("due_on", flat=True)) <= {
        date(2027, 5, 20)
    }


def test_somebody_without_a_role_starts_with_an_empty_plan():
    person = BoardSeatFactory().person

    plan = start_plan(person=person, by=person, now=NOW)

    assert plan.role_profile is None
    assert not plan.actions.exists()


def test_a_second_plan_cannot_run_beside_the_first():
    world = manager_with_a_gap()
    start_plan(person=world.person, by=world.person, now=NOW)

    with pytest.raises(Conflict) as refusal:
        start_plan(person=world.person, by=world.person, now=NOW)

    assert refusal.value.code == "plan_running"


def test_a_plan_can_be_started_once_the_last_one_is_over():
    world = manager_with_a_gap()
    plan_of(world, starts_on=date(2025, 11, 20), ends_on=date(2026, 11, 19))

    plan = start_plan(person=world.person, by=world.person, now=NOW)

    assert plan.starts_on == TODAY


@pytest.mark.parametrize("who", ["manager", "learning_lead", "stranger"])
def test_nobody_starts_a_plan_for_somebody_else(who):
    world = manager_with_a_gap()
    others = {
        "manager": world.manager,
        "learning_lead": grant(PersonFactory(), "LEARNING_LEAD", world.organisation),
        "stranger": employ(),
    }

    with pytest.raises(Forbidden) as refusal:
        start_plan(person=world.person, by=others[who], now=NOW)

    assert refusal.value.code == "may_not_start"
    assert not DevelopmentPlan.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_windows_that_start_a_plan_at_once_start_one():
    world = manager_with_a_gap()
    together = Barrier(3)

    def start(_):
        together.wait()
        try:
            return start_plan(person=world.person, by=world.person, now=NOW).pk
        except Conflict as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=3) as pool:
        answers = list(pool.map(start, range(3)))

    assert answers.count("plan_running") == 2
    assert DevelopmentPlan.objects.count() == 1


def test_the_database_refuses_two_plans_at_a_time():
    plan = DevelopmentPlanFactory()

    with pytest.raises(IntegrityError):
        DevelopmentPlanFactory(person=plan.person, starts_on=plan.ends_on)


def test_starting_and_drafting_are_in_the_ledger():
    world = manager_with_a_gap()
    plan = start_plan(person=world.person, by=world.person, now=NOW)
    appraisal = signed_appraisal(world)

    draft_plan(person=world.person, appraisal=appraisal, by=world.manager, now=NOW)

    events = Event.objects.filter(about_type="appraisals.developmentplan").order_by("pk")
    assert [(event.verb, event.by_person, event.subject) for event in events] == [
        ("start_plan", world.person, world.person),
        ("draft_plan", world.manager, world.person),
    ]
    assert {event.organisation for event in events} == {world.organisation}
    assert events[1].facts == {
        "appraisal_id": appraisal.pk,
        "role_profile_id": plan.role_profile_id,
    }


@pytest.mark.parametrize("side", ["person", "manager"])
def test_either_signature_may_be_the_second_and_drafts_the_plan(side):
    world = manager_with_a_gap()
    appraisal = signed_appraisal(world)

    plan = draft_plan(person=world.person, appraisal=appraisal, by=getattr(world, side), now=NOW)

    assert plan.appraisal == appraisal
    assert ("COURSE", world.programme.title, date(2027, 1, 14)) in proposals(plan)


def test_drafting_again_for_the_same_appraisal_gives_the_same_plan():
    world = manager_with_a_gap()
    appraisal = signed_appraisal(world)

    plans = [
        draft_plan(person=world.person, appraisal=appraisal, by=world.person, now=NOW)
        for _ in range(2)
    ]

    assert plans[0] == plans[1]
    assert PlanAction.objects.count() == 1


def test_the_plan_before_ends_and_what_is_unfinished_goes_on():
    world = manager_with_a_gap()
    before = plan_of(world)
    PlanActionFactory(plan=before, title="Done with", state="DONE")
    PlanActionFactory(plan=before, title="Given up", state="DROPPED")

    plan = draft_plan(
        person=world.person, appraisal=signed_appraisal(world), by=world.person, now=NOW
    )

    before.refresh_from_db()
    assert before.ends_on == date(2026, 11, 19)
    assert before.actions.count() == 3
    assert set(plan.actions.values_list("title", "state")) == {
        ("Shadow the site team for a week", "STARTED"),
        (world.programme.title, "PLANNED"),
    }


def test_a_course_that_goes_on_is_not_proposed_again():
    world = manager_with_a_gap()
    before = plan_of(world)
    PlanActionFactory(plan=before, kind="COURSE", programme=world.programme, title="My course")

    plan = draft_plan(
        person=world.person, appraisal=signed_appraisal(world), by=world.person, now=NOW
    )

    assert plan.actions.get(programme=world.programme).title == "My course"


def test_a_plan_that_began_this_very_day_becomes_the_appraisals_plan():
    world = manager_with_a_gap()
    started = start_plan(person=world.person, by=world.person, now=NOW)
    appraisal = signed_appraisal(world)

    plan = draft_plan(person=world.person, appraisal=appraisal, by=world.manager, now=NOW)

    assert plan == started
    assert plan.appraisal == appraisal
    assert plan.actions.count() == 1


def test_an_appraisal_that_is_not_signed_brings_no_plan():
    world = manager_with_a_gap()
    appraisal = signed_appraisal(world, state="SHARED", manager_signed_at=None)

    with pytest.raises(Conflict) as refusal:
        draft_plan(person=world.person, appraisal=appraisal, by=world.manager, now=NOW)

    assert refusal.value.code == "appraisal_not_signed"


def test_a_plan_is_not_drafted_from_another_persons_appraisal_or_by_a_stranger():
    world, theirs = manager_with_a_gap(), manager_with_a_gap()
    appraisal = signed_appraisal(world)

    for person, by in [(theirs.person, theirs.person), (world.person, theirs.manager)]:
        with pytest.raises(Forbidden) as refusal:
            draft_plan(person=person, appraisal=appraisal, by=by, now=NOW)
        assert refusal.value.code == "may_not_draft"

    assert not DevelopmentPlan.objects.exists()
