from datetime import timedelta

import pytest

from accounts.models import Event
from courses.models import Account, Enrolment, StudyTimeMove
from courses.selectors.study_time import Pocket
from courses.services.attendance import record_attendance
from courses.services.consequences import given_up, registered, seated
from courses.services.enrolment import approve, enrol, withdraw
from courses.services.offers import accept_offer
from courses.services.sessions import cancel_session
from courses.services.study_time import confirm_time
from tests.factories.accounts import PersonFactory, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import (
    EnrolmentFactory,
    SessionFactory,
    colleague_of,
    entitle,
    host_of,
    queued,
)
from tests.factories.courses import seated as in_seat
from tests.factories.study_time import A_DAY, SYSTEM, planned, promised, stands, taken_back

pytestmark = pytest.mark.django_db

WHOLE_PROMISE = {("PLANNED", "2027-01-14"): 360, ("PLANNED", ""): 360}


def test_whoever_takes_a_place_is_promised_its_hours_once():
    session = SessionFactory()
    person = colleague_of(session)
    entitle(person, session.offering.programme)

    enrolment = enrol(session=session, person=person, by=person, now=NOW)
    seated([enrolment], by=SYSTEM, now=NOW)

    assert stands(enrolment) == WHOLE_PROMISE
    event = Event.objects.get(verb="promise_time")
    assert (event.facts, event.subject) == ({"minutes": 720}, person)


def test_an_approved_request_is_promised_hours_and_one_that_waits_is_not():
    manager = PersonFactory()
    session = SessionFactory()
    asked = EnrolmentFactory(session=session, person=colleague_of(session, manager=manager))

    before = stands(asked)
    approve(enrolment=asked, by=manager, now=NOW)

    assert (before, stands(asked)) == ({}, WHOLE_PROMISE)


def test_hours_go_with_a_place_that_is_given_up_and_come_with_it_to_who_moves_up():
    session = SessionFactory(capacity=1)
    place = promised(session=session)
    waiting = queued(session)

    withdraw(enrolment=place, by=place.person, now=NOW)

    assert stands(place) == {("RELEASED", "2026-11-20"): 720}
    assert set(
        StudyTimeMove.objects.filter(enrolment=place, target="RELEASED").values_list(
            "reason", flat=True
        )
    ) == {"GIVEN_UP"}
    assert stands(waiting) == WHOLE_PROMISE


def test_what_was_had_stays_had_when_the_session_is_cancelled():
    lead_of = PersonFactory()
    place = promised(manager=lead_of)
    taken_back(place, by=lead_of, minutes=60)
    lead = grant(PersonFactory(), "LEARNING_LEAD", host_of(place.session))

    cancel_session(session=place.session, by=lead, now=NOW)

    assert stands(place) == {("RELEASED", "2026-11-20"): 720}


def test_hours_come_along_to_the_place_that_is_offered_instead_of_a_cancelled_one():
    manager = PersonFactory()
    place = promised(manager=manager)
    taken_back(place, by=manager, minutes=60)
    offering, starts_at = place.session.offering, place.session.starts_at + timedelta(days=30)
    SessionFactory(offering=offering, starts_at=starts_at)
    lead = grant(PersonFactory(), "LEARNING_LEAD", host_of(place.session))
    cancel_session(session=place.session, by=lead, now=NOW)

    instead = accept_offer(enrolment=place.moved_to, by=place.person, now=NOW)

    assert stands(place) == {("RELEASED", "2026-11-20"): 720}
    assert sum(stands(instead).values()) == 720
    assert stands(instead)["OWED", A_DAY.isoformat()] == 60


def test_the_register_confirms_the_hours_of_the_session_for_who_was_there():
    session = SessionFactory(starts_at=NOW - timedelta(hours=8))
    came, away = promised(session=session), promised(session=session, seat=2)
    lead = grant(PersonFactory(), "LEARNING_LEAD", host_of(session))

    record_attendance(session=session, attended={came.pk}, by=lead, now=NOW)

    assert stands(came) == {("DELIVERED", "2026-11-20"): 360, ("PLANNED", ""): 360}
    assert stands(away) == {("PLANNED", "2026-11-20"): 360, ("PLANNED", ""): 360}


