"""A lead changes when people can ask and withdraw, where it is and what it takes to run."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from accounts.models import Event
from common.dates import LONDON
from common.errors import Conflict, Forbidden
from courses.models import Session
from courses.services.enrolment import enrol, withdraw
from courses.services.windows import WindowPlan, change_window
from notifications.models import Notice
from notifications.registry import WORDINGS
from tests.factories.accounts import PersonFactory, grant
from tests.factories.clock import NOW
from tests.factories.courses import (
    STARTS,
    EnrolmentFactory,
    SessionFactory,
    colleague_of,
    entitle,
    host_of,
    queued,
    seated,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

CLOSES = datetime(2027, 1, 8, tzinfo=LONDON)


@pytest.fixture
def session():
    return SessionFactory(capacity=2, closes_at=CLOSES)


@pytest.fixture
def lead(client, session):
    person = grant(colleague_of(session), "LEARNING_LEAD", host_of(session))
    client.force_login(person)
    return person


def as_it_is(session, **changes):
    names = ("closes_at", "place", "minimum", "opens_at", "withdraw_by", "offer_hours")
    return WindowPlan(**{name: getattr(session, name) for name in names} | changes)


def text_of(response):
    return " ".join(response.content.decode().split())


def day(name, year, month, number):
    return {f"{name}_year": str(year), f"{name}_month": str(month), f"{name}_day": str(number)}


def typed(**changes):
    """The window of ``session`` as its form shows it, with what somebody types instead."""
    same = {**day("closes_on", 2027, 1, 7), "place": "Education centre, room 2", "minimum": "1"}
    return {"step": "WINDOW", **same, **changes}


def page_of(session):
    return reverse("courses:session_resize", args=[session.pk])


def test_a_lead_changes_the_window_by_form(client, lead, session):
    sent = typed(
        **day("opens_on", 2026, 12, 1),
        **day("closes_on", 2027, 1, 10),
        **day("withdraw_on", 2027, 1, 12),
        opens_time="8am",
        closes_time="17:30",
        withdraw_time="midday",
        minimum="2",
        offer_hours="24",
    )
    sent["withdraw_time"] = "12:00"

    response = client.post(page_of(session), sent)

    session.refresh_from_db()
    assert response["Location"] == reverse("courses:session_register", args=[session.pk])
    assert session.opens_at == datetime(2026, 12, 1, 8, tzinfo=LONDON)
    assert session.closes_at == datetime(2027, 1, 10, 17, 30, tzinfo=LONDON)
    assert session.withdraw_by == datetime(2027, 1, 12, 12, tzinfo=LONDON)
    assert (session.minimum, session.offer_hours, session.revision) == (2, 24, 0)
    event = Event.objects.get(verb="change_window")
    assert set(event.facts["changed"]) == {
        *("opens_at", "closes_at", "withdraw_by", "minimum", "offer_hours")
    }


@pytest.mark.parametrize(
    "times",
    [
        {"closes_at": CLOSES},
        {"closes_at": STARTS},
        {"closes_at": NOW - timedelta(days=1), "opens_at": NOW - timedelta(days=9)},
        {"closes_at": CLOSES, "withdraw_by": STARTS, "opens_at": NOW + timedelta(hours=1)},
        {"closes_at": CLOSES, "withdraw_by": datetime(2027, 1, 2, tzinfo=LONDON)},
    ],
)
def test_what_the_form_shows_can_be_sent_back_and_changes_nothing(client, lead, session, times):
    Session.objects.update(**times, offer_hours=5)
    seated(session, 1)
    shown = client.get(page_of(session)).context["window"]
    sent = {"step": "WINDOW"}
    for field in shown:
        value = field.value()
        if field.name.endswith("_on"):
            sent |= day(field.name, value.year, value.month, value.day) if value else {}
        else:
            sent[field.name] = "" if value is None else value

    response = client.post(page_of(session), sent)

    session.refresh_from_db()
    assert response.status_code == 302
    assert {name: getattr(session, name) for name in times} == times
    assert not Event.objects.filter(verb="change_window").exists()
    assert not Notice.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (day("opens_on", 2027, 1, 8), "First day to ask for a place must be before the last"),
        (day("opens_on", 2026, 11, 19), "Enter a first day to ask for a place in the future"),
        ({"opens_time": "8am"}, "Enter the first day to ask for a place"),
        ({"withdraw_time": "8am"}, "Enter the last day to withdraw"),
        (day("closes_on", 2026, 11, 19), "Last day to ask for a place must be in the future"),
        (
            {**day("closes_on", 2027, 1, 14), "closes_time": "9:31"},
            "must not be after the session starts, on 14 January 2027 at 9:30am",
        ),
        (day("closes_on", 2027, 1, 15), "must not be after the session starts"),
        ({"closes_on_day": ""}, "Last day to ask for a place must include a day"),
        (
            day("withdraw_on", 2027, 1, 14),
            "Last day to withdraw must be before the session starts, on 14 January 2027 at 9:30am",
        ),
        (day("withdraw_on", 2026, 11, 1), "Last day to withdraw must be in the future"),
        ({"minimum": "3"}, "People it takes to run must not be more than the 2 places"),
        ({"offer_hours": "745"}, "Enter a number that is 744 or less"),
        ({"place": ""}, "Enter the place"),
    ],
)
def test_what_does_not_go_together_is_said_and_nothing_changed(
    client, lead, session, changes, sentence
):
    response = client.post(page_of(session), typed(**{"minimum": "2"} | changes))

    session.refresh_from_db()
    assert response.status_code == 422
    assert sentence in text_of(response)
    assert (session.closes_at, session.opens_at, session.minimum) == (CLOSES, None, 1)
    assert not Event.objects.filter(verb="change_window").exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {**day("closes_on", 2027, 3, 28), "closes_time": "1:30"},
            "There is no 01:30 on 28 March 2027, because the clocks go forward.",
        ),
        (
            {**day("opens_on", 2026, 10, 25), "opens_time": "1:30am"},
            "01:30 comes twice on 25 October 2026, because the clocks go back.",
        ),
        (
            {**day("withdraw_on", 2027, 3, 28), "withdraw_time": "1am"},
            "There is no 01:00 on 28 March 2027",
        ),
    ],
)
def test_an_hour_that_no_clock_or_two_clocks_show_is_refused(
    client, lead, session, changes, sentence
):
    later = datetime(2027, 6, 1, 9, tzinfo=LONDON)
    Session.objects.update(starts_at=later, ends_at=later + timedelta(hours=6))

    response = client.post(page_of(session), typed(**changes))

    assert response.status_code == 422
    assert sentence in text_of(response)


def test_fewer_places_than_are_taken_are_answered_beside_the_field(client, lead, session):
    for seat in (1, 2):
        seated(session, seat)

    response = client.post(page_of(session), {"capacity": "1"})

    assert response.status_code == 422
    assert "2 places are taken. Enter that number or more." in text_of(response)


def test_a_closed_session_opens_again_for_asking(session, lead):
    person = colleague_of(session)
    entitle(person, session.offering.programme)
    Session.objects.update(closes_at=NOW - timedelta(days=1))
    session.refresh_from_db()

    change_window(session=session, plan=as_it_is(session, closes_at=CLOSES), by=lead, now=NOW)

    assert enrol(session=session, person=person, by=person, now=NOW).state == "CONFIRMED"


def test_people_with_a_place_are_told_of_another_last_moment_each_time(session, lead):
    mine = seated(session, 1)
    queued(session)
    EnrolmentFactory(session=session)
    first, second = CLOSES, CLOSES - timedelta(days=1)

    for moment in (first, second, first):
        session.refresh_from_db()
        plan = as_it_is(session, withdraw_by=moment)
        change_window(session=session, plan=plan, by=lead, now=NOW)

    told = Notice.objects.order_by("pk")
    assert [(row.recipient, row.rule) for row in told] == 3 * [
        (mine.person, "courses.withdrawal_changed")
    ]
    words = WORDINGS[told[0].rule](told[0].facts)
    assert words.endswith("on 14 January 2027 until 8 January 2027 at midnight.")


def test_the_new_last_moment_holds(session, lead):
    mine = seated(session, 1, person=colleague_of(session))
    last = NOW + timedelta(days=1)
    change_window(session=session, plan=as_it_is(session, withdraw_by=last), by=lead, now=NOW)

    with pytest.raises(Conflict) as refusal:
        withdraw(enrolment=mine, by=mine.person, now=last)

    assert refusal.value.code == "withdrawal_closed"


def test_everybody_on_it_is_told_of_another_place_and_diaries_count_on(session, lead):
    people = {seated(session, 1).person, queued(session).person}

    change_window(session=session, plan=as_it_is(session, place="Hall"), by=lead, now=NOW)

    session.refresh_from_db()
    assert (session.place, session.revision) == ("Hall", 1)
    notices = Notice.objects.filter(rule="courses.session_changed")
    assert {notice.recipient for notice in notices} == people
    assert "Hall" not in str(Event.objects.get(verb="change_window").facts)


def test_offers_of_a_session_that_differs_from_its_course_are_held_as_long_as_it_says(
    session, lead
):
    session.offering.offer_hours = 48
    session.offering.save()
    here, there = seated(session, 1), seated(SessionFactory(offering=session.offering), 1)
    change_window(session=session, plan=as_it_is(session, offer_hours=2), by=lead, now=NOW)
    session.refresh_from_db()

    assert (session.hours_to_answer, there.session.hours_to_answer) == (2, 48)
    change_window(session=session, plan=as_it_is(session, offer_hours=0), by=lead, now=NOW)
    waiting = queued(session, person=colleague_of(session))
    Session.objects.filter(pk=session.pk).update(capacity=1)
    withdraw(enrolment=here, by=here.person, now=NOW)
    waiting.refresh_from_db()
    assert waiting.state == "CONFIRMED"


def test_offers_end_once_places_settle_earlier(session, lead):
    Session.objects.update(closes_at=STARTS + timedelta(hours=2))
    offered = EnrolmentFactory(
        session=session,
        state="OFFERED",
        seat=1,
        queued_at=NOW,
        offer_ends_at=STARTS + timedelta(hours=2),
    )

    change_window(session=session, plan=as_it_is(session, closes_at=CLOSES), by=lead, now=NOW)

    offered.refresh_from_db()
    assert offered.offer_ends_at == STARTS


def test_only_who_runs_it_changes_it_and_only_before_it_settles(session, lead):
    elsewhere = grant(PersonFactory(), "LEARNING_LEAD", SessionFactory().offering.host)
    plan = as_it_is(session, minimum=2)
    seated(session, 1)

    for somebody in (elsewhere, colleague_of(session)):
        with pytest.raises(Forbidden) as refusal:
            change_window(session=session, plan=plan, by=somebody, now=NOW)
        assert refusal.value.code == "may_not_run"
    with pytest.raises(Conflict) as late:
        change_window(session=session, plan=plan, by=lead, now=STARTS)

    assert late.value.code == "session_started"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"closes_at": STARTS + timedelta(seconds=1)}, "times_out_of_order"),
        ({"closes_at": NOW}, "times_out_of_order"),
        ({"opens_at": CLOSES}, "times_out_of_order"),
        ({"withdraw_by": STARTS + timedelta(seconds=1)}, "times_out_of_order"),
        ({"minimum": 3}, "minimum_above_places"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_by_the_service_too(session, lead, changes, code):
    with pytest.raises(Conflict) as refusal:
        change_window(session=session, plan=as_it_is(session, **changes), by=lead, now=NOW)

    assert refusal.value.code == code
    assert refusal.value.message.endswith(".")
