"""A programme lead of a provider: the register on a phone, completion, certificates, charges."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from playwright.sync_api import expect

from courses.models import Certificate, Enrolment, MeetingMark
from tests.factories.accounts import OrganisationFactory, employ, grant
from tests.factories.courses import OfferingShareFactory, SessionFactory, seated
from tests.factories.evaluations import box_of, evaluation_form, invited
from tests.factories.money import PRICE, MoneyRuleFactory
from tests.journeys.browser import PHONE, screenshot
from tests.journeys.learning import STARTS, gather, named, work_is_done
from tests.journeys.walking import walker_for

pytestmark = pytest.mark.usefixtures("clock")
TITLE = "Foundations in systems leadership"


@pytest.fixture
def academy(transactional_db):
    return OrganisationFactory(name="Northern Leadership Academy", kind="PROVIDER")


@pytest.fixture
def helen(academy):
    person = employ(person=named("Helen", "Carter"), organisation=academy)
    return grant(person, "PROGRAMME_LEAD", academy)


@pytest.fixture
def cast(academy):
    """The course is the academy's, and the trust may use it."""
    cast = gather(host=academy)
    OfferingShareFactory(offering=cast.offering, organisation=cast.trust)
    return cast


@pytest.fixture
def places(cast):
    """Amara, Wen and Kofi of the trust have a place, at a price."""
    people = [
        cast.amara,
        cast.reports_to_daniel("Kofi", "Mensah"),
        cast.reports_to_daniel("Wen", "Zhang"),
    ]
    return [
        cast.has_place(person, seat=number, price_pence=PRICE)
        for number, person in enumerate(people, start=1)
    ]


def pictured(walker, name, *, phone=False):
    screenshot(walker.page, f"provider-{name}", phone=phone)


def row_of(walker, place):
    return walker.main.locator(".app-register__row").filter(has_text=place.person.full_name)


def marks(walker, place, how):
    row_of(walker, place).get_by_label(how, exact=True).check()


def saves(walker, place):
    row_of(walker, place).get_by_role("button", name="Save this row").click()


def opens_the_register(she):
    she.goes_to("/")
    she.page.get_by_role("link", name="Courses", exact=True).click()
    she.follows("Sessions you run")
    she.follows(TITLE)
    she.follows("Record attendance")
    she.sees("There: 0. Away: 0. Not marked yet: 3.")
    assert she.page.viewport_size == PHONE
    pictured(she, "register", phone=True)


def marks_late(she, place):
    marks(she, place, "Late")
    saves(she, place)
    she.sees("Enter how many minutes late")
    row_of(she, place).get_by_label("Minutes late").fill("20")
    saves(she, place)
    she.sees("1 mark is saved.", "There: 1. Away: 0. Not marked yet: 2.")


def marks_absent(she, place):
    marks(she, place, "Absent")
    row = row_of(she, place)
    row.get_by_text("Minutes late, or why away").click()
    row.get_by_label("Reason for being away").select_option(label="Needed by the service")
    row.get_by_label("More about the reason").fill("Two nurses rang in sick.")


def test_she_keeps_the_register_on_a_phone(live_site, cast, places, helen, clock):
    amara, kofi, wen = places
    clock.move_to(STARTS + timedelta(minutes=40))
    she = walker_for(live_site, helen, phone=True)

    # given the morning of the session, when she marks row by row who is late and who is away
    opens_the_register(she)
    marks_late(she, amara)
    marks_absent(she, kofi)
    marks(she, wen, "Present")
    she.presses("Save and finish the register")

    # then it is finished and says how each was there; why somebody was away stays in the register
    she.sees("Attendance is recorded.", "Late by 20 minutes", "Absent")
    she.does_not_see("Needed by the service")
    pictured(she, "roster", phone=True)
    assert MeetingMark.objects.get(enrolment=kofi).reason == "SERVICE"
    for place in places:
        place.refresh_from_db()
    assert [place.state for place in places] == ["ATTENDED", "ABSENT", "ATTENDED"]

    # and who was away can say why in their own words
    his = walker_for(live_site, kofi.person, phone=True)
    his.goes_to(f"/courses/sessions/{cast.session.pk}/")
    his.sees("Did not attend")
    his.follows("Say why you were not there")
    his.sees("Why were you not there?")


