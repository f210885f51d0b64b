from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Event
from common.errors import Conflict, Forbidden
from courses.models import Enrolment, Session
from courses.services.attendance import complete, record_attendance
from notifications.models import Notice
from pathways.models import Attainment
from tests.factories.accounts import PersonFactory, employ, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import (
    EnrolmentFactory,
    SessionFactory,
    colleague_of,
    host_of,
    outcome,
    queued,
    seated,
)
from tests.factories.pathways import CompetencyFactory, show

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return SessionFactory(starts_at=NOW - timedelta(hours=8), capacity=3)


@pytest.fixture
def lead(session):
    return grant(PersonFactory(), "LEARNING_LEAD", host_of(session))


def state_of(enrolment):
    enrolment.refresh_from_db()
    return enrolment.state


def test_the_register_says_who_came_and_ends_the_waiting(session, lead):
    came, missed, late = seated(session, 1), seated(session, 2), queued(session)
    asked = EnrolmentFactory(session=session)

    record_attendance(session=session, attended={came.pk}, by=lead, now=NOW)

    assert [state_of(row) for row in (came, missed, late, asked)] == [
        "ATTENDED",
        "ABSENT",
        "CANCELLED",
        "CANCELLED",
    ]
    assert (came.ended_at, missed.ended_at) == (None, NOW)
    assert Session.objects.get(pk=session.pk).state == "CLOSED"
    event = Event.objects.get(verb="record_attendance")
    assert event.facts == {"places": 2, "attended": 1}
    verbs = Event.objects.exclude(pk=event.pk).order_by("pk").values_list("verb", flat=True)
    assert sorted(verbs) == ["attend", "cancel", "cancel", "miss"]


def test_nobody_came_is_an_answer(session, lead):
    missed = seated(session, 1)

    record_attendance(session=session, attended=set(), by=lead, now=NOW)

    assert state_of(missed) == "ABSENT"


@pytest.mark.parametrize("people", [1, 3])
def test_whoever_was_away_is_told_once_each_in_one_statement(session, lead, people):
    missed = [seated(session, seat) for seat in range(1, people + 1)]

    with CaptureQueriesContext(connection) as queries:
        record_attendance(session=session, attended=set(), by=lead, now=NOW)

    told = Notice.objects.filter(rule="courses.missed").order_by("recipient")
    assert [(one.recipient_id, one.url) for one in told] == [
        (row.person_id, reverse("courses:absence_explain", args=[row.pk])) for row in missed
    ]
    inserts = [one for one in queries if 'INSERT INTO "notifications_notice"' in one["sql"]]
    assert len(inserts) == 1


def test_only_who_runs_the_session_keeps_its_register(session):
    manager = PersonFactory()
    place = seated(session, 1, person=colleague_of(session, manager=manager))

    for actor in (place.person, manager, colleague_of(session)):
        with pytest.raises(Forbidden) as refusal:
            record_attendance(session=session, attended={place.pk}, by=actor, now=NOW)
        assert refusal.value.code == "may_not_run"
    assert state_of(place) == "CONFIRMED"


def test_there_is_no_register_before_the_start(session, lead):
    with pytest.raises(Conflict) as refusal:
        record_attendance(
            session=session,
            attended=set(),
            by=lead,
            now=session.starts_at - timedelta(seconds=1),
        )

    assert refusal.value.code == "session_not_started"


def test_somebody_without_a_place_cannot_have_attended(session, lead):
    place, waiting = seated(session, 1), queued(session)

    for stranger in (waiting, seated(SessionFactory(), 1)):
        with pytest.raises(Conflict) as refusal:
            record_attendance(session=session, attended={place.pk, stranger.pk}, by=lead, now=NOW)
        assert refusal.value.code == "not_on_register"
    assert state_of(place) == "CONFIRMED"


def test_a_register_is_kept_once(session, lead):
    record_attendance(session=session, attended=set(), by=lead, now=NOW)

    with pytest.raises(Conflict) as refusal:
        record_attendance(session=session, attended=set(), by=lead, now=NOW)

    assert refusal.value.code == "stale_state"


def attended(session, seat, person=None):
    return seated(session, seat, person=person or colleague_of(session), state="ATTENDED")


def test_completing_writes_what_the_programme_brings(session, lead):
    skill, other = CompetencyFactory(), CompetencyFactory()
    outcome(session.offering.programme, skill, 3)
    outcome(session.offering.programme, other, 2)
    row = attended(session, 1)

    complete(enrolments=[row], by=lead, now=NOW)

    assert state_of(row) == "COMPLETED"
    assert row.ended_at == NOW
    found = Attainment.objects.filter(person=row.person).order_by("-rank")
    assert list(found.values_list("competency", "rank", "attained_on", "source", "source_key")) == [
        (skill.pk, 3, TODAY, "COURSE", f"enrolment:{row.pk}"),
        (other.pk, 2, TODAY, "COURSE", f"enrolment:{row.pk}"),
    ]
    assert Notice.objects.get(recipient=row.person).rule == "courses.completed"
    assert Event.objects.filter(verb="complete", subject=row.person).count() == 1


def test_learning_never_takes_a_level_away(session, lead):
    skill, other = CompetencyFactory(), CompetencyFactory()
    outcome(session.offering.programme, skill, 2)
    outcome(session.offering.programme, other, 2)
    row = attended(session, 1)
    show(row.person, {skill: 4, other: 1}, on=TODAY - timedelta(days=100))

    complete(enrolments=[row], by=lead, now=NOW)

    brought = Attainment.objects.filter(person=row.person, source="COURSE")
    assert list(brought.values_list("competency", "rank")) == [(other.pk, 2)]


def test_people_of_a_shared_session_complete_it_too(session, lead):
    skill = CompetencyFactory()
    outcome(session.offering.programme, skill, 2)
    guest = attended(session, 1, person=employ())

    complete(enrolments=[guest], by=lead, now=NOW)

    assert Attainment.objects.get(person=guest.person).rank == 2


@pytest.mark.parametrize("state", ["CONFIRMED", "ABSENT", "COMPLETED"])
def test_only_who_attended_completes_and_otherwise_nobody_does(session, lead, state):
    row, wrong = attended(session, 1), seated(session, 2, state=state)

    with pytest.raises(Conflict) as refusal:
        complete(enrolments=[row, wrong], by=lead, now=NOW)

    assert refusal.value.code == "stale_state"
    assert state_of(row) == "ATTENDED"


def test_nobody_completes_for_themselves_or_for_sessions_of_others(session, lead):
    mine = attended(session, 1)
    elsewhere = attended(SessionFactory(), 1)

    with pytest.raises(Forbidden):
        complete(enrolments=[mine], by=mine.person, now=NOW)
    with pytest.raises(Forbidden):
        complete(enrolments=[mine, elsewhere], by=lead, now=NOW)

    assert set(Enrolment.objects.values_list("state", flat=True)) == {"ATTENDED"}
