"""Who is missing what: a line manager asks it of a team, a learning lead of an organisation."""

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.factories.accounts import OrganisationFactory, PersonFactory, employ, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.pathways import (
    AspirationFactory,
    CompetencyFactory,
    DomainFactory,
    RequirementFactory,
    RoleProfileFactory,
    competencies_of,
    follow,
    show,
)
from tests.journeys.walking import walker_for

with_and_without_scripts = pytest.mark.parametrize("javascript", [True, False])
SKILLS = ("Plans the work of others", "Leads a change", "Answers for a budget")
# The first of November is what is counted of an organisation.
BEFORE = date(2026, 10, 20)


@pytest.fixture(autouse=True)
def at_the_moment_of_the_tests(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def trust(transactional_db):
    return OrganisationFactory(name="Riverbank University Hospitals")


@pytest.fixture
def role(trust):
    made = RoleProfileFactory(title="Ward manager")
    domain = DomainFactory(version=made.version, code="1", title="Leading a ward")
    for place, title in enumerate(SKILLS, start=1):
        skill = CompetencyFactory(domain=domain, code=f"1.{place}", title=title, position=place)
        RequirementFactory(role_profile=made, competency=skill, rank=3, is_essential=place == 1)
    return made


@pytest.fixture
def daniel(trust):
    person = PersonFactory(given_name="Daniel", family_name="Hughes")
    return employ(person=person, organisation=trust, band="8a")


def works(role, trust, given_name, *levels, manager=None, on=BEFORE, **job):
    person = PersonFactory(given_name=given_name, family_name="Okafor")
    employ(person=person, organisation=trust, manager=manager, **job)
    follow(person, role)
    show(person, dict(zip(competencies_of(role), levels, strict=False)), on=on)
    return person


@pytest.fixture
def team(role, trust, daniel):
    """Of his four, two are below in the budget, one of them new; one aims at another role."""
    amara = works(role, trust, "Amara", 3, 3, 1, manager=daniel)
    wen = works(role, trust, "Wen", 2, 3, 2, manager=daniel, starts_on=TODAY - timedelta(days=60))
    kofi = works(role, trust, "Kofi", 3, 3, 3, manager=daniel)
    works(role, trust, "Iris", manager=daniel)
    works(role, OrganisationFactory(), "Elsewhere", 1, 1, 1)
    works(role, trust, "Beside", 1, 1, 1)
    AspirationFactory(person=kofi, role_profile=RoleProfileFactory(title="Matron"))
    return amara, wen, kofi


def lists(who, *names):
    """The map names these people, and the list beside it the same."""
    rows = who.main.locator("[data-member]")
    expect(rows).to_have_count(len(names))
    for name in names:
        expect(rows.filter(has_text=name)).to_have_count(1)
    headings = who.main.locator("details h3")
    assert [one.split()[0] for one in headings.all_text_contents()] == sorted(names)
    who.does_not_see("Elsewhere", "Beside")


def chooses_what_to_show(who, button, **choices):
    who.main.locator("summary").filter(has_text="Choose what to show").click()
    for label, option in choices.items():
        who.chooses(label, option)
    who.presses(button)


def saved(who, link):
    with who.page.expect_download() as download:
        who.follows(link)
    return list(csv.reader(Path(download.value.path()).read_text("utf-8-sig").splitlines()))


@with_and_without_scripts
def test_a_line_manager_sees_who_is_missing_what(live_site, team, daniel, javascript):
    he = walker_for(live_site, daniel, javascript=javascript)

    # given a team, one of whom is new and some of whom are below what their role asks for
    he.goes_to("/")
    he.uses_menu("My team")
    he.follows("Who in your team is missing what")

    # when he looks, then the budget is what is missing most, and who is below in it
    he.sees("What is missing most", at="/team/gaps/")
    lists(he, "Amara", "Iris", "Kofi", "Wen")
    first = he.main.locator("[data-missing]").first
    expect(first).to_contain_text("1.3 Answers for a budget")
    first.get_by_role("link").click()
    he.sees("Below what their role asks for in Answers for a budget")
    lists(he, "Amara", "Wen")

    # and the same as a file for a spreadsheet, with these two and nobody else
    table = saved(he, "Download this as a CSV file")
    assert [row[0] for row in table] == ["Person", "Amara Okafor", "Wen Okafor"]
    assert table[0][4] == "1.3 Answers for a budget"
    assert table[1][4] == "Develop first: Rarely or never, asked for Frequently"

    # when he asks about those who are new, then he sees since when and what is essential first
    he.follows("Show every person")
    chooses_what_to_show(he, "Show the team", Who="New in their role, for less than six months")
    he.sees("Since 21 September 2026")
    lists(he, "Wen")
    he.follows("Wen Okafor")
    he.sees("The first six months", "Began as Ward manager on 21 September 2026.")


@with_and_without_scripts
def test_a_team_is_asked_about_on_a_day_and_against_where_people_want_to_go(
    live_site, team, daniel, javascript
):
    he = walker_for(live_site, daniel, javascript=javascript)

    # when he asks about the day before anybody had shown anything
    he.goes_to("/team/gaps/")
    he.main.locator("summary").filter(has_text="Choose what to show").click()
    he.enters_day("Day shown", day=1, month=10, year=2026)
    he.presses("Show the team")

    # then nobody is below
    he.sees("Your team of today, with the levels and the roles of 1 October 2026.")
    he.sees("Nobody has shown a level below what their role asks for.")

    # when he asks about those who aim at another role, then there is one
    he.follows("Show the whole team")
    chooses_what_to_show(he, "Show the team", Who="Working towards another role")
    lists(he, "Kofi")
    he.follows("Kofi Okafor")
    he.sees("Measured against Matron, the role they are working towards.")


def test_whoever_has_no_team_is_told_what_to_do_and_sees_nobody(live_site, team):
    she = walker_for(live_site, team[0])

    she.goes_to("/team/gaps/")

    she.sees("Nobody reports to you.", "once the HR record names you as their line manager")
    she.does_not_see("Wen Okafor", "Daniel Hughes")


@pytest.fixture
def kwame(trust):
    person = PersonFactory(given_name="Kwame", family_name="Boateng")
    return grant(employ(person=person, organisation=trust, band="8d"), "LEARNING_LEAD", trust)


@pytest.fixture
def managers(role, trust):
    """Twelve of band 7, all below in one of three; three of band 8a; and others elsewhere."""
    for number in range(12):
        works(role, trust, f"Seven{number}", 3, 3, 1, band="7")
    for number in range(3):
        works(role, trust, f"Eight{number}", 1, 1, 1, band="8a")
    elsewhere = OrganisationFactory(name="Hilltop Hospitals")
    for number in range(20):
        works(role, elsewhere, f"Other{number}", 1, 1, 1, band="7")


@with_and_without_scripts
def test_a_learning_lead_asks_the_same_of_the_organisation(live_site, managers, kwame, javascript):
    she = walker_for(live_site, kwame, javascript=javascript)

    # given managers of two bands, when the lead looks at all of them
    she.goes_to("/")
    she.uses_menu("My team")
    she.follows("Gaps in your organisations")

    # then there are shares and no names, of this organisation alone
    she.sees("About 15 people against what their roles asked for on 1 November 2026.")
    groups = she.main.locator("[data-group]")
    expect(groups).to_have_count(1)
    expect(groups).to_contain_text("Riverbank University Hospitals")
    she.does_not_see("Hilltop Hospitals", "Seven1", "Eight1")

    # when she asks by competency, then the budget is where people are below
    chooses_what_to_show(she, "Show the gaps", Domain="Leading a ward")
    she.sees("33% below 67% met", "100% below 0% met")

    # when she asks by band, then three cannot be worked out: neither told nor left over
    chooses_what_to_show(she, "Show the gaps", **{"Group people by": "Band"})
    she.sees("There is no group that is large enough to be shown.")
    she.sees("2 groups of organisations are left out, because they are too small.")


def test_a_line_manager_is_told_of_no_organisation(live_site, managers, daniel):
    he = walker_for(live_site, daniel)

    he.goes_to("/")
    he.uses_menu("My team")
    he.does_not_see("Gaps in your organisations")
    answer = he.page.goto(he.site + "/organisations/gaps/")

    assert answer.status == 403
    he.sees("Only learning leads and HR administrators see the gaps of an organisation.")
