"""When people can ask, until when they can withdraw, and how many it takes to run."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from common.dates import LONDON
from common.errors import Conflict
from courses.models import Session
from courses.needs_sessions import too_few
from courses.services.enrolment import enrol, withdraw
from courses.services.sessions import SessionPlan, open_session
from notifications.models import Notice
from notifications.registry import REMINDER_SOURCES, WORDINGS
from notifications.services.reminders import run_due_days
from tests.courses.test_running_views import new_session
from tests.factories.accounts import PersonFactory, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import (
    STARTS,
    OfferingFactory,
    SessionFactory,
    colleague_of,
    entitle,
    host_of,
    queued,
    seated,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def session():
    return SessionFactory(capacity=2)


@pytest.fixture
def lead(client, session):
    person = grant(colleague_of(session), "LEARNING_LEAD", host_of(session))
    client.force_login(person)
    return person


def text_of(response):
    return " ".join(response.content.decode().split())


def day(name, year, month, number):
    return {f"{name}_year": str(year), f"{name}_month": str(month), f"{name}_day": str(number)}


def test_nobody_asks_before_enrolment_opens_or_after_it_closes(session):
    person = colleague_of(session)
    entitle(person, session.offering.programme)
    opens_at, closes_at = NOW + timedelta(days=1), NOW + timedelta(days=2)
    Session.objects.update(opens_at=opens_at, closes_at=closes_at)
    second = timedelta(seconds=1)
    codes = []
    for moment in (opens_at - second, closes_at):
        with pytest.raises(Conflict) as refusal:
            enrol(session=session, person=person, by=person, now=moment)
        codes.append(refusal.value.code)

    assert codes == ["not_open_yet", "enrolment_closed"]
    assert enrol(session=session, person=person, by=person, now=opens_at).state == "CONFIRMED"


def test_the_windows_of_a_new_session_are_london_moments(client, lead, session, clock):
    typed = new_session(
        session.offering,
        **day("opens_on", 2026, 12, 1),
        **day("withdraw_on", 2027, 1, 11),
        opens_time="8am",
        closes_time="17:30",
        minimum="6",
    )

    client.post(reverse("courses:session_open"), typed)

    made = Session.objects.get(place="Room 9")
    assert made.opens_at == datetime(2026, 12, 1, 8, tzinfo=LONDON)
    assert made.closes_at == datetime(2027, 1, 7, 17, 30, tzinfo=LONDON)
    assert made.withdraw_by == datetime(2027, 1, 12, tzinfo=LONDON)
    assert made.minimum == 6


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (day("opens_on", 2027, 1, 9), "First day to ask for a place must be before the last"),
        ({"opens_time": "8am"}, "Enter the first day to ask for a place"),
        (day("withdraw_on", 2027, 1, 14), "Last day to withdraw must be before the first day"),
        ({"minimum": "16"}, "People it takes to run must not be more than the places"),
        ({"closes_time": "half five"}, "Enter a time, like 9:30am or 2pm"),
        (
            {**day("starts_on", 2027, 3, 28), "start_time": "1:30"},
            "There is no 01:30 on 28 March 2027, because the clocks go forward.",
        ),
        (
            {**day("starts_on", 2027, 10, 31), "start_time": "1:30am"},
            "01:30 comes twice on 31 October 2027, because the clocks go back.",
        ),
    ],
)
def test_what_does_not_go_together_is_said_and_nothing_opened(
    client, lead, session, clock, changes, sentence
):
    response = client.post(
        reverse("courses:session_open"), new_session(session.offering, **changes)
    )

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert 'value="Room 9"' in response.content.decode()
    assert Session.objects.count() == 1


@pytest.mark.parametrize("hour", ["00:59", "2:00"])
def test_the_hours_beside_a_change_of_the_clocks_are_taken(client, lead, session, clock, hour):
    typed = new_session(
        session.offering, **day("starts_on", 2027, 3, 28), start_time=hour, end_time="4pm"
    )

    client.post(reverse("courses:session_open"), typed)

    made = Session.objects.get(place="Room 9")
    assert f"{made.starts_at.astimezone(LONDON):%H:%M}" == hour.zfill(5)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"opens_at": STARTS}, "times_out_of_order"),
        ({"withdraw_by": STARTS + timedelta(seconds=1)}, "times_out_of_order"),
        ({"minimum": 13}, "minimum_above_places"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(changes, code):
    offering = OfferingFactory()
    lead = grant(PersonFactory(), "LEARNING_LEAD", offering.host)
    plan = {
        "starts_at": STARTS,
        "ends_at": STARTS + timedelta(hours=6),
        "closes_at": STARTS - timedelta(days=7),
        "place": "Room 4",
        "capacity": 12,
    }

    with pytest.raises(Conflict) as refusal:
        open_session(offering=offering, plan=SessionPlan(**plan | changes), by=lead, now=NOW)

    assert refusal.value.code == code
    assert not Session.objects.exists()


def test_a_place_is_given_up_until_the_last_moment_and_not_after_it(session):
    last = NOW + timedelta(days=3)
    Session.objects.update(withdraw_by=last)
    early, late = (seated(session, seat, person=colleague_of(session)) for seat in (1, 2))

    withdraw(enrolment=early, by=early.person, now=last - timedelta(seconds=1))
    with pytest.raises(Conflict) as refusal:
        withdraw(enrolment=late, by=late.person, now=last)

    late.refresh_from_db()
    assert (refusal.value.code, late.state) == ("withdrawal_closed", "CONFIRMED")
    assert f"tell {host_of(session).name}" in refusal.value.message


def test_a_turn_on_the_waiting_list_is_given_up_at_any_time(session):
    Session.objects.update(withdraw_by=NOW)
    waiting = queued(session, person=colleague_of(session))

    assert withdraw(enrolment=waiting, by=waiting.person, now=NOW).state == "WITHDRAWN"


def test_the_page_offers_to_withdraw_only_while_that_is_possible(client, clock, session):
    mine = seated(session, 1, person=colleague_of(session))
    client.force_login(mine.person)
    address = reverse("courses:session_show", args=[session.pk])
    withdrawing = reverse("courses:enrolment_withdraw", args=[mine.pk])

    before = client.get(address).content.decode()
    Session.objects.update(withdraw_by=NOW)
    after = client.get(address).content.decode()

    assert (withdrawing in before, withdrawing in after) == (True, False)
    assert "Withdraw before" in after


def closed(**fields):
    return SessionFactory(minimum=3, closes_at=NOW - timedelta(days=1), **fields)


def test_who_runs_a_session_that_closed_with_too_few_is_asked_whether_it_runs():
    session = closed()
    seated(session, 1)
    enough = closed(offering=session.offering)
    for seat in (1, 2, 3):
        seated(enough, seat)
    closed()  # of another organisation
    SessionFactory(offering=session.offering, minimum=3)  # still open for asking
    lead = grant(PersonFactory(), "LEARNING_LEAD", host_of(session))

    (need,) = too_few(lead, TODAY)

    assert need.hint == "1 of the 3 people it takes"
    assert need.url == reverse("courses:session_register", args=[session.pk])
    assert list(too_few(colleague_of(session), TODAY)) == []


def test_they_are_told_once_and_nobody_else_is():
    session = closed()
    lead = grant(PersonFactory(), "PROGRAMME_LEAD", host_of(session))
    grant(PersonFactory(), "HR_ADMINISTRATOR", host_of(session))

    for days in range(3):
        run_due_days(now=NOW + timedelta(days=days))

    notice = Notice.objects.get(rule="courses.below_minimum")
    assert notice.recipient == lead
    assert "has 0 of the 3 people it takes to run" in WORDINGS[notice.rule](notice.facts)


def test_two_sources_for_any_number_of_sessions(django_assert_num_queries):
    for _ in range(3):
        grant(PersonFactory(), "LEARNING_LEAD", host_of(closed()))
    source = REMINDER_SOURCES["courses.below_minimum"]

    with django_assert_num_queries(2):
        assert len(list(source.due(TODAY))) == 3
