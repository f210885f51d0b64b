"""Protected time of a session of several days follows what the register says of each."""

from datetime import timedelta

import pytest
from django.db import transaction

from accounts.models import Event
from courses.models import Account, MeetingMark
from courses.selectors.study_time import Pocket
from courses.services.attendance import record_attendance
from courses.services.registers import Marked, finish_register, keep_register
from courses.services.study_time import take_time_back
from courses.services.study_time_follows import follow_register
from tests.factories.accounts import PersonFactory, grant
from tests.factories.clock import NOW
from tests.factories.courses import SessionFactory, host_of
from tests.factories.delivery import mark
from tests.factories.study_time import STAFFING, promised, stands

pytestmark = pytest.mark.django_db

LAST = NOW - timedelta(hours=8)
FIRST = LAST - timedelta(days=1)
DAYS = (FIRST.date().isoformat(), LAST.date().isoformat())
HAD, OPEN = "DELIVERED", "PLANNED"


@pytest.fixture
def session():
    """A session of two days of six hours, which are all the hours of the place."""
    session = SessionFactory(starts_at=FIRST)
    session.meetings.create(starts_at=LAST, ends_at=LAST + timedelta(hours=6))
    return session


@pytest.fixture
def lead(session):
    return grant(PersonFactory(), "LEARNING_LEAD", host_of(session))


def marked(place, *marks):
    for begins_at, said in zip((FIRST, LAST), marks, strict=True):
        mark(place, said, begins_at=begins_at)
    return place


def put_right(place, begins_at, said, *, by):
    known = MeetingMark.objects.get(enrolment=place, begins_at=begins_at)
    marks = {place.pk: Marked(said, seen=known.version)}
    keep_register(session=place.session, begins_at=begins_at, marks=marks, by=by, now=NOW)


def by_day(place):
    """Account by day, of days of six hours that stand on one account each."""
    assert set(stands(place).values()) == {360}
    found = {day: account for account, day in stands(place)}
    return tuple(found[day] for day in DAYS)


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        (("PRESENT", "LATE"), (HAD, HAD)),
        (("PRESENT", "ABSENT"), (HAD, OPEN)),
        (("EXCUSED", "PRESENT"), (OPEN, HAD)),
        (("ABSENT", "EXCUSED"), (OPEN, OPEN)),
    ],
)
def test_hours_of_a_day_on_which_somebody_was_away_are_left_to_be_answered_for(
    session, lead, marks, expected
):
    place = marked(promised(session=session), *marks)

    finish_register(session=session, by=lead, now=NOW)

    assert by_day(place) == expected


def test_hours_of_the_day_that_the_service_took_can_be_owed(session, lead):
    manager = PersonFactory()
    place = marked(promised(session=session, manager=manager), "PRESENT", "ABSENT")
    finish_register(session=session, by=lead, now=NOW)

    pocket = Pocket(Account.PLANNED, LAST.date(), 360)
    take_time_back(enrolment=place, pocket=pocket, why=STAFFING, by=manager, now=NOW)

    assert by_day(place) == (HAD, "OWED")


def test_whoever_was_at_one_of_two_meetings_of_a_day_had_its_hours(lead, session):
    afternoon = LAST + timedelta(hours=6, minutes=30)
    session.meetings.create(starts_at=afternoon, ends_at=afternoon + timedelta(minutes=30))
    place = marked(promised(session=session), "PRESENT", "ABSENT")
    mark(place, begins_at=afternoon)

    finish_register(session=session, by=lead, now=NOW)

    assert {account for account, _day in stands(place)} == {HAD}


def test_attendance_without_marks_confirms_every_day(session, lead):
    place = promised(session=session)

    record_attendance(session=session, attended={place.pk}, by=lead, now=NOW)

    assert by_day(place) == (HAD, HAD)


def test_a_mark_that_is_put_right_moves_the_hours_of_its_day_alone(session, lead):
    place = marked(promised(session=session), "PRESENT", "PRESENT")
    finish_register(session=session, by=lead, now=NOW)

    put_right(place, LAST, "ABSENT", by=lead)
    away = by_day(place)
    put_right(place, LAST, "PRESENT", by=lead)

    assert (away, by_day(place)) == ((HAD, OPEN), (HAD, HAD))
    events = Event.objects.filter(about_id=str(place.pk), verb__contains="time").order_by("pk")
    assert list(events.values_list("verb", "facts__minutes")) == [
        ("promise_time", 720),
        ("confirm_time", 720),
        ("put_time_right", 360),
        ("confirm_time", 360),
    ]


def test_who_was_there_on_one_day_after_all_had_that_day(session, lead):
    place = marked(promised(session=session), "ABSENT", "ABSENT")
    finish_register(session=session, by=lead, now=NOW)

    put_right(place, FIRST, "PRESENT", by=lead)

    place.refresh_from_db()
    assert (place.state, by_day(place)) == ("ATTENDED", (HAD, OPEN))


@pytest.mark.parametrize("people", [1, 3])
def test_following_the_days_takes_the_same_statements_for_any_number(
    session, lead, people, django_assert_num_queries
):
    for seat in range(1, people + 1):
        marked(promised(session=session, seat=seat), "PRESENT", "ABSENT")
    session.enrolments.update(state="ATTENDED")
    places = list(session.enrolments.all())

    # Marks; places, what they hold, moves and events; again places and what they hold; and two for
    # the scope. The meetings of the session are known.
    with transaction.atomic(), django_assert_num_queries(9):
        follow_register(places, by=lead, now=NOW)

    assert {by_day(place) for place in places} == {(HAD, OPEN)}