def test_she_records_completion_and_certificates_are_issued(live_site, cast, places, helen, clock):
    amara, kofi, wen = places
    evaluation_form()
    clock.move_to(cast.session.ends_at + timedelta(hours=1))
    cast.were_there(amara, wen, away=[kofi], by=helen, now=clock.moment)
    she = walker_for(live_site, helen)

    # given a register that is finished, when she records who has completed
    she.goes_to(f"/courses/sessions/{cast.session.pk}/register/")
    she.follows("Record completion of 2 people")
    she.sees("Everybody who meets what it takes is ticked.")
    expect(she.main.get_by_label("Amara Okafor")).to_be_checked()
    she.main.get_by_label("Wen Zhang").uncheck()
    pictured(she, "completion")
    she.presses("Record completion")
    she.sees("1 person has completed.")
    assert Enrolment.objects.get(state="COMPLETED").person == cast.amara

    # then a worker issues the certificate in the name of the academy
    work_is_done(now=clock.moment)
    she.goes_to("/courses/certificates/issued/")
    she.sees("Certificate in systems leadership", "Amara Okafor")
    she.does_not_see("Wen Zhang")
    pictured(she, "certificates")
    she.follows("Certificate in systems leadership")
    she.sees("Northern Leadership Academy", Certificate.objects.get().serial)


def test_she_reads_how_people_found_it_once_enough_have_answered(live_site, cast, helen, clock):
    form = evaluation_form()
    session, small = (
        SessionFactory(offering=cast.offering, starts_at=STARTS + timedelta(days=days), capacity=20)
        for days in (0, 7)
    )
    clock.move_to(STARTS + timedelta(days=40))
    for held, answers in ((session, 12), (small, 3)):
        type(held).objects.filter(pk=held.pk).update(state="CLOSED")
        box_of(held, form, answers=answers, closes_at=clock.moment - timedelta(days=1))
        for number in range(answers):
            place = seated(held, number + 1, state="ATTENDED")
            closes_at = clock.moment - timedelta(days=1)
            invited(place, form, is_answered=True, closes_at=closes_at)
    she = walker_for(live_site, helen)

    # given twelve answers of one session and three of another
    she.goes_to(f"/courses/sessions/{session.pk}/register/")
    she.follows("How people found it")

    # then she reads what the twelve said together, and nothing of the three
    she.sees("Answers: 12.", "4.0 out of 5", f"Text of {session.pk}")
    pictured(she, "evaluation")
    she.goes_to(f"/courses/sessions/{small.pk}/evaluation/")
    she.sees("Answers of fewer than 10 people are not shown")
    she.does_not_see("out of 5", f"Text of {small.pk}")
    she.follows("This course over time")
    she.does_not_see(f"Text of {small.pk}")


def test_the_academy_charges_the_trust(live_site, cast, academy, places, helen, clock):
    amara, kofi, wen = places
    MoneyRuleFactory(organisation=academy, missed_percent=50)
    grant(helen, "LEARNING_LEAD", academy)
    clock.move_to(cast.session.ends_at + timedelta(hours=1))
    cast.were_there(amara, wen, away=[kofi], by=helen, now=clock.moment)
    clock.move_to(clock.moment + timedelta(days=20))
    she = walker_for(live_site, helen)

    # given last month's places, when she drafts what is charged for them
    she.goes_to("/")
    she.uses_menu("Funds")
    she.follows("Statements of charges")
    she.sees("There are no statements to show")
    she.presses("Draft the statements")
    she.sees("Riverbank University Hospitals", "£3,000", "Draft")
    she.main.get_by_role("table").get_by_role("link").first.click()
    she.sees("Place used", "£1,200", "Nobody appeared", "£600")
    she.does_not_see("Amara Okafor")
    pictured(she, "statement")
    table = she.downloads("Download as CSV").decode("utf-8-sig")
    assert len(list(csv.reader(StringIO(table)))) == 4
    she.presses("Issue this statement")

    # then the learning lead of the trust reads for whom, and cannot change it
    she.sees("Issued")
    yusuf = walker_for(live_site, cast.yusuf)
    yusuf.goes_to("/courses/statements/")
    yusuf.sees("Northern Leadership Academy", "£3,000")
    yusuf.main.get_by_role("table").get_by_role("link").first.click()
    yusuf.sees("Amara Okafor", "£600")
    yusuf.does_not_see("Issue this statement", "Credit lines")
