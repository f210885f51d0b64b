"""A learning lead: rules and money, a course with its sessions, who is on them, what is owed."""

import csv
from datetime import date
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from courses.models import Fund, Session
from courses.services.enrolment import approve
from tests.factories.accounts import OrganisationFactory, employ
from tests.factories.clock import NOW
from tests.factories.compliance import ask, subject_of, trained
from tests.factories.courses import OfferingShareFactory, ProgrammeFactory
from tests.factories.courses_catalogue import OfferingAccreditationFactory
from tests.factories.money import FundFactory, MoneyRuleFactory
from tests.factories.study_time import timed
from tests.journeys.browser import screenshot
from tests.journeys.learning import gather
from tests.journeys.walking import walker_for

pytestmark = pytest.mark.usefixtures("clock")
TITLE = "Foundations in systems leadership"
PRICE = 12_000


@pytest.fixture
def cast(transactional_db):
    return gather()


@pytest.fixture
def paid_for(cast):
    """A place costs £120, and a fund of the trust pays for it."""
    cast.offering.price_pence = PRICE
    cast.offering.save()
    MoneyRuleFactory(organisation=cast.trust)
    return FundFactory(organisation=cast.trust, title="Training budget", amount_pence=10 * PRICE)


def pictured(walker, name):
    screenshot(walker.page, f"lead-{name}")
    screenshot(walker.page, f"lead-{name}", phone=True)


def test_he_states_how_requests_are_decided_and_what_pays_for_places(live_site, cast):
    yusuf = walker_for(live_site, cast.yusuf)

    # given a trust without a rule of its own, when he states one
    yusuf.goes_to("/")
    yusuf.uses_menu("Courses")
    yusuf.follows("Requests for you to decide")
    yusuf.follows("How requests are decided in your organisation")
    yusuf.sees("What holds today", "This organisation has no rule of its own")
    yusuf.answers("Working days to answer", "3")
    yusuf.chooses("The request is refused")
    yusuf.answers("Price up to which nobody is asked, in pounds", "50")
    yusuf.presses("Save the rule")
    yusuf.sees("The rule is written.", "From 20 November 2026", "£50")
    pictured(yusuf, "approval-rule")

    # and sets up money that pays for places
    yusuf.uses_menu("Funds")
    yusuf.presses("Set up a fund")
    yusuf.chooses("Training budget")
    yusuf.answers("Title", "Leadership training")
    yusuf.answers("Budget in pounds", "5,000")
    yusuf.presses("Set up the fund")
    yusuf.sees("Leadership training", "£5,000", "Nothing is committed of this fund yet")
    fund = Fund.objects.get()
    assert (fund.amount_pence, fund.organisation) == (500_000, cast.trust)

    # then whoever asks is told by which rule
    amara = walker_for(live_site, cast.amara)
    amara.goes_to(f"/courses/sessions/{cast.session.pk}/")
    amara.sees("your organisation asks nobody")


def offers_a_programme(yusuf):
    yusuf.follows("What you offer")
    yusuf.presses("Offer a programme")
    yusuf.answers("Programme", "Leading through change")
    yusuf.chooses("Organisation that offers it", "Riverbank University Hospitals")
    yusuf.answers("Price of a place in pounds", "120")
    yusuf.answers("Protected study hours", "14")
    yusuf.answers("Hours to accept a place that becomes free", "24")
    yusuf.presses("Offer the programme")
    yusuf.sees("The programme is offered. Open a session of it next.", "Leading through change")
    pictured(yusuf, "offering")


def opens_a_session(yusuf):
    yusuf.goes_to("/courses/sessions/")
    yusuf.presses("Open a session")
    yusuf.chooses("Course", "Leading through change, Riverbank University Hospitals")
    yusuf.enters_day("First day", day=4, month=2, year=2027)
    yusuf.answers("Start time", "9:30am")
    yusuf.answers("End time", "4pm")
    yusuf.enters_day("Last day to ask for a place", day=28, month=1, year=2027)
    yusuf.answers("Place", "Education centre")
    yusuf.answers("Number of places", "12")
    yusuf.presses("Open the session")
    yusuf.sees("The session is open. People can ask for places.", "9:30am to 4pm")


def adds_a_meeting_in_a_room(yusuf):
    yusuf.follows("Meetings, rooms and who leads")
    yusuf.enters_day("Day", day=11, month=2, year=2027)
    yusuf.answers("Start time", "9:30am")
    yusuf.answers("End time", "1pm")
    yusuf.answers("What this meeting is called", "Day 2: leading across services")
    yusuf.chooses("Room", "Seminar room 2, Education centre, 30 seats")
    yusuf.answers("Who leads it", "Professor Helen Carter")
    yusuf.presses("Add the meeting")
    yusuf.sees("Day 2: leading across services", "Seminar room 2", "Professor Helen Carter")
    pictured(yusuf, "meetings")


