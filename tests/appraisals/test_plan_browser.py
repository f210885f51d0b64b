"""The pages of a plan in a real browser: with axe at both widths, and without JavaScript."""

import pytest

from jobs.models import Job, OutboxMessage
from jobs.services.outbox import deliver_message
from tests.factories.accounts import PersonFactory
from tests.factories.appraisals import ObjectiveFactory
from tests.factories.plans import (
    DevelopmentPlanFactory,
    PlanActionFactory,
    manager_with_a_gap,
    open_appraisal,
    plan_of,
)
from tests.journeys.browser import check_page, screenshot
from tests.journeys.conftest import browser, live_site

# Fixtures that live beside the journeys.
__all__ = ["browser", "live_site"]


def make_what_waits():
    """Do what a worker would: the journeys have none."""
    message = OutboxMessage.objects.get(state="WAITING")
    assert deliver_message(message_id=message.pk, now=message.due_at), message.last_error


@pytest.fixture
def world():
    return manager_with_a_gap()


def test_a_manager_plans_a_year_and_takes_it_along_as_a_pdf(live_site, world):
    page = live_site.page(as_person=world.person)

    page.goto(f"{live_site.url}/plan/")
    check_page(page)
    page.get_by_role("button", name="Start my plan").click()
    page.get_by_role("heading", name="Development plan").first.wait_for()
    check_page(page)
    page.get_by_role("button", name="Add an action").click()
    page.get_by_role("button", name="Add to the plan").click()
    page.get_by_text("There is a problem").wait_for()
    check_page(page)
    page.get_by_label("Experience at work").check()
    page.get_by_label("What will you do?").fill("Shadow the matron")
    for part, value in [("Day", "31"), ("Month", "3"), ("Year", "2027")]:
        page.get_by_label(part, exact=True).fill(value)
    page.get_by_role("button", name="Add to the plan").click()
    page.get_by_role("button", name="Start Shadow the matron").click()
    page.get_by_text("Shadow the matron: Started.").wait_for()

    page.get_by_role("button", name="Make PDF").click()
    page.get_by_text("waiting for its turn").wait_for()
    check_page(page)
    make_what_waits()
    with page.expect_download() as download:
        # Nobody asks again: the page does, every two seconds.
        page.get_by_role("button", name="Download the PDF").click()

    assert download.value.suggested_filename.endswith(".pdf")
    check_page(page)
    page.goto(f"{live_site.url}/documents/")
    check_page(page)


def test_the_pdf_arrives_without_javascript_too(live_site, world):
    plan_of(world)
    page = live_site.page(as_person=world.person, javascript=False)

    page.goto(f"{live_site.url}/plan/")
    page.get_by_role("button", name="Make PDF").click()
    make_what_waits()
    page.get_by_role("link", name="Check again").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the PDF").click()

    assert download.value.suggested_filename.endswith(".pdf")


def test_a_full_plan_fits_a_phone(live_site, world):
    plan = plan_of(world)
    DevelopmentPlanFactory(person=world.person, starts_on="2025-10-01", ends_on="2026-09-30")
    PlanActionFactory(plan=plan, due_on="2026-10-30", competency=world.competencies[0])
    PlanActionFactory(plan=plan, state="DONE")
    PlanActionFactory(plan=plan, state="DROPPED")
    ObjectiveFactory(appraisal=open_appraisal(world), state="AGREED")
    page = live_site.page(as_person=world.person)

    page.goto(f"{live_site.url}/plan/")
    check_page(page)
    screenshot(page, "plan")
    screenshot(page, "plan", phone=True)
    page.goto(f"{live_site.url}/plans/{plan.pk}/actions/add/?programme={world.programme.pk}")
    check_page(page)
    screenshot(page, "plan-action")


@pytest.mark.parametrize(
    "state",
    [
        {"state": "RUNNING", "started_at": "2026-11-20T09:00Z", "steps_done": 2, "steps_total": 5},
        {"state": "FAILED", "ended_at": "2026-11-20T09:00Z", "reason": "The plan is gone."},
    ],
)
def test_every_state_of_a_job_reads_well(live_site, state):
    person = PersonFactory()
    job = Job.objects.create(
        owner=person,
        kind="tests.work",
        about_key="plan:1",
        title="Development plan 2026 to 2027",
        asked_at="2026-11-20T09:00Z",
        **state,
    )
    page = live_site.page(as_person=person)

    page.goto(f"{live_site.url}/jobs/{job.public_id}/")

    check_page(page)
