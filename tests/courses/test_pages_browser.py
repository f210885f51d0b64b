"""Every page of courses in a real browser, at both widths, and the stories they tell."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from common.dates import london_midnight
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ, grant
from tests.factories.courses import (
    AccreditationFactory,
    EnrolmentFactory,
    OfferingFactory,
    ProgrammeFactory,
    SessionFactory,
    brings,
    colleague_of,
    entitle,
    outcome,
    queued,
    seated,
)
from tests.factories.pathways import competencies_of, role_asking
from tests.journeys.browser import check_page, screenshot


def at_half_past_nine(*, days):
    """A moment so many days from today, as sessions start."""
    return london_midnight(timezone.localdate() + timedelta(days=days)) + timedelta(hours=9.5)


@pytest.fixture
def trust():
    return OrganisationFactory(name="Leeds Teaching Hospitals NHS Trust")


@pytest.fixture
def lead(trust):
    person = employ(
        person=PersonFactory(given_name="Olena", family_name="Shevchenko"), organisation=trust
    )
    return grant(person, "LEARNING_LEAD", trust)


@pytest.fixture
def session(trust):
    """A session a month from now, with everything its pages can show."""
    programme = ProgrammeFactory(
        title="Rosalind Franklin programme",
        summary="Nine months for leaders of large departments, services or systems.",
        audience="Mid-level leaders of large programmes, departments, services or systems",
        provider="NHS Leadership Academy",
        length="9 months",
    )
    brings(programme, "Certificate in healthcare leadership")
    AccreditationFactory(programme=programme)
    for competency in competencies_of(role_asking(3, 2)):
        outcome(programme, competency, 2)
    offering = OfferingFactory(programme=programme, host=trust, route="Local route")
    return SessionFactory(offering=offering, starts_at=at_half_past_nine(days=30), capacity=3)


@pytest.fixture
def manager(trust):
    return employ(
        person=PersonFactory(given_name="Grace", family_name="Mensah"), organisation=trust
    )


@pytest.fixture
def person(session, manager):
    return colleague_of(
        session,
        person=PersonFactory(given_name="Ayesha", family_name="Siddiqui"),
        manager=manager,
    )


def opened(page, live_site, name, *args):
    page.goto(live_site.url + reverse(f"courses:{name}", args=args))
    return page


def looked_at(page, name):
    check_page(page)
    screenshot(page, f"courses-{name}")
    screenshot(page, f"courses-{name}", phone=True)


def test_a_person_asks_the_manager_refuses_and_approves(live_site, session, person, manager):
    asking = live_site.page(as_person=person, javascript=False)
    opened(asking, live_site, "programme_list")
    asking.get_by_label("Words").fill("roslind")
    asking.get_by_role("button", name="Apply filters").click()
    asking.get_by_role("link", name="Rosalind Franklin programme").click()
    asking.get_by_role("table").get_by_role("link").first.click()
    asking.get_by_label("Why do you want to take this course?").fill("To lead the night rota")
    asking.get_by_role("button", name="Ask for a place").click()
    expect(asking.get_by_text("Your request is waiting for approval.")).to_be_visible()

    deciding = live_site.page(as_person=manager, javascript=False)
    opened(deciding, live_site, "approval_list")
    deciding.get_by_role("link", name="Ayesha Siddiqui").click()
    expect(deciding.get_by_text("To lead the night rota")).to_be_visible()
    deciding.get_by_label("No, refuse it").check()
    deciding.get_by_role("button", name="Send the decision").click()
    deciding.get_by_role("link", name="Select a reason for refusing").click()
    expect(deciding.get_by_label("No, refuse it")).to_be_checked()
    deciding.get_by_label("Yes, approve it").check()
    deciding.get_by_role("button", name="Send the decision").click()
    expect(deciding.get_by_text("Ayesha Siddiqui has a place.")).to_be_visible()

    asking.reload()
    expect(asking.get_by_text("Place confirmed")).to_be_visible()
    asking.get_by_role("link", name="Withdraw").click()
    asking.get_by_role("button", name="Withdraw").click()
    expect(asking.get_by_text("You have withdrawn.")).to_be_visible()


def test_a_learning_lead_opens_a_session(live_site, session, lead):
    page = live_site.page(as_person=lead, javascript=False)
    opened(page, live_site, "session_list")
    page.get_by_role("button", name="Open a session").click()
    page.get_by_label("Course", exact=True).select_option(index=1)
    day = timezone.localdate() + timedelta(days=60)
    for legend in ("First day", "Last day to ask for a place"):
        group = page.get_by_role("group", name=legend, exact=True)
        group.get_by_label("Day").fill(str(day.day))
        group.get_by_label("Month").fill(str(day.month))
        group.get_by_label("Year").fill(str(day.year))
    page.get_by_label("Start time").fill("9:30am")
    page.get_by_label("End time").fill("4pm")
    page.get_by_label("Place", exact=True).fill("Board room")
    page.get_by_label("Number of places").fill("12")
    page.get_by_role("button", name="Open the session").click()
    expect(page.get_by_text("The session is open. People can ask for places.")).to_be_visible()
    expect(page.get_by_text("9:30am to 4pm")).to_be_visible()


def test_a_learning_lead_keeps_a_register_row_by_row_and_completes(live_site, session, lead):
    page = live_site.page(as_person=lead, javascript=False)
    came = seated(session, 1, person=employ())
    missed = seated(session, 2, person=employ())
    yesterday = timezone.now() - timedelta(days=1)
    type(session).objects.filter(pk=session.pk).update(
        starts_at=yesterday, ends_at=yesterday + timedelta(hours=6), closes_at=yesterday
    )
    session.meetings.update(starts_at=yesterday, ends_at=yesterday + timedelta(hours=6))
    opened(page, live_site, "session_register", session.pk)
    page.get_by_role("link", name="Record attendance").click()
    here = page.get_by_role("group", name=came.person.full_name)
    row = page.locator(f"button[name=only][value='{came.pk}']")
    here.get_by_label("Late").check()
    row.click()
    page.get_by_role("link", name="Enter how many minutes late").click()
    page.get_by_label("Minutes late").first.fill("20")
    row.click()
    expect(page.get_by_text("1 mark is saved.")).to_be_visible()
    away = page.get_by_role("group", name=missed.person.full_name)
    away.get_by_label("Absent").check()
    page.get_by_role("button", name="Save and finish the register").click()
    expect(page.get_by_text("Late by 20 minutes")).to_be_visible()
    page.get_by_role("link", name="Record completion of 1 person").click()
    expect(page.get_by_label(came.person.full_name)).to_be_checked()
    page.get_by_role("button", name="Record completion").click()
    expect(page.get_by_text("1 person has completed.")).to_be_visible()

    came.refresh_from_db()
    missed.refresh_from_db()
    assert (came.state, missed.state) == ("COMPLETED", "ABSENT")


def test_pages_of_a_learner_pass_at_both_widths(live_site, session, person, trust):
    entitle(person, session.offering.programme)
    for number in range(25):
        ProgrammeFactory(title=f"Managing operations well, part {number}", length="2 days")
    for number in range(3):
        seated(session, number + 1)
    mine = queued(session, person=person)
    other = SessionFactory(
        offering__host=trust,
        offering__programme__title="Foundations in systems leadership",
        starts_at=at_half_past_nine(days=50),
        ends_at=at_half_past_nine(days=52) + timedelta(hours=6),
    )
    EnrolmentFactory(
        session=other,
        person=person,
        state="REFUSED",
        basis="APPROVAL",
        decided_at=timezone.now(),
        decided_by=employ(),
        ended_at=timezone.now(),
        refusal_reason="SERVICE_COVER",
        refusal_text="Two people are away that week.",
    )
    page = live_site.page(as_person=person)

    looked_at(opened(page, live_site, "programme_list"), "catalogue")
    looked_at(opened(page, live_site, "programme_show", session.offering.programme_id), "programme")
    looked_at(opened(page, live_site, "session_show", session.pk), "session-waiting")
    looked_at(opened(page, live_site, "session_show", other.pk), "session-refused")
    looked_at(opened(page, live_site, "enrolment_list"), "my-courses")
    looked_at(opened(page, live_site, "enrolment_withdraw", mine.pk), "withdraw")
    page.goto(live_site.url + reverse("courses:programme_list") + "?mode=TELEPATHY")
    looked_at(page, "catalogue-wrong-filter")
    page.goto(live_site.url + reverse("courses:programme_list") + "?words=xylophone")
    looked_at(page, "catalogue-empty")


def test_pages_of_a_line_manager_pass_at_both_widths(live_site, session, person, manager):
    request = EnrolmentFactory(session=session, person=person, reason="To lead the night rota")
    page = live_site.page(as_person=manager)

    looked_at(opened(page, live_site, "approval_list"), "requests")
    looked_at(opened(page, live_site, "approval_decide", request.pk), "decide")
    page.get_by_label("No, refuse it").check()
    page.get_by_role("button", name="Send the decision").click()
    looked_at(page, "decide-wrong")


def test_pages_of_a_learning_lead_pass_at_both_widths(live_site, session, person, lead):
    for number in range(3):
        seated(session, number + 1, person=employ())
    queued(session, person=employ())
    EnrolmentFactory(session=session, person=person)
    past = timezone.now() - timedelta(days=1)
    over = SessionFactory(offering=session.offering, starts_at=past)
    seated(over, 1, person=employ())
    closed = SessionFactory(offering=session.offering, starts_at=past, state="CLOSED")
    seated(closed, 1, person=employ(), state="ATTENDED")
    seated(closed, 2, person=employ(), state="ABSENT")
    page = live_site.page(as_person=lead)

    looked_at(opened(page, live_site, "session_list"), "sessions")
    looked_at(opened(page, live_site, "session_register", session.pk), "register")
    looked_at(opened(page, live_site, "session_register", over.pk), "register-over")
    looked_at(opened(page, live_site, "session_register", closed.pk), "register-closed")
    looked_at(opened(page, live_site, "session_attendance", over.pk), "attendance")
    page.get_by_role("group").first.get_by_label("Late").check()
    page.get_by_role("button", name="Save", exact=True).click()
    looked_at(page, "attendance-wrong")
    looked_at(opened(page, live_site, "session_complete", closed.pk), "completion")
    looked_at(opened(page, live_site, "completion_rule", session.offering_id), "completion-rule")
    looked_at(opened(page, live_site, "session_resize", session.pk), "places")
    looked_at(opened(page, live_site, "session_cancel", session.pk), "cancel")
    looked_at(opened(page, live_site, "session_open"), "open")
    page.get_by_role("button", name="Open the session").click()
    looked_at(page, "open-wrong")
