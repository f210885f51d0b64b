"""Somebody lets talent teams find them, a lead searches, reads and judges, the person sees it."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from talent.models import TalentProfile
from talent.services.projection import refresh_profiles
from tests.factories.accounts import (
    OrganisationFactory,
    PersonFactory,
    employ,
    grant,
    place_below,
)
from tests.factories.clock import NOW
from tests.factories.pathways import AspirationFactory, competencies_of, follow, role_asking, show
from tests.factories.talent import NominationFactory, PoolFactory, found_person
from tests.journeys.browser import check_page, screenshot


@pytest.fixture(autouse=True)
def at_the_moment_of_the_tests(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def trust(transactional_db):
    region = OrganisationFactory(kind="REGION", name="NHS Hills Region")
    icb = place_below(
        OrganisationFactory(kind="ICB", name="NHS Valleys Integrated Care Board"), region
    )
    return place_below(OrganisationFactory(name="Riverbank University Hospitals NHS Trust"), icb)


@pytest.fixture
def lead(trust):
    person = PersonFactory(given_name="Tomasz", family_name="Nowak")
    return grant(employ(person=person, organisation=trust), "TALENT_LEAD", trust)


@pytest.fixture
def people(trust):
    """Three who can be found, with more and fewer of the levels the role asks for."""
    role = role_asking(3, 2, 3, 4, title="General manager", band="8b")
    now = role_asking(2, 2, title="Service manager")
    names = [("Amara", "Okafor"), ("Siobhán", "Byrne"), ("Bartholomew", "Featherstonehaugh-Smythe")]
    found = []
    for levels, (given, family) in enumerate(names, start=1):
        person = PersonFactory(given_name=given, family_name=family)
        found_person(organisation=trust, person=person, scope="REGION")
        show(follow(person, now), dict.fromkeys(competencies_of(role), levels))
        found.append(person)
    AspirationFactory(person=found[2], role_profile=role)
    refresh_profiles(person_ids=[person.pk for person in found], now=NOW)
    return found


def test_a_talent_lead_finds_the_best_match_and_the_person_sees_who_looked(
    visit, live_site, lead, people
):
    # given a talent lead
    page = visit("/talent/", as_person=lead)
    check_page(page)
    page.click("text=Search for people")

    # when they search for somebody to become a general manager
    page.fill("input[name=words]", "service manager riverbank")
    page.select_option("select[name=match]", label="General manager")
    page.click("text=Apply filters")
    page.wait_for_load_state()

    # then the best match comes first, and its parts add up
    names = page.locator("[data-person] h3 a").all_inner_texts()
    assert names[0] == "Bartholomew Featherstonehaugh-Smythe"
    page.locator("[data-person] summary").first.click()
    points = page.locator("[data-person]").first.locator("[data-part] td").all_inner_texts()
    total = page.locator("[data-person] .nhsuk-tag").first.inner_text()
    assert total == f"Match {sum(int(text.split()[0]) for text in points)} of 100"
    check_page(page)
    screenshot(page, "talent-search")
    screenshot(page, "talent-search", phone=True)


def test_a_profile_is_judged_and_the_person_sees_who_looked_and_why(visit, live_site, lead, people):
    # given a talent lead who opens the profile of somebody
    page = visit(f"/talent/people/{people[2].pk}/", as_person=lead)
    check_page(page)
    screenshot(page, "talent-profile")
    screenshot(page, "talent-profile", phone=True)

    # when they judge, first without an answer
    page.click("button:has-text('Judge readiness')")
    expect(page).to_have_title(re.compile("^Error:"))
    check_page(page)
    page.check("text=Ready now")
    page.fill("textarea[name=reason]", "Has run two services through a winter.")
    page.click("button:has-text('Judge readiness')")
    expect(page.get_by_role("main")).to_contain_text("Your judgement is kept")

    # then the person sees who looked and why they were judged so
    own = visit("/talent/who-looked/", as_person=people[2])
    assert own.locator("[data-reading]").first.inner_text().startswith("Tomasz Nowak")
    check_page(own)
    screenshot(own, "talent-who-looked", phone=True)
    own.goto(live_site.url + "/talent/being-found/")
    assert "Has run two services through a winter." in own.inner_text("main")
    check_page(own)
    screenshot(own, "talent-consent")
    screenshot(own, "talent-consent", phone=True)


def test_consent_is_given_and_taken_back_without_javascript(visit, live_site, trust, lead):
    # given somebody nobody can find
    person = employ(organisation=trust)
    page = visit("/talent/being-found/", as_person=person, javascript=False)
    assert "No talent team can find you at the moment." in page.inner_text("main")

    # when they let their trust find them
    page.check("text=Riverbank University Hospitals NHS Trust")
    for part, typed in {"day": "1", "month": "6", "year": "2027"}.items():
        page.fill(f"input[name=until_{part}]", typed)
    page.click("text=Let them find me")

    # then the lead finds them, until they stop
    search = visit("/talent/search/", as_person=lead)
    assert search.locator("[data-person]").count() == 1
    page.click("text=Stop being found")
    page.wait_for_load_state()
    search.reload()
    assert search.locator("[data-person]").count() == 0
    check_page(search)
    assert not TalentProfile.objects.exists()


def test_somebody_is_put_forward_by_a_colleague(visit, trust, people):
    # given a pool
    PoolFactory(organisation=trust, title="Aspiring general managers")
    page = visit("/talent/pools/", as_person=people[1])
    check_page(page)
    page.click("text=Aspiring general managers")
    check_page(page)

    # when one puts the other forward, first without an answer
    page.click("text=Put somebody forward")
    check_page(page)
    page.click("button:has-text('Put forward')")
    check_page(page)
    screenshot(page, "talent-nomination-wrong", phone=True)
    page.get_by_label("Somebody else").check()
    page.fill("input[name=email]", people[2].email)
    page.fill("textarea[name=reason]", "Opened the new clinic on time.")
    page.click("button:has-text('Put forward')")

    # then it waits for the talent team
    expect(page.get_by_role("main")).to_contain_text("What you wrote is kept.")
    check_page(page)


def test_a_lead_decides_and_the_person_reads_why(visit, trust, lead, people):
    # given somebody who was put forward
    pool = PoolFactory(organisation=trust, title="Aspiring general managers")
    NominationFactory(pool=pool, person=people[2], nominated_by=people[1], route="PEER")

    # when a lead finds them in the pool and accepts
    page = visit(f"/talent/pools/{pool.pk}/", as_person=lead)
    check_page(page)
    screenshot(page, "talent-pool")
    screenshot(page, "talent-pool", phone=True)
    page.click("main >> text=Bartholomew")
    check_page(page)
    screenshot(page, "talent-nomination", phone=True)
    page.check("text=Accept into the pool")
    page.fill("textarea[name=reason]", "Ready for a larger service.")
    page.click("button:has-text('Decide')")

    # then the person sees where it is and reads why
    own = visit("/talent/", as_person=people[2])
    assert own.locator("[data-nomination] .nhsuk-tag").inner_text() == "In the pool"
    check_page(own)
    screenshot(own, "talent-overview")
    screenshot(own, "talent-overview", phone=True)
    own.click("main >> text=Bartholomew")
    expect(own.get_by_role("main")).to_contain_text("Ready for a larger service.")
    check_page(own)
