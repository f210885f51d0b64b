"""Needs of the home page, reminders and the words of notices."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse

from common.dates import LONDON
from courses import needs, wordings
from courses.reminders import approvals_waiting, sessions_tomorrow
from notifications.models import Notice
from notifications.registry import NEED_SOURCES, REMINDER_SOURCES, WORDINGS
from notifications.services.reminders import run_due_days
from tests.factories.accounts import PersonFactory, employ, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import (
    EnrolmentFactory,
    SessionFactory,
    colleague_of,
    host_of,
    queued,
    seated,
)

pytestmark = pytest.mark.django_db

FACTS = {
    "programme": "Leading a ward",
    "starts_at": "2027-07-01T23:30:00+00:00",
    "state": "CONFIRMED",
    "person": "Amara Okafor",
    "place": "Room 2",
}


def london(day, hour=9):
    return datetime(day.year, day.month, day.day, hour, tzinfo=LONDON)


def test_every_source_is_registered():
    assert {name for name in NEED_SOURCES if name.startswith("courses.")} == {
        "courses.approvals",
        "courses.contests",
        "courses.evaluations",
        "courses.offers",
        "courses.swaps",
        "courses.time_owed",
        "courses.time_to_confirm",
        "courses.too_few",
        "courses.coming_sessions",
        "courses.registers",
        "courses.sponsor_statements",
        "courses.training_to_do",
        "courses.waiting_lists",
    }
    assert {name for name in REMINDER_SOURCES if name.startswith("courses.")} == {
        "courses.accreditation_ending",
        "courses.approval_waiting",
        "courses.below_minimum",
        "courses.evaluation_waiting",
        "courses.renewal_overdue",
        "courses.session_tomorrow",
        "courses.sponsor_reminded",
        "courses.team_is_behind",
        "courses.time_owed",
        "courses.time_owed_long",
        "courses.training_ends",
    }


@pytest.mark.parametrize(
    ("rule", "facts", "sentence"),
    [
        ("place_given", {}, "You have a place on Leading a ward on 2 July 2027."),
        (
            "place_given",
            {"state": "WAITING"},
            "You are on the waiting list for Leading a ward on 2 July 2027.",
        ),
        (
            "moved_up",
            {},
            "You have moved up from the waiting list to a place on Leading a ward on 2 July 2027.",
        ),
        (
            "request_approved",
            {},
            "Leading a ward on 2 July 2027 was approved. You have a place.",
        ),
        (
            "request_approved",
            {"state": "WAITING"},
            "Leading a ward on 2 July 2027 was approved. You are on its waiting list.",
        ),
        (
            "request_refused",
            {},
            "Leading a ward on 2 July 2027 was not approved. Read the reason and what you can do.",
        ),
        (
            "approval_asked",
            {},
            "Amara Okafor asks for your approval of Leading a ward on 2 July 2027.",
        ),
        ("session_cancelled", {}, "The session of Leading a ward on 2 July 2027 was cancelled."),
        (
            "completed",
            {},
            "You have completed Leading a ward. What it brings counts in your pathway.",
        ),
        ("session_tomorrow", {}, "Leading a ward is tomorrow, 2 July 2027, at Room 2."),
        (
            "approval_waiting",
            {},
            "Amara Okafor is still waiting for your approval of Leading a ward on 2 July 2027.",
        ),
    ],
)
def test_notices_read_as_sentences_with_the_day_in_london(rule, facts, sentence):
    assert getattr(wordings, rule)({**FACTS, **facts}) == sentence
    assert WORDINGS[f"courses.{rule}"] is getattr(wordings, rule)


def test_sessions_of_tomorrow_in_london_remind_those_with_a_place():
    tomorrow = TODAY + timedelta(days=1)
    early = seated(SessionFactory(starts_at=london(tomorrow, 0)), 1)
    late = seated(SessionFactory(starts_at=london(tomorrow, 23)), 1)
    seated(SessionFactory(starts_at=london(TODAY, 23)), 1)
    seated(SessionFactory(starts_at=london(tomorrow + timedelta(days=1), 0)), 1)
    seated(SessionFactory(starts_at=london(tomorrow), state="CANCELLED"), 1)
    queued(late.session)

    found = list(sessions_tomorrow(TODAY))

    assert [(due.recipient_id, due.due_on) for due in found] == [
        (early.person_id, tomorrow),
        (late.person_id, tomorrow),
    ]
    assert found[0].url == reverse("courses:session_show", args=[early.session_id])


@pytest.mark.parametrize(
    ("asked", "on", "is_told"),
    [
        (date(2026, 11, 18), date(2026, 11, 20), True),  # Wednesday, then Friday
        (date(2026, 11, 19), date(2026, 11, 20), False),
        (date(2026, 11, 19), date(2026, 11, 21), False),  # Saturday: nobody works
        (date(2026, 11, 19), date(2026, 11, 23), True),  # Thursday, then Monday
        (date(2026, 11, 21), date(2026, 11, 24), True),  # Saturday, then Tuesday
        (date(2026, 11, 22), date(2026, 11, 23), False),
    ],
)
def test_a_request_waits_two_working_days_before_anybody_is_reminded(asked, on, is_told):
    manager = PersonFactory()
    EnrolmentFactory(person=employ(manager=manager), requested_at=london(asked))

    found = [due.recipient_id for due in approvals_waiting(on)]

    assert found == ([manager.pk] if is_told else [])


def test_learning_leads_are_reminded_of_whoever_has_no_line_manager():
    session = SessionFactory()
    lead = grant(PersonFactory(), "LEARNING_LEAD", host_of(session))
    grant(PersonFactory(), "LEARNING_LEAD", SessionFactory().offering.host)
    EnrolmentFactory(
        session=session, person=colleague_of(session), requested_at=NOW - timedelta(days=7)
    )

    assert [due.recipient_id for due in approvals_waiting(TODAY)] == [lead.pk]


def test_a_request_that_is_decided_or_too_late_reminds_nobody():
    long_ago = NOW - timedelta(days=30)
    person = employ(manager=PersonFactory())
    seated(SessionFactory(), 1, person=person)
    EnrolmentFactory(
        person=person, session=SessionFactory(starts_at=long_ago), requested_at=long_ago
    )

    assert list(approvals_waiting(TODAY)) == []


@pytest.mark.parametrize("requests", [1, 3])
def test_reminders_of_requests_take_the_same_statements_for_any_number(
    requests, django_assert_num_queries
):
    session = SessionFactory()
    for _ in range(requests):
        person = colleague_of(session, manager=PersonFactory())
        EnrolmentFactory(session=session, person=person, requested_at=NOW - timedelta(days=9))

    with django_assert_num_queries(3):
        found = list(approvals_waiting(TODAY))

    assert len(found) == requests


def test_reminders_come_once_a_week_however_often_the_days_are_run():
    manager = PersonFactory()
    EnrolmentFactory(person=employ(manager=manager), requested_at=NOW - timedelta(days=7))

    for moment in (NOW, NOW, NOW + timedelta(days=3), NOW + timedelta(days=4)):
        run_due_days(now=moment)

    told = Notice.objects.filter(recipient=manager, rule="courses.approval_waiting")
    assert sorted(told.values_list("period", flat=True)) == ["2026-W47", "2026-W48"]


def test_a_line_manager_needs_to_decide_by_the_day_the_person_was_told():
    manager = PersonFactory()
    enrolment = EnrolmentFactory(person=employ(manager=manager))

    (need,) = needs.approvals(manager, TODAY)

    assert need.url == reverse("courses:approval_decide", args=[enrolment.pk])
    assert need.due_on == date(2026, 11, 27)
    assert enrolment.person.full_name in need.title
    assert list(needs.approvals(enrolment.person, TODAY)) == []


def test_ones_own_sessions_of_the_next_month_are_needs():
    person = employ()
    soon = seated(SessionFactory(starts_at=NOW + timedelta(days=3)), 1, person=person)
    seated(SessionFactory(starts_at=NOW + timedelta(days=60)), 1, person=person)
    queued(SessionFactory(starts_at=NOW + timedelta(days=3)), person=person)
    seated(soon.session, 2)

    (need,) = needs.coming_sessions(person, TODAY)

    assert need.due_on == TODAY + timedelta(days=3)
    assert need.url == reverse("courses:session_show", args=[soon.session_id])


def test_a_learning_lead_needs_to_keep_registers_and_see_to_waiting_lists():
    past = SessionFactory(starts_at=NOW - timedelta(days=1))
    full = SessionFactory(offering=past.offering)
    queued(full)
    queued(full, minutes=1)
    SessionFactory(offering=past.offering)
    queued(SessionFactory())
    SessionFactory(starts_at=NOW - timedelta(days=1))
    lead = grant(PersonFactory(), "LEARNING_LEAD", host_of(past))

    (register,) = needs.registers(lead, TODAY)
    (waiting,) = needs.lists_of_people_waiting(lead, TODAY)

    assert register.url == reverse("courses:session_register", args=[past.pk])
    assert waiting.title == f"2 people wait for {past.offering.programme.title}"
    assert waiting.url == reverse("courses:session_register", args=[full.pk])


@pytest.mark.parametrize(("ended", "is_asked_for"), [(1, True), (365, True), (366, False)])
def test_a_register_of_a_long_course_is_asked_for_until_a_year_after_its_last_meeting(
    ended, is_asked_for
):
    ends_at = london(TODAY, 0) - timedelta(days=ended)
    session = SessionFactory(starts_at=ends_at - timedelta(days=730), ends_at=ends_at)
    lead = grant(PersonFactory(), "LEARNING_LEAD", host_of(session))

    asked_for = [need.url for need in needs.registers(lead, TODAY)]

    page = reverse("courses:session_register", args=[session.pk])
    assert asked_for == ([page] if is_asked_for else [])


@pytest.mark.parametrize("rows", [1, 3])
def test_needs_take_the_same_statements_for_any_number(rows, django_assert_num_queries):
    session = SessionFactory(starts_at=NOW - timedelta(days=1))
    lead = grant(colleague_of(session), "LEARNING_LEAD", host_of(session))
    for number in range(rows):
        SessionFactory(offering=session.offering, starts_at=NOW - timedelta(days=2 + number))
        EnrolmentFactory(session=session, person=colleague_of(session, manager=lead))
        seated(SessionFactory(starts_at=NOW + timedelta(days=2)), 1, person=lead)
        queued(SessionFactory(offering=session.offering))
    sources = (
        needs.approvals,
        needs.coming_sessions,
        needs.registers,
        needs.lists_of_people_waiting,
    )
    lead = type(lead).objects.get(pk=lead.pk)

    with django_assert_num_queries(5):  # where the lead stands, then one for each source
        found = [len(list(source(lead, TODAY))) for source in sources]

    assert found == [rows, rows, rows + 1, rows]
