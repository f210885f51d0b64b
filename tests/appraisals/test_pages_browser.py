"""Appraisals in a real browser: every page through axe, autosave, and two windows at once."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from appraisals.models import Appraisal, Draft
from appraisals.services.workflow import sign
from tests.factories.accounts import employ
from tests.factories.appraisals import (
    CycleFactory,
    ObjectiveFactory,
    appraise,
    hr_administrator,
    shared,
)
from tests.factories.clock import NOW, TODAY
from tests.factories.pathways import competencies_of, follow, role_asking, show
from tests.journeys.browser import check_page
from tests.journeys.conftest import browser, live_site  # noqa: F401

PICTURES = os.environ.get("PICTURES")
ANSWER = "#id_answer-went-well"


def look(page, name):
    check_page(page)
    if PICTURES:
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)
        page.set_viewport_size({"width": 1280, "height": 900})


def visit(site, person, path, **options):
    page = site.page(as_person=person, **options)
    page.goto(site.url + path)
    return page


@pytest.fixture
def appraisal(transactional_db):
    return appraise(role_profile=role_asking(3, 2, 4))


def test_pages_of_those_who_write(live_site, appraisal):  # noqa: F811
    page = visit(live_site, appraisal.subject, "/appraisals/")
    look(page, "list")
    page.get_by_role("link", name=appraisal.cycle.title).click()
    look(page, "drafting")
    page.get_by_role("link", name="Write your part").click()
    look(page, "draft")
    page.goto(f"{live_site.url}/appraisals/{appraisal.pk}/conversation/")
    look(page, "conversation")


def test_pages_of_those_who_agree_and_sign(live_site):  # noqa: F811
    appraisal = shared(role_profile=role_asking(3, 2), wellbeing_on=TODAY)
    ObjectiveFactory(appraisal=appraisal)
    page = visit(live_site, appraisal.appraiser, f"/appraisals/{appraisal.pk}/")
    look(page, "agreeing")
    page.get_by_role("link", name="Add an objective").click()
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_title("Error: Add an objective - Waymark")
    look(page, "objective")

    for party in (appraisal.subject, appraisal.appraiser):
        sign(appraisal=appraisal, by=party, now=NOW)
    page.goto(f"{live_site.url}/appraisals/{appraisal.pk}/")
    look(page, "signed")


def test_pages_of_those_who_run_rounds(live_site):  # noqa: F811
    cycle = CycleFactory(opened_at=NOW, opens_on=TODAY)
    appraise(cycle=cycle)
    shared(cycle=cycle)
    page = visit(live_site, hr_administrator(cycle.organisation), "/appraisals/cycles/")
    look(page, "cycles")
    page.get_by_role("link", name=cycle.title).click()
    look(page, "cycle")
    page.goto(f"{live_site.url}/appraisals/cycles/plan/")
    look(page, "plan-cycle")
    page.goto(f"{live_site.url}/appraisals/status/")
    look(page, "status")


def test_the_team_page(live_site):  # noqa: F811
    cycle = CycleFactory(opened_at=NOW)
    manager = employ(organisation=cycle.organisation)
    for _ in range(3):
        appraise(cycle=cycle, manager=manager)
    role = role_asking(3, 2)
    report = appraise(cycle=cycle, manager=manager).subject
    show(follow(report, role), {competencies_of(role)[0]: 1})
    page = visit(live_site, manager, "/team/")
    look(page, "team")
    moved = Appraisal.objects.first()
    page.goto(f"{live_site.url}/appraisals/{moved.pk}/hand-over/")
    look(page, "hand-over")


def test_what_is_typed_is_kept_by_itself(live_site, appraisal):  # noqa: F811
    page = visit(live_site, appraisal.subject, f"/appraisals/{appraisal.pk}/write/")

    page.locator(ANSWER).press_sequentially("The new rota")
    expect(page.locator("#save-state")).to_contain_text("Saved at")
    page.locator(ANSWER).press_sequentially(" and the team")
    expect(page.locator("#save-state input[name=version]")).to_have_value("2")

    assert Draft.objects.get().answers == {"went-well": "The new rota and the team"}
    expect(page.locator(ANSWER)).to_have_value("The new rota and the team")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("What you wrote is kept.")).to_be_visible()


def test_signed_out_while_writing_keeps_what_was_typed(live_site, appraisal):  # noqa: F811
    page = visit(live_site, appraisal.subject, f"/appraisals/{appraisal.pk}/write/")

    page.context.clear_cookies(name="sessionid")
    page.locator(ANSWER).fill("Typed after the session ended")

    expect(page.locator("#save-state")).to_contain_text("You have been signed out.")
    expect(page.locator(ANSWER)).to_have_value("Typed after the session ended")
    assert not Draft.objects.exists()


def test_two_windows_lose_neither_text(live_site, appraisal):  # noqa: F811
    path = f"/appraisals/{appraisal.pk}/write/"
    first = visit(live_site, appraisal.subject, path)
    second = visit(live_site, appraisal.subject, path)
    first.locator(ANSWER).fill("From the first window")
    expect(first.locator("#save-state")).to_contain_text("Saved at")

    second.locator(ANSWER).fill("From the second window")
    expect(second.locator("#save-state")).to_contain_text("Not saved.")
    second.get_by_role("button", name="Save", exact=True).click()
    expect(second.get_by_text("Saved in the other window:")).to_be_visible()
    look(second, "both-texts")

    expect(second.locator("[data-saved]")).to_contain_text("From the first window")
    expect(second.locator(ANSWER)).to_have_value("From the second window")
    assert Draft.objects.get().answers == {"went-well": "From the first window"}
    second.get_by_role("button", name="Save my text over the other").click()
    expect(second.get_by_text("What you wrote is kept.")).to_be_visible()
    assert Draft.objects.get().answers == {"went-well": "From the second window"}


def test_the_whole_appraisal_without_javascript(live_site, appraisal):  # noqa: F811
    address = f"{live_site.url}/appraisals/{appraisal.pk}/"
    pages = {
        party: live_site.page(as_person=party, javascript=False)
        for party in (appraisal.subject, appraisal.appraiser)
    }
    for party, page in pages.items():
        page.goto(f"{address}write/")
        page.locator(ANSWER).fill(f"Written by {party.full_name}")
        page.get_by_role("button", name="Save and check before sharing").click()
        page.get_by_role("button", name="Share with").click()

    subject = pages[appraisal.subject]
    subject.goto(f"{address}conversation/")
    for part, value in (("day", "18"), ("month", "11"), ("year", "2025")):
        subject.locator(f"#id_met_on_{part}").fill(value)
    subject.get_by_role("button", name="Save").click()
    subject.goto(f"{address}objectives/add/")
    subject.locator("#id_title").fill("Fewer falls on the ward")
    subject.locator("#id_measure").fill("Ten in a hundred fewer")
    for part, value in (("day", "30"), ("month", "6"), ("year", "2028")):
        subject.locator(f"#id_due_on_{part}").fill(value)
    subject.get_by_role("button", name="Save").click()
    for page in pages.values():
        page.goto(address)
        page.get_by_role("button", name="Sign the appraisal").click()

    manager = pages[appraisal.appraiser]
    expect(manager.get_by_text(f"Written by {appraisal.subject.full_name}")).to_be_visible()
    expect(manager.get_by_role("heading", name="Fewer falls on the ward")).to_be_visible()
    assert Appraisal.objects.get().state == "SIGNED"