def test_a_register_that_is_put_right_leaves_the_hours_to_be_answered_for():
    session = SessionFactory(starts_at=NOW - timedelta(hours=8))
    came = promised(session=session)
    lead = grant(PersonFactory(), "LEARNING_LEAD", host_of(session))
    record_attendance(session=session, attended={came.pk}, by=lead, now=NOW)

    Enrolment.objects.filter(pk=came.pk).update(state="ABSENT", ended_at=NOW)
    registered([Enrolment.objects.get(pk=came.pk)], by=lead, now=NOW)

    assert stands(came) == {("PLANNED", "2026-11-20"): 360, ("PLANNED", ""): 360}


def test_a_session_without_hours_promises_none():
    session = SessionFactory()
    place = in_seat(session, 1)
    Enrolment.objects.filter(pk=place.pk).update(study_hours=0)

    seated([Enrolment.objects.get(pk=place.pk)], by=SYSTEM, now=NOW)

    assert stands(place) == {}
    assert not Event.objects.filter(verb="promise_time").exists()


@pytest.mark.parametrize("order", ["given up first", "seated first"])
def test_a_move_to_another_session_carries_over_what_is_owed_and_less_is_promised(order):
    manager = PersonFactory()
    before = promised(manager=manager)
    planned(before, day=TODAY, minutes=120)
    had(before, minutes=120)
    taken_back(before, by=manager, minutes=60)
    after = moved(before)

    if order == "given up first":
        given_up([before], by=SYSTEM, now=NOW)
        seated([after], by=SYSTEM, now=NOW)
    else:
        seated([after], by=SYSTEM, now=NOW)
        given_up([before], by=SYSTEM, now=NOW)

    assert stands(before) == {("DELIVERED", "2026-11-20"): 120, ("RELEASED", "2026-11-20"): 600}
    assert stands(after) == {
        ("OWED", A_DAY.isoformat()): 60,
        ("PLANNED", "2027-02-11"): 360,
        ("PLANNED", ""): 180,
    }


def test_a_second_move_carries_over_from_both():
    manager = PersonFactory()
    first = promised(manager=manager)
    planned(first, day=TODAY, minutes=120)
    had(first, minutes=120)
    second = moved(first)
    given_up([first], by=SYSTEM, now=NOW)
    seated([second], by=SYSTEM, now=NOW)
    taken_back(second, by=manager, minutes=60)
    third = moved(second)
    given_up([second], by=SYSTEM, now=NOW)

    seated([third], by=SYSTEM, now=NOW)

    assert sum(stands(third).values()) == 600
    assert stands(third)["OWED", A_DAY.isoformat()] == 60


def had(enrolment, *, minutes):

    pocket = Pocket(Account.PLANNED, TODAY, minutes)
    confirm_time(enrolment=enrolment, pocket=pocket, had_on=TODAY, by=enrolment.person, now=NOW)


def moved(enrolment):
    """The place goes on with another session of the same offering, four weeks later."""
    later = enrolment.session.starts_at + timedelta(days=28)
    session = SessionFactory(offering=enrolment.session.offering, starts_at=later)
    Enrolment.objects.filter(pk=enrolment.pk).update(state="MOVED", seat=None, ended_at=NOW)
    enrolment.refresh_from_db()
    return EnrolmentFactory(
        session=session,
        person=enrolment.person,
        state="CONFIRMED",
        seat=1,
        confirmed_at=NOW,
        moved_from=enrolment,
    )


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (24, {"2027-01-14": 360, "2027-01-20": 240, "2027-02-03": 360, "": 480}),
        (8, {"2027-01-14": 360, "2027-01-20": 120}),
        (4, {"2027-01-14": 240}),
    ],
)
def test_the_days_on_which_the_session_meets_are_promised_first(hours, expected):
    session = SessionFactory()
    for days, length in ((20, 6), (6, 3), (6, 1)):
        starts_at = session.starts_at + timedelta(days=days, hours=3 * (length == 1))
        session.meetings.create(starts_at=starts_at, ends_at=starts_at + timedelta(hours=length))
    place = in_seat(session, 1)
    Enrolment.objects.filter(pk=place.pk).update(study_hours=hours)

    seated([Enrolment.objects.get(pk=place.pk)], by=SYSTEM, now=NOW)

    assert stands(place) == {("PLANNED", day): minutes for day, minutes in expected.items()}
