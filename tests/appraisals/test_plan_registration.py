from datetime import date

import pytest

from appraisals.plan_registration import actions_that_need_you
from appraisals.services.plan_documents import KIND
from jobs.handlers import HANDLERS
from notifications.registry import NEED_SOURCES
from tests.factories.clock import TODAY
from tests.factories.plans import DevelopmentPlanFactory, PlanActionFactory

pytestmark = pytest.mark.django_db


def test_django_starts_with_a_handler_and_a_need_for_plans():
    assert set(HANDLERS) >= {KIND}
    assert NEED_SOURCES["appraisals.plan_actions"] is actions_that_need_you


def test_what_is_overdue_or_due_within_two_weeks_needs_the_owner_in_order_of_date():
    plan = DevelopmentPlanFactory()
    for title, due_on, state in [
        ("Soon", date(2026, 12, 4), "PLANNED"),
        ("Overdue", date(2026, 11, 1), "STARTED"),
        ("Far off", date(2026, 12, 5), "PLANNED"),
        ("Done", date(2026, 11, 2), "DONE"),
        ("Dropped", date(2026, 11, 2), "DROPPED"),
    ]:
        PlanActionFactory(plan=plan, title=title, due_on=due_on, state=state)
    PlanActionFactory(title="Somebody else's", due_on=TODAY)

    needs = list(actions_that_need_you(plan.person, TODAY))

    assert [(need.title, need.due_on, need.hint) for need in needs] == [
        ("Overdue", date(2026, 11, 1), "Overdue in your development plan"),
        ("Soon", date(2026, 12, 4), "In your development plan"),
    ]
    assert {need.url for need in needs} == {"/plan/"}


def test_a_plan_that_is_over_needs_nobody():
    plan = DevelopmentPlanFactory(starts_on="2025-01-01", ends_on="2025-12-31")
    PlanActionFactory(plan=plan, due_on=date(2025, 6, 1))

    assert list(actions_that_need_you(plan.person, TODAY)) == []


@pytest.mark.parametrize("rows", [1, 30])
def test_at_most_twenty_are_read_in_one_query(rows, django_assert_num_queries):
    plan = DevelopmentPlanFactory()
    PlanActionFactory.create_batch(rows, plan=plan, due_on=TODAY)

    with django_assert_num_queries(1):
        needs = list(actions_that_need_you(plan.person, TODAY))

    assert len(needs) == min(rows, 20)