def test_he_offers_a_programme_and_opens_a_session_with_meetings(live_site, cast):
    ProgrammeFactory(title="Leading through change")
    neighbour = OrganisationFactory(name="Hilltop Community Trust", ods_code="HCT01")
    yusuf = walker_for(live_site, cast.yusuf)

    # given that nothing needs setting up but a room
    yusuf.goes_to("/courses/sessions/")
    yusuf.follows("Venues and rooms")
    yusuf.chooses("Organisation", "Riverbank University Hospitals")
    yusuf.answers("Name", "Education centre")
    yusuf.chooses("Step-free access")
    yusuf.presses("Add the venue")
    yusuf.answers("Name of the room", "Seminar room 2")
    yusuf.answers("How many people it seats", "30")
    yusuf.presses("Save the room")
    yusuf.sees("Seminar room 2: 30 seats")

    # when he offers a programme, opens a session and adds another meeting
    yusuf.goes_to("/courses/sessions/")
    offers_a_programme(yusuf)
    opens_a_session(yusuf)
    adds_a_meeting_in_a_room(yusuf)

    # and keeps seats for a trust that he shares the course with
    session = Session.objects.get(offering__programme__title="Leading through change")
    OfferingShareFactory(offering=session.offering, organisation=neighbour)
    yusuf.goes_to(f"/courses/sessions/{session.pk}/seats/")
    yusuf.chooses("Organisation", "Hilltop Community Trust")
    yusuf.answers("Seats to keep", "4")
    yusuf.enters_day("Day on which unused seats are open to everybody", day=14, month=1, year=2027)
    yusuf.presses("Keep the seats")

    # then somebody there reads of them, and of both meetings
    yusuf.sees("The seats are kept as you said.", "Hilltop Community Trust", "14 January 2027")
    pictured(yusuf, "seats")
    somebody = walker_for(live_site, employ(organisation=neighbour))
    somebody.goes_to(f"/courses/sessions/{session.pk}/")
    somebody.sees("4 February 2027", "11 February 2027", "Day 2: leading across services")


def test_he_sees_who_is_on_a_session_and_what_it_costs(live_site, cast, paid_for):
    formula = cast.reports_to_daniel("=1+1", "Mensah")
    for request in (cast.asks(), cast.asks(formula)):
        approve(enrolment=request, by=cast.daniel, now=NOW)
    cast.asks(cast.reports_to_daniel("Iris", "Jones"))
    yusuf = walker_for(live_site, cast.yusuf)

    # given two people with a place and a request, when he looks at the session
    yusuf.goes_to("/courses/sessions/")
    yusuf.sees("2 of 20")
    yusuf.follows(TITLE)
    yusuf.sees("With a place: 2. On the waiting list: 0. Waiting for approval: 1.", "Iris Jones")
    pictured(yusuf, "roster")

    # then he takes the list away, and no spreadsheet runs what somebody is called
    table = yusuf.downloads("Download everybody as a CSV file").decode("utf-8-sig")
    names = [row[0] for row in csv.reader(StringIO(table))][1:]
    assert sorted(names) == ["'=1+1 Mensah", "Amara Okafor", "Iris Jones"]
    book = load_workbook(BytesIO(yusuf.downloads("or as an Excel workbook")))
    assert {row[0].data_type for row in book.active.iter_rows()} == {"s"}

    # and the fund says what is reserved for whom
    yusuf.uses_menu("Funds")
    yusuf.follows("Training budget")
    yusuf.sees("£240", "£960", "Amara Okafor")
    pictured(yusuf, "fund")


def test_he_sees_what_time_is_owed_and_what_training_is_due(live_site, cast):
    fire = subject_of("Fire safety")
    ask(cast.trust, fire)
    staff = [employ(organisation=cast.trust, manager=cast.daniel) for _each in range(14)]
    for number, person in enumerate(staff):
        timed(cast.has_place(person, seat=number + 1), back=date(2026, 10, 14))
        trained(person, fire, on=date(2026, 1, 10))
    yusuf = walker_for(live_site, cast.yusuf)

    # given hours that were taken back in October, when he looks at the time of the trust
    yusuf.goes_to("/courses/study-time/organisations/")
    yusuf.sees(
        "Study time of your organisations", "Why hours were taken back", "Too few staff on the day"
    )
    pictured(yusuf, "study-time")

    # and at its mandatory training, which he finds from the courses
    yusuf.uses_menu("Courses")
    yusuf.follows("Mandatory training")
    yusuf.follows("My organisations")
    yusuf.sees("Fire safety", "of what was asked for counted on 20 November 2026")
    pictured(yusuf, "compliance")
    table = yusuf.downloads("Download as a CSV file").decode("utf-8-sig")
    assert "Fire safety" in table


def test_he_renews_what_is_accredited(live_site, cast):
    OfferingAccreditationFactory(offering=cast.offering, ends_on=date(2027, 2, 28), level="Level 5")
    yusuf = walker_for(live_site, cast.yusuf)

    # given an accreditation that ends soon, when he begins its renewal
    yusuf.goes_to("/")
    yusuf.uses_menu("Courses")
    yusuf.follows("Accreditation to renew")
    yusuf.sees("28 February 2027", "Nobody works on it")
    pictured(yusuf, "accreditation")
    yusuf.follows(TITLE)
    yusuf.enters_day("When it has to be sent", day=31, month=12, year=2026)
    yusuf.presses("Begin the renewal")

    # then everybody who keeps it sees that he works on it
    yusuf.goes_to("/courses/accreditation/")
    yusuf.sees("Yusuf Ahmed", "31 December 2026")
