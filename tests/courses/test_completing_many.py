"""Completing a whole session takes as many statements as completing one of its people."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Event
from courses.services.attendance import complete
from notifications.models import Notice
from pathways.models import Attainment
from tests.factories.accounts import PersonFactory, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import SessionFactory, colleague_of, host_of, outcome, seated
from tests.factories.pathways import CompetencyFactory, show

pytestmark = pytest.mark.django_db


def attended(people):
    """A session that ``people`` attended and that brings two levels, and whoever leads it."""
    session = SessionFactory(
        starts_at=NOW - timedelta(hours=8), capacity=people, minimum=1, state="CLOSED"
    )
    skills = [CompetencyFactory(), CompetencyFactory()]
    for skill in skills:
        outcome(session.offering.programme, skill, 3)
    rows = [
        seated(session, seat, person=colleague_of(session), state="ATTENDED")
        for seat in range(1, people + 1)
    ]
    return rows, skills, grant(PersonFactory(), "LEARNING_LEAD", host_of(session))


def statements(people):
    rows, _skills, lead = attended(people)
    with CaptureQueriesContext(connection) as asked:
        complete(enrolments=rows, by=lead, now=NOW)
    return len(asked)


def test_the_number_of_statements_does_not_grow_with_the_people():
    assert statements(1) == statements(30)


def test_each_has_their_levels_their_event_and_their_notice():
    rows, skills, lead = attended(3)
    show(rows[1].person, {skills[0]: 4, skills[1]: 1}, on=TODAY - timedelta(days=100))

    complete(enrolments=rows, by=lead, now=NOW)

    brought = Attainment.objects.filter(source="COURSE").order_by("person", "competency")
    one, two, three = (row.person_id for row in rows)
    assert list(brought.values_list("person", "competency", "rank")) == [
        (one, skills[0].pk, 3),
        (one, skills[1].pk, 3),
        (two, skills[1].pk, 3),
        (three, skills[0].pk, 3),
        (three, skills[1].pk, 3),
    ]
    events = Event.objects.filter(verb="record_attainments", about_id__in=[one, two, three])
    assert list(events.order_by("subject").values_list("subject", "facts__source_key")) == [
        (row.person_id, f"enrolment:{row.pk}") for row in rows
    ]
    told = Notice.objects.filter(rule="courses.completed").order_by("recipient")
    assert [(one.recipient_id, one.subject_key) for one in told] == [
        (row.person_id, f"enrolment:{row.pk}:completed") for row in rows
    ]
