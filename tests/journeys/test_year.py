"""One manager's year: a course, an appraisal, being found. The plan and its PDF are next door."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.factories.clock import NOW
from tests.journeys.walking import walker_for
from tests.journeys.year import gather, open_appraisals

with_and_without_scripts = pytest.mark.parametrize("javascript", [True, False])


@pytest.fixture(autouse=True)
def at_the_moment_of_the_tests(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def cast(transactional_db):
    return gather(now=NOW)


@with_and_without_scripts
def test_she_asks_for_a_course_and_her_line_manager_approves(live_site, cast, javascript):
    amara = walker_for(live_site, cast.amara, javascript=javascript)
    daniel = walker_for(live_site, cast.daniel, javascript=javascript)

    # given a manager who sees what her role asks for and where she is
    amara.goes_to("/")
    amara.sees("What needs you")
    amara.uses_menu("My pathway")
    amara.sees("Your gap to Ward manager", "3 of 6 levels met")

    # when she finds a course that her pathway does not ask for, and asks for a place
    amara.uses_menu("Courses")
    amara.sees("Mary Seacole programme")
    amara.follows("Rosalind Franklin programme")
    amara.sees("Where you can take it")
    amara.does_not_see("Your pathway asks for this.")
    sessions = amara.main.get_by_role("table", name="Sessions at Riverbank")
    sessions.get_by_role("link", name="Ask for a place").click()
    amara.sees("so your line manager decides", "10 in all")
    amara.answers("Why do you want to take this course?", "To lead across two wards.")
    amara.presses("Ask for a place")
    amara.sees("Your request is waiting for approval.")

    # then her line manager finds it on his home page, reads why, and approves
    daniel.goes_to("/")
    daniel.sees("What needs you")
    daniel.follows("Amara Okafor", within=daniel.main.locator("[data-need]"))
    daniel.sees("To lead across two wards.")
    daniel.chooses("Yes, approve it")
    daniel.presses("Send the decision")
    daniel.sees("You approved it. Amara Okafor has a place.", "Nobody is waiting")

    # and she is told, and has the place
    amara.goes_to("/")
    amara.follows("was approved. You have a place.")
    amara.sees("Your enrolment", "9 places left")
    amara.goes_to("/courses/mine/")
    amara.sees("Rosalind Franklin programme", "Place confirmed")


@with_and_without_scripts
def test_both_write_share_agree_and_sign(live_site, cast, javascript):
    appraisal = open_appraisals(cast, now=NOW)
    address = f"/appraisals/{appraisal.pk}/"
    amara = walker_for(live_site, cast.amara, javascript=javascript)
    daniel = walker_for(live_site, cast.daniel, javascript=javascript)

    given_both_find_it_on_the_home_page(amara, daniel)
    when_she_writes_it_is_hers_until_she_shares(amara, daniel, address)
    when_he_writes_and_shares_too(daniel, address)
    when_they_have_talked_and_agreed_an_objective(daniel)
    then_both_sign(amara, daniel, address)
    then_nothing_on_it_can_be_changed(amara, daniel, address)


def given_both_find_it_on_the_home_page(amara, daniel):
    for party in (amara, daniel):
        party.goes_to("/")
        party.sees("What needs you", "ppraisal")


def when_she_writes_it_is_hers_until_she_shares(amara, daniel, address):
    amara.main.locator("[data-need]").get_by_role("link").first.click()
    amara.answers("What went well this year?", "The new rota was out six weeks ahead.")
    amara.sees("Only you can see this until you share it.", at=f"{address}write/")
    amara.presses("Save and check before sharing")
    amara.sees("What you wrote is kept.", "The new rota was out six weeks ahead.")

    daniel.goes_to(address)
    daniel.sees("Amara Okafor has not shared anything yet.")
    daniel.does_not_see("The new rota")
    amara.presses("Share with Daniel Hughes")
    amara.sees("You have shared your part")
    daniel.goes_to(address)
    daniel.sees("The new rota was out six weeks ahead.")


def when_he_writes_and_shares_too(daniel, address):
    daniel.follows("Write your part")
    daniel.answers("What went well this year?", "Calm in a hard winter.")
    daniel.answers("What support will you give?", "A mentor from another trust.")
    daniel.chooses("All of them")
    daniel.chooses("Skill 1", "Frequently")
    daniel.sees("The levels you have seen")
    daniel.presses("Save and check before sharing")
    daniel.sees("A mentor from another trust.", at=address)
    daniel.presses("Share with Amara Okafor")
    daniel.sees("Both parts are shared.")


def when_they_have_talked_and_agreed_an_objective(daniel):
    daniel.follows("Enter the day of your conversation")
    daniel.sees("When you met")
    daniel.enters_day("Day of the conversation", day=19, month=11, year=2026)
    daniel.presses("Save")
    daniel.sees("The days are kept.", "19 November 2026")
    daniel.follows("Add an objective")
    daniel.sees("Add an objective")
    words_an_objective(daniel, "Reduce the time to discharge")
    daniel.presses("Save")
    daniel.sees("The objective is added.", "Reduce the time to discharge")


def words_an_objective(walker, title):
    walker.answers("Objective", title)
    walker.answers("How you will know", "Four hours less on average")
    walker.enters_day("By when", day=30, month=6, year=2027)


def then_both_sign(amara, daniel, address):
    amara.goes_to(address)
    amara.sees("Reduce the time to discharge", "Calm in a hard winter.")
    amara.presses("Sign the appraisal")
    amara.sees("The signature of Daniel Hughes is missing.")
    daniel.goes_to(address)
    daniel.sees("Amara Okafor has signed.")
    daniel.presses("Sign the appraisal")
    daniel.sees(
        "Signed by Amara Okafor on 20 November 2026",
        "Signed by Daniel Hughes on 20 November 2026",
    )


def then_nothing_on_it_can_be_changed(amara, daniel, address):
    daniel.sees_nothing_to_press()
    daniel.goes_to(f"{address}objectives/add/")
    words_an_objective(daniel, "One more thing")
    assert daniel.presses_and_gets("Save").status == 409
    amara.goes_to(f"{address}write/")
    amara.sees("Four hours less on average", at=address)
    amara.does_not_see("One more thing")
    amara.sees_nothing_to_press()


def test_she_lets_herself_be_found_and_sees_who_looked(live_site, cast):
    amara = walker_for(live_site, cast.amara)
    daniel = walker_for(live_site, cast.daniel)
    kwame = walker_for(live_site, cast.kwame)

    # given a talent lead who finds nobody
    kwame.goes_to("/talent/search/")
    kwame.sees("0 people found")

    # when she lets the talent team of her trust find her
    amara.goes_to("/talent/")
    amara.follows("Being found")
    amara.sees("No talent team can find you at the moment.")
    amara.chooses("Riverbank University Hospitals")
    amara.enters_day("Until which day", day=30, month=9, year=2027)
    amara.presses("Let them find me")
    amara.sees("Talent teams can find you until 30 September 2027.")

    # then the lead finds her for her next role, with a match that adds up
    kwame.chooses("Match with a role", "Matron")
    kwame.presses("Apply filters")
    kwame.sees("1 person found")
    kwame.follows("Amara Okafor")
    kwame.sees("Match with Matron")
    parts = kwame.page.locator("[data-part] td").all_inner_texts()
    total = sum(int(part.split()[0]) for part in parts)
    expect(kwame.page.locator(".app-match strong")).to_have_text(f"{total} of 100")

    # and she sees that he looked, while for her line manager there is nothing to see
    amara.goes_to("/talent/who-looked/")
    amara.sees("Kwame Boateng")
    answer = daniel.page.goto(kwame.page.url)
    assert answer.status == 404
