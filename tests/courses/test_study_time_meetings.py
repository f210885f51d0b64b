"""A session meets on other days, and the hours planned for it go along."""

from datetime import timedelta

import pytest
from django.db.models import F

from accounts.models import Event
from courses.models import Account, StudyTimeMove
from courses.selectors.study_time import Pocket
from courses.services.meetings import MeetingPlan, add_meeting, change_meeting, remove_meeting
from courses.services.study_time import take_time_back
from courses.services.study_time_meetings import follow_meetings
from tests.factories.accounts import PersonFactory, grant
from tests.factories.clock import NOW
from tests.factories.courses import SessionFactory, host_of, queued
from tests.factories.study_time import SESSION_DAY, STAFFING, planned, promised, stands

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
NEXT_DAY = (SESSION_DAY + DAY).isoformat()
FIRST = SESSION_DAY.isoformat()


@pytest.fixture
def session():
    return SessionFactory()


@pytest.fixture
def lead(session):
    return grant(PersonFactory(), "LEARNING_LEAD", host_of(session))


@pytest.fixture
def meeting(session):
    return session.meetings.get()


def at(meeting, *, days=0, hours=6):
    """A plan for ``meeting`` some days later, of so many hours."""
    starts_at = meeting.starts_at + days * DAY
    return MeetingPlan(starts_at=starts_at, ends_at=starts_at + timedelta(hours=hours))


def test_the_hours_of_a_meeting_go_to_its_new_day(session, meeting, lead):
    place = planned(promised(session=session))

    change_meeting(meeting=meeting, plan=at(meeting, days=1), by=lead, now=NOW)

    assert stands(place) == {
        ("PLANNED", "2026-12-03"): 180,
        ("PLANNED", NEXT_DAY): 360,
        ("PLANNED", ""): 180,
    }
    event = Event.objects.get(verb="replan_time")
    assert (event.subject, event.facts) == (place.person, {"minutes": 360})


def test_everybody_with_a_place_is_replanned_and_nobody_else(session, meeting, lead):
    places = [promised(session=session, seat=seat) for seat in (1, 2, 3)]
    waits, elsewhere = queued(session), promised()

    change_meeting(meeting=meeting, plan=at(meeting, days=1), by=lead, now=NOW)

    assert [stands(place)[("PLANNED", NEXT_DAY)] for place in places] == [360, 360, 360]
    assert stands(waits) == {}
    assert stands(elsewhere)[("PLANNED", FIRST)] == 360


def test_a_new_time_of_the_same_length_on_the_same_day_moves_nothing(session, meeting, lead):
    place = promised(session=session)
    before = StudyTimeMove.objects.count()
    plan = at(meeting)
    later = MeetingPlan(
        starts_at=plan.starts_at + timedelta(hours=1), ends_at=plan.ends_at + timedelta(hours=1)
    )

    change_meeting(meeting=meeting, plan=later, by=lead, now=NOW)

    assert StudyTimeMove.objects.count() == before
    assert stands(place)[("PLANNED", FIRST)] == 360


def test_what_a_shorter_day_leaves_over_is_for_days_the_person_chooses(session, meeting, lead):
    place = promised(session=session)

    change_meeting(meeting=meeting, plan=at(meeting, hours=4), by=lead, now=NOW)

    assert stands(place) == {("PLANNED", FIRST): 240, ("PLANNED", ""): 480}


def test_another_meeting_takes_of_what_is_on_no_day_yet(session, meeting, lead):
    place = promised(session=session)

    add_meeting(session=session, plan=at(meeting, days=1, hours=4), by=lead, now=NOW)

    assert stands(place) == {
        ("PLANNED", FIRST): 360,
        ("PLANNED", NEXT_DAY): 240,
        ("PLANNED", ""): 120,
    }


def test_no_more_is_planned_than_was_promised_and_own_days_stay(session, meeting, lead):
    place = planned(promised(session=session), minutes=300)

    add_meeting(session=session, plan=at(meeting, days=1, hours=8), by=lead, now=NOW)

    assert stands(place) == {
        ("PLANNED", "2026-12-03"): 300,
        ("PLANNED", FIRST): 360,
        ("PLANNED", NEXT_DAY): 60,
    }


@pytest.mark.parametrize(
    ("hours", "left"),
    [
        (6, {("PLANNED", NEXT_DAY): 360, ("PLANNED", ""): 360}),
        (2, {("PLANNED", NEXT_DAY): 120, ("PLANNED", ""): 600}),
    ],
)
def test_own_study_gives_way_where_the_session_comes_to_its_day(
    session, meeting, lead, hours, left
):
    place = planned(promised(session=session), day=SESSION_DAY + DAY, minutes=180)

    change_meeting(meeting=meeting, plan=at(meeting, days=1, hours=hours), by=lead, now=NOW)

    assert stands(place) == left


def test_a_meeting_that_is_removed_gives_its_hours_back(session, meeting, lead):
    place = promised(session=session)
    second = add_meeting(session=session, plan=at(meeting, days=1, hours=4), by=lead, now=NOW)

    remove_meeting(meeting=second, by=lead, now=NOW)

    assert stands(place) == {("PLANNED", FIRST): 360, ("PLANNED", ""): 360}


def test_what_was_taken_back_stays_owed_and_nothing_stands_in_for_it(session, meeting, lead):
    manager = PersonFactory()
    place = promised(session=session, manager=manager)
    pocket = Pocket(Account.PLANNED, SESSION_DAY, 120)
    take_time_back(enrolment=place, pocket=pocket, why=STAFFING, by=manager, now=NOW)

    change_meeting(meeting=meeting, plan=at(meeting, days=1), by=lead, now=NOW)

    assert stands(place) == {
        ("OWED", FIRST): 120,
        ("PLANNED", NEXT_DAY): 240,
        ("PLANNED", ""): 360,
    }


@pytest.mark.parametrize("people", [1, 3])
def test_the_statements_do_not_grow_with_the_people(
    session, meeting, lead, people, django_assert_num_queries
):
    for seat in range(1, people + 1):
        promised(session=session, seat=seat)
    session.meetings.update(starts_at=F("starts_at") + DAY, ends_at=F("ends_at") + DAY)

    with django_assert_num_queries(11):
        follow_meetings(session, before={SESSION_DAY: 360}, by=lead, now=NOW)

    assert StudyTimeMove.objects.filter(target_on=SESSION_DAY + DAY).count() == people
