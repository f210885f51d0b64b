"""A learner: finding a course, a place on it, and what comes of having been there."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from common.dates import long_date
from courses.models import Enrolment
from courses.services.attendance import complete
from courses.services.enrolment import approve, enrol, withdraw
from tests.factories.clock import NOW
from tests.factories.courses import ProgrammeFactory, SessionFactory, seated
from tests.factories.evaluations import evaluation_form
from tests.journeys.browser import screenshot
from tests.journeys.learning import STARTS, WHY, gather, work_is_done
from tests.journeys.walking import walker_for

with_and_without_scripts = pytest.mark.parametrize("javascript", [True, False])
pytestmark = pytest.mark.usefixtures("clock")
TITLE = "Foundations in systems leadership"


@pytest.fixture
def cast(transactional_db):
    return gather()


def pictured(walker, name):
    screenshot(walker.page, f"learner-{name}")
    screenshot(walker.page, f"learner-{name}", phone=True)


@with_and_without_scripts
def test_she_finds_a_course_that_fits_and_asks_for_a_place(live_site, cast, javascript):
    ProgrammeFactory(title="Running a budget", mode="ONLINE")
    amara = walker_for(live_site, cast.amara, javascript=javascript)

    # given a catalogue, of which one course would bring her nearer to what her role asks for
    amara.goes_to("/")
    amara.uses_menu("Courses")
    amara.sees("2 programmes", TITLE, "Running a budget")

    # when she looks for it with a slip of the finger and narrows it down
    amara.answers("Words", "sistems leadership")
    amara.presses("Apply filters")
    amara.sees("1 programme", TITLE, "Closes a gap of yours")
    amara.chooses("With places left")
    amara.presses("Apply filters")

    # then it says why it fits
    amara.main.get_by_text("Why it fits").click()
    reason = "Skill 0: from level 2 to level 3, where your role asks for 3"
    expect(amara.main.get_by_text(reason)).to_be_visible()
    amara.sees("1 programme")
    pictured(amara, "catalogue")

    # and when she asks for a place, she is told who decides, and by when
    amara.follows(TITLE)
    amara.sees("Where you can take it", "so your line manager approves the place")
    pictured(amara, "programme")
    amara.follows("Ask for a place")
    amara.sees("They have 5 working days to answer", "A refusal needs a reason.")
    amara.answers("Why do you want to take this course?", WHY)
    amara.presses("Ask for a place")
    amara.sees("Your request is waiting for approval.", "Answer due by 27 November 2026.")
    pictured(amara, "waits")


def test_she_is_told_of_the_answer_and_puts_the_session_in_her_diary(live_site, cast):
    amara = walker_for(live_site, cast.amara)

    # given that her line manager has approved what she asked for
    approve(enrolment=cast.asks(), by=cast.daniel, now=NOW)

    # when she reads the news, then she has a place, with time for it
    amara.goes_to("/")
    amara.follows("was approved. You have a place.")
    amara.sees("Place confirmed", "Your 12 hours of study time", "Daniel Hughes")
    pictured(amara, "confirmed")

    # and her diary takes the session
    diary = amara.downloads("Add it to my diary").decode()
    assert "BEGIN:VEVENT" in diary
    assert f"SUMMARY:{TITLE}" in diary
    assert "DTSTART" in diary
    assert "20270114T093000" in diary
    amara.goes_to("/courses/mine/")
    amara.sees(TITLE, "14 January 2027", "Place confirmed")


def test_she_waits_is_offered_a_place_takes_it_and_moves(live_site, cast):
    session = SessionFactory(offering=cast.offering, starts_at=STARTS, capacity=1)
    other = SessionFactory(offering=cast.offering, starts_at=STARTS + timedelta(days=28))
    cast.her_pathway_asks_for_it()
    first = seated(session, 1, person=cast.reports_to_daniel("Wen", "Zhang"))
    amara = walker_for(live_site, cast.amara)

    # given a full session of a course that her pathway asks for
    amara.goes_to(f"/courses/sessions/{session.pk}/")
    amara.sees("full, 0 waiting", "nobody needs to approve it")

    # when she joins the waiting list and the place becomes free, it is held for her
    amara.presses("Join the waiting list")
    amara.sees("You are number 1 on the waiting list.", "held for 48 hours")
    pictured(amara, "waiting-list")
    withdraw(enrolment=first, by=first.person, now=NOW)
    amara.goes_to("/")
    amara.follows(TITLE, within=amara.main.locator("[data-need]"))
    amara.sees("This place is held for you until 22 November 2026 at 9am.")
    pictured(amara, "offer")
    amara.chooses("Yes, I take it")
    amara.presses("Send my answer")
    amara.sees("You have a place on this session.", "Place confirmed")

    # and when the day no longer suits her, she moves without asking anybody again
    amara.follows("Move to another session")
    amara.sees("Nobody needs to approve it again.")
    choice = amara.main.get_by_label("Which session do you want instead?")
    choice.select_option(value=str(other.pk))
    pictured(amara, "move")
    amara.presses("Move")
    amara.sees("You have moved. Your place is on this session now.", "11 February 2027")
    amara.goes_to("/courses/mine/")
    amara.sees("11 February 2027", "Place confirmed", "Moved")


@pytest.fixture
def was_there(cast, clock):
    """She was at the session, and its register is finished."""
    evaluation_form()
    cast.her_pathway_asks_for_it()
    place = enrol(session=cast.session, person=cast.amara, by=cast.amara, now=NOW)
    clock.move_to(cast.session.ends_at + timedelta(hours=1))
    cast.were_there(place, by=cast.yusuf, now=clock.moment)
    return Enrolment.objects.get(pk=place.pk)


def test_she_says_how_it_was_and_shows_her_certificate_to_anybody(
    live_site, cast, was_there, clock
):
    amara = walker_for(live_site, cast.amara)

    # given that she was there, she is asked how it was, without her name
    amara.goes_to("/")
    amara.follows(TITLE, within=amara.main.locator("[data-need]"))
    amara.sees(f"How was {TITLE}?", "kept without your name")
    amara.main.get_by_role("group", name="Was it useful?").get_by_label("4").check()
    amara.answers("What should be different?", "More time for questions.")
    pictured(amara, "evaluation")
    amara.presses("Send your answers")
    amara.sees("Thank you. Your answers are counted without your name.", "Attended")

    # when the learning lead has recorded that she completed it
    complete(enrolments=[was_there], by=cast.yusuf, now=clock.moment)
    work_is_done(now=clock.moment)

    # then she has learned of it, and has the certificate
    amara.goes_to("/")
    amara.sees("You have completed Foundations in systems leadership.")
    amara.goes_to("/courses/record/")
    amara.sees(TITLE, long_date(clock.moment.date()))
    pictured(amara, "record")
    amara.goes_to("/courses/certificates/")
    amara.follows("Certificate in systems leadership")
    amara.sees("Show it to somebody", "Amara Okafor")
    pictured(amara, "certificate")
    address = amara.main.locator(".app-address a").inner_text()

    # and whoever has its link sees that it is genuine, without signing in
    anybody = walker_for(live_site, None)
    anybody.page.goto(address)
    anybody.sees("Genuine and in force", "Amara Okafor", "Certificate in systems leadership")
    pictured(anybody, "check")
    anybody.page.goto(f"{address.rstrip('/')}x/")
    anybody.does_not_see("Genuine")
