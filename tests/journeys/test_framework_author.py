"""A framework is written from a workbook, reviewed, published and used; later another edition of
it takes its place."""

from pathlib import Path

import pytest
from django.utils import timezone

from pathways.models import Competency, FrameworkVersion
from tests.factories.clock import NOW
from tests.journeys.framework import ROWS, TITLE, filled, gather
from tests.journeys.walking import walker_for

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
with_and_without_scripts = pytest.mark.parametrize("javascript", [True, False])


@pytest.fixture(autouse=True)
def at_the_moment_of_the_tests(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def cast(transactional_db):
    return gather()


def uploads(walker, name, content):
    file = {"name": name, "mimeType": EXCEL, "buffer": content}
    walker.main.get_by_label("File").set_input_files(file)
    walker.presses("Check the file")


def problems_of(walker):
    return walker.main.locator("[data-line=PROBLEM]").all()


@with_and_without_scripts
def test_a_framework_comes_from_a_workbook_into_use(live_site, cast, javascript):
    yusuf = walker_for(live_site, cast.yusuf, javascript=javascript)
    kwame = walker_for(live_site, cast.kwame, javascript=javascript)
    amara = walker_for(live_site, cast.amara, javascript=javascript)

    given_a_draft_that_says_nothing_yet(yusuf)
    template = when_he_downloads_the_template(yusuf)
    and_uploads_it_with_mistakes(yusuf, template)
    then_he_puts_them_right_and_sees_every_change_first(yusuf, template)
    and_what_he_applied_can_be_undone_and_applied_again(yusuf, template)
    when_a_colleague_comments_and_he_asks_for_a_review(yusuf, kwame)
    then_the_reviewer_signs_it_off_and_he_publishes_it(yusuf, kwame)
    and_somebody_else_assesses_herself_by_it(amara)


def given_a_draft_that_says_nothing_yet(yusuf):
    yusuf.goes_to("/")
    yusuf.uses_menu("Frameworks")
    yusuf.sees("There is no framework to write yet.")
    yusuf.main.get_by_role("button", name="Start a framework").click()
    yusuf.sees("Start a framework")
    yusuf.main.get_by_label("Code", exact=True).fill("WARD-LEAD")
    yusuf.answers("Title", TITLE)
    yusuf.chooses("The latest level, whoever says so")
    yusuf.chooses("Owner", "Riverbank University Hospitals")
    yusuf.chooses("Scale", "How often it is seen")
    yusuf.answers("Name of the first edition", "First")
    yusuf.enters_day("Meant to be in use from", day=1, month=10, year=2026)
    yusuf.presses("Start")
    yusuf.sees(TITLE, "Nothing is written yet.")


def when_he_downloads_the_template(yusuf):
    yusuf.follows("Bring in a file")
    yusuf.sees("Upload a table with one competency to a row", "Nobody has brought in a file yet.")
    with yusuf.page.expect_download() as download:
        yusuf.follows("Download an empty template")
    return Path(download.value.path()).read_bytes()


def and_uploads_it_with_mistakes(yusuf, template):
    twice = ("2", "", "1.1", "Keeping count", "Counts once a month.")
    nameless = ("2", "", "2.3", "", "Says what something costs.")
    uploads(yusuf, "ward.xlsx", filled(template, (*ROWS, twice, nameless)))
    yusuf.sees(
        "The file has mistakes, so nothing can be applied.",
        "The code 1.1 is used in row 2 already.",
    )
    rows = [line.get_by_role("cell").first.inner_text() for line in problems_of(yusuf)]
    assert rows == ["6", "7"]
    yusuf.does_not_see("Apply to the draft")
    assert not Competency.objects.exists()


def then_he_puts_them_right_and_sees_every_change_first(yusuf, template):
    yusuf.follows("Upload it again")
    yusuf.sees("ward.xlsx")
    uploads(yusuf, "ward-again.xlsx", filled(template, ROWS))
    yusuf.sees("What the file would change", "1.1 Handing over", "2.2 Fax and paper records")
    assert not Competency.objects.exists()
    yusuf.presses("Apply to the draft")
    yusuf.sees("The draft now says what the file says.", "It can be undone until 20 December 2026")
    assert Competency.objects.count() == 4


def and_what_he_applied_can_be_undone_and_applied_again(yusuf, template):
    yusuf.presses("Undo")
    yusuf.sees("The draft says again what it said before the file was applied.")
    assert not Competency.objects.exists()
    yusuf.follows("Upload it again")
    yusuf.sees("ward-again.xlsx", "Undone")
    uploads(yusuf, "ward-again.xlsx", filled(template, ROWS))
    yusuf.presses("Apply to the draft")
    yusuf.sees("The draft now says what the file says.")
    yusuf.follows("See what the draft says now")
    yusuf.sees("1.1 Handing over", "2.2 Fax and paper records")
    assert Competency.objects.count() == 4


def when_a_colleague_comments_and_he_asks_for_a_review(yusuf, kwame):
    draft = f"/authoring/{FrameworkVersion.objects.get().pk}/"
    kwame.goes_to(draft)
    kwame.sees("Handing over")
    kwame.follows("Feedback and supervision")
    kwame.sees("About 1.2 Feedback and supervision")
    kwame.answers("Comment", "Is this one thing or two?")
    kwame.presses("Comment")
    kwame.sees("Is this one thing or two?")

    yusuf.goes_to(draft)
    yusuf.follows("Feedback and supervision")
    yusuf.main.get_by_role("button", name="Reply").click()
    yusuf.answers("Comment", "One for now. We look again next year.")
    yusuf.presses("Reply")
    yusuf.sees("One for now. We look again next year.")

    yusuf.goes_to(draft)
    yusuf.follows("Ask for a review")
    yusuf.sees("everybody is asked about the same state")
    yusuf.chooses("Kwame Boateng")
    yusuf.answers("What to look at", "The titles above all.")
    yusuf.presses("Ask")
    yusuf.sees("Kwame Boateng", "Waiting for an answer")


def then_the_reviewer_signs_it_off_and_he_publishes_it(yusuf, kwame):
    kwame.goes_to("/")
    kwame.sees("Review Leading a ward, First", "Yusuf Ahmed asked you.")
    kwame.follows("Leading a ward", within=kwame.main.locator("[data-need]"))
    kwame.sees("The titles above all.")
    kwame.follows("Read all of it on one page")
    kwame.sees("This is a draft. It is not in use.", "Hands over with the agreed form.")
    kwame.page.go_back()
    kwame.chooses("I sign it off")
    kwame.answers("Statement", "I read all of it.")
    kwame.presses("Answer")
    kwame.sees("I read all of it.", "Signed off")

    yusuf.goes_to("/")
    yusuf.uses_menu("Frameworks")
    yusuf.follows("Leading a ward, First")
    yusuf.follows("Publish")
    yusuf.sees("Once it is published its content never changes.")
    yusuf.presses("Publish")
    yusuf.sees("Published")


def and_somebody_else_assesses_herself_by_it(amara):
    amara.goes_to("/frameworks/")
    amara.follows("Leading a ward, First")
    amara.sees("in use from 1 October 2026", "1.1 Handing over", "2.2 Fax and paper records")
    amara.goes_to("/pathway/assess/")
    amara.sees("0 of 4 answered")
    amara.follows("A safe shift")
    for title, level in (("Handing over", "Frequently"), ("Feedback and", "Occasionally")):
        amara.main.get_by_role("group", name=title).get_by_label(level).check()
    amara.sees("Hands over with the agreed form.")
    amara.presses("Save and continue")
    amara.goes_to("/pathway/shown/")
    amara.sees("Handing over", "Frequently", "Feedback and supervision", "Occasionally")
