"""From applying to a place on the reserve list that became one, in a real browser."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from courses.models import Enrolment
from courses.services.selection_applying import save_application, send_application
from tests.factories.accounts import PersonFactory
from tests.factories.courses import SessionFactory, colleague_of
from tests.factories.selection import (
    IntakeFactory,
    PanelIntakeFactory,
    decided,
    lead_of,
    panellist,
    scored,
    voted,
)
from tests.journeys.browser import check_page


@pytest.fixture
def session():
    starts_at = timezone.now() + timedelta(days=60)
    title = {"offering__programme__title": "Aspiring chief executive programme"}
    return SessionFactory(offering__admission="SELECTION", starts_at=starts_at, **title)


def named(session, given_name):
    person = PersonFactory(given_name=given_name, family_name="Siddiqui")
    return colleague_of(session, person=person)


def opened(page, live_site, name, *args):
    page.goto(live_site.url + reverse(f"courses:{name}", args=args))
    return page


def sent_in_time(intake, person):
    """Sent a week ago, before the intake closed."""
    at = intake.closes_at - timedelta(days=5)
    answers = {question.pk: "To lead a trust." for question in intake.questions.all()}
    draft = save_application(intake=intake, answers=answers, person=person, by=person, now=at)
    return send_application(application=draft, by=person, now=at)


def decide(page, name, choice):
    page.get_by_role("link", name=name).click()
    page.get_by_label(choice, exact=True).check()
    page.get_by_label("Your reasons").fill("You show what changed, and for whom.")
    page.get_by_role("button", name="Decide").click()
    expect(page.get_by_text("Decided. The applicant is told.")).to_be_visible()


def closed(session):
    """An intake with a panel of three, of which two have to score and vote; closed."""
    now = timezone.now()
    return PanelIntakeFactory(
        session=session,
        opens_at=now - timedelta(days=30),
        closes_at=now - timedelta(days=2),
        decided_on=(now + timedelta(days=10)).date(),
        places=1,
    )


def vote_and_decide(page, choice):
    page.get_by_label("Yes", exact=True).check()
    page.get_by_role("button", name="Vote").click()
    page.get_by_label(choice, exact=True).check()
    page.get_by_label("Your reasons").fill("You show what changed, and for whom.")
    page.get_by_role("button", name="Decide").click()
    expect(page.get_by_text("Decided. The applicant is told.")).to_be_visible()


def answer(live_site, application, choice):
    page = live_site.page(as_person=application.person, javascript=False)
    opened(page, live_site, "application_show", application.pk)
    page.get_by_label(choice).check()
    page.get_by_role("button", name="Send my answer").click()
    return page


def test_a_panel_scores_and_decides_without_who_has_an_interest(live_site, session):
    intake, now = closed(session), timezone.now()
    chair, second, third = (panellist(intake, role) for role in ("CHAIR", "MEMBER", "MEMBER"))
    amir, bea = (sent_in_time(intake, named(session, name)) for name in ("Amir", "Bea"))
    for application in (amir, bea):
        voted(application, chair, second, now=now)
        decided(application, "shortlist", by=chair.person, now=now)
        scored(application, chair, now=now)
    scored(bea, second, now=now)
    voted(bea, second, now=now)

    away = live_site.page(as_person=third.person, javascript=False)
    declare(away, live_site, intake, "Bea Siddiqui")
    expect(away.get_by_role("link", name="Bea Siddiqui", exact=True)).to_have_count(0)
    score_and_vote(live_site.page(as_person=second.person, javascript=False), live_site, amir)
    deciding = live_site.page(as_person=chair.person, javascript=False)
    for application, choice in ((amir, "Offer a place"), (bea, "Put on the reserve list")):
        opened(deciding, live_site, "application_assess", application.pk)
        vote_and_decide(deciding, choice)
    answer(live_site, amir, "No, it can go to whoever waits next")
    accepting = answer(live_site, bea, "Yes, I take it")

    expect(accepting.get_by_text("You have accepted the place.")).to_be_visible()
    place = Enrolment.objects.get()
    assert (place.person, place.state, place.basis) == (bea.person, "CONFIRMED", "SELECTION")
    looked_at = live_site.page(as_person=chair.person)
    opened(looked_at, live_site, "intake_show", intake.pk)
    check_page(looked_at)


def declare(page, live_site, intake, name):
    opened(page, live_site, "intake_show", intake.pk)
    page.get_by_role("link", name=f"Declare an interest in {name}").click()
    page.get_by_label("What ties you to the applicant?").fill("We shared an office for years.")
    page.get_by_role("button", name="Declare the interest").click()
    expect(page.get_by_text("Declared by you")).to_be_visible()


def score_and_vote(page, live_site, application):
    opened(page, live_site, "application_assess", application.pk)
    for number in range(2):
        page.get_by_label("3: shown well").nth(number).check()
        page.get_by_label("Reason for these points").nth(number).fill("Shown on page 1.")
    page.get_by_role("button", name="Give these scores").click()
    expect(page.get_by_text("What the panel gave")).to_be_visible()
    page.get_by_label("Yes", exact=True).check()
    page.get_by_role("button", name="Vote").click()


def test_a_person_writes_leaves_returns_and_sends(live_site, session):
    now = timezone.now()
    intake = IntakeFactory(
        session=session,
        opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=20),
        decided_on=(now + timedelta(days=30)).date(),
    )
    person = named(session, "Ayesha")
    page = live_site.page(as_person=person, javascript=False)

    opened(page, live_site, "session_show", session.pk)
    page.get_by_role("link", name="Read what is asked and apply").click()
    page.get_by_role("button", name="Send the application").click()
    page.get_by_role("link", name="Answer the question").click()
    page.get_by_label("Why do you apply?").fill("To lead a trust.")
    page.get_by_role("button", name="Save and come back later").click()
    expect(page.get_by_text("Not sent yet", exact=True)).to_be_visible()
    page.get_by_role("row", name="Aspiring chief executive programme").get_by_role("link").click()
    expect(page.get_by_label("Why do you apply?")).to_have_value("To lead a trust.")
    page.get_by_role("button", name="Send the application").click()

    expect(page.get_by_text("Your application is sent.")).to_be_visible()
    assert intake.applications.get().state == "SUBMITTED"
    with_scripts = live_site.page(as_person=person)
    for name in ("application_list", "session_show"):
        opened(with_scripts, live_site, name, *([session.pk] if name == "session_show" else []))
        check_page(with_scripts)


def test_a_lead_chooses_one_declines_and_the_reserve_takes_the_place(live_site, session):
    now = timezone.now()
    intake = IntakeFactory(
        session=session,
        opens_at=now - timedelta(days=30),
        closes_at=now - timedelta(days=2),
        decided_on=(now + timedelta(days=10)).date(),
        places=1,
    )
    first, second = (sent_in_time(intake, named(session, name)) for name in ("Amir", "Bea"))
    lead = live_site.page(as_person=lead_of(intake), javascript=False)

    opened(lead, live_site, "intake_list")
    lead.get_by_role("link", name="Aspiring chief executive programme").click()
    for name in ("Amir Siddiqui", "Bea Siddiqui"):
        decide(lead, name, "Shortlist")
    decide(lead, "Amir Siddiqui", "Offer a place")
    decide(lead, "Bea Siddiqui", "Put on the reserve list")
    declining = live_site.page(as_person=first.person, javascript=False)
    opened(declining, live_site, "application_show", first.pk)
    declining.get_by_label("No, it can go to whoever waits next").check()
    declining.get_by_role("button", name="Send my answer").click()
    expect(declining.get_by_text("Offer declined")).to_be_visible()
    accepting = live_site.page(as_person=second.person, javascript=False)
    opened(accepting, live_site, "application_show", second.pk)
    accepting.get_by_label("Yes, I take it").check()
    accepting.get_by_role("button", name="Send my answer").click()

    expect(accepting.get_by_text("You have accepted the place.")).to_be_visible()
    place = Enrolment.objects.get()
    assert (place.person, place.state, place.basis) == (second.person, "CONFIRMED", "SELECTION")
