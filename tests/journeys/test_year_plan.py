"""The end of one manager's year: a signed appraisal becomes a plan, and a real worker its PDF."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from pypdf import PdfReader

from appraisals.models import DevelopmentPlan
from appraisals.services.workflow import sign
from common.dates import london_date, long_date
from jobs.models import Job, JobState
from tests.factories.appraisals import ObjectiveFactory, shared
from tests.factories.plans import DevelopmentPlanFactory, PlanActionFactory
from tests.jobs.broker import NOBODY_LISTENS, broker_at
from tests.jobs.worker import Worker, broker_of_its_own, wait_until
from tests.journeys.walking import walker_for
from tests.journeys.year import gather


@pytest.fixture
def broker():
    with broker_of_its_own() as url:
        yield url


@pytest.fixture
def worker(broker, tmp_path):
    """Start a worker when the journey comes to it; it is a process with a clock of its own."""
    started = []

    def start() -> Worker:
        started.append(Worker(tmp_path, f"worker-{len(started)}"))
        return started[-1]

    yield start
    for one in started:
        one.stop()


@pytest.fixture
def cast(transactional_db):
    return gather(now=timezone.now())


@pytest.fixture
def plan(cast, broker):
    """What signing leaves behind: an agreed objective, a drafted plan, and a PDF asked for."""
    now = timezone.now()
    appraisal = shared(
        subject=cast.amara,
        manager=cast.daniel,
        organisation=cast.trust,
        role_profile=cast.role,
        met_on=london_date(now),
    )
    ObjectiveFactory(appraisal=appraisal, due_on=london_date(now) + timedelta(days=200))
    for party in (cast.amara, cast.daniel):
        sign(appraisal=appraisal, by=party, now=now)
    return DevelopmentPlan.objects.get(person=cast.amara)


def text_of(pdf):
    words = " ".join(page.extract_text() for page in PdfReader(pdf).pages)
    return " ".join(words.split())


def downloaded(walker):
    with walker.page.expect_download() as download:
        walker.main.get_by_role("button", name="Download the PDF").click()
    return Path(download.value.path()).read_bytes()


def jobs_of(person):
    return Job.objects.filter(owner=person)


def test_her_plan_arrives_as_a_pdf_by_a_real_worker(live_site, cast, plan, worker):
    amara = walker_for(live_site, cast.amara)

    # given a plan drafted from what both have signed
    amara.goes_to("/")
    amara.uses_menu("My plan")
    amara.sees("Reduce the time to discharge", "Working towards", "Mary Seacole programme")
    facts = amara.main.locator(".nhsuk-summary-list__value").all_inner_texts()

    # when she asks for a PDF, she sees that it waits
    amara.presses("Make PDF")
    amara.sees("Your PDF is waiting for its turn.")

    # then a worker makes it, and the page says so without being asked again
    running = worker()
    wait_until(lambda: jobs_of(cast.amara).get().state == JobState.DONE, running)
    kept_until = long_date(jobs_of(cast.amara).get().document.expires_on)
    amara.sees(f"Your PDF is ready. You can open it until {kept_until}.")

    # and what she downloads is the plan
    pdf = downloaded(amara)
    assert pdf.startswith(b"%PDF-1.7")
    said = text_of(BytesIO(pdf))
    for fact in (*facts, "Reduce the time to discharge", "Mary Seacole programme"):
        assert " ".join(fact.split()) in said

    # and she is told on her home page, once, and finds it again among her documents
    amara.goes_to("/")
    expect(amara.main.get_by_role("link", name="Your PDF is ready")).to_have_count(1)
    amara.sees("What needs you")
    amara.goes_to("/documents/")
    amara.sees(plan.title)


def test_with_redis_away_she_can_ask_and_it_is_made_when_it_is_back(
    live_site, cast, worker, settings
):
    today = timezone.localdate()
    plan = DevelopmentPlanFactory(
        person=cast.amara, starts_on=today, ends_on=today + timedelta(days=365)
    )
    PlanActionFactory(plan=plan, title="Shadow the site team for a week")
    amara = walker_for(live_site, cast.amara)

    # given a site that reaches neither its broker nor its cache
    kept = settings.CACHES
    settings.CACHES = {"default": {**kept["default"], "LOCATION": NOBODY_LISTENS}}
    with broker_at(NOBODY_LISTENS):
        # when she asks for a PDF, pages answer as ever
        amara.goes_to("/plan/")
        amara.sees("Shadow the site team for a week")
        amara.presses("Make PDF")
        amara.sees("Your PDF is waiting for its turn.")

    # then it is made once Redis and a worker are back, though nobody told the worker of it
    settings.CACHES = kept
    assert jobs_of(cast.amara).get().state == JobState.QUEUED
    running = worker()
    wait_until(lambda: jobs_of(cast.amara).get().state == JobState.DONE, running, seconds=90)
    amara.sees("Your PDF is ready.")
    assert "Shadow the site team for a week" in text_of(BytesIO(downloaded(amara)))
