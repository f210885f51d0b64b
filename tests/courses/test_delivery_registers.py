"""Keeping the register of a meeting, finishing it and putting it right."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from accounts.models import Event, EventText
from common.errors import Conflict, Forbidden
from courses.models import MeetingMark
from courses.selectors.registers import share_attended, sittings_of
from courses.services.absences import explain_absence
from courses.services.attendance import complete, record_attendance
from courses.services.registers import Marked, MarkedMeanwhile, finish_register, keep_register
from notifications.models import Notice
from tests.factories.accounts import PersonFactory, employ, grant
from tests.factories.clock import NOW
from tests.factories.courses import EnrolmentFactory, SessionFactory, colleague_of, host_of, seated
from tests.factories.delivery import mark, present

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return SessionFactory(starts_at=NOW - timedelta(hours=8), capacity=5)


@pytest.fixture
def lead(session):
    return grant(PersonFactory(), "LEARNING_LEAD", host_of(session))


def kept(session, marks, *, by, now=NOW):
    return keep_register(session=session, begins_at=session.starts_at, marks=marks, by=by, now=now)


def state_of(enrolment):
    enrolment.refresh_from_db()
    return enrolment.state


def test_everybody_is_marked_and_what_is_marked_is_told(session, lead):
    came, late, away = (seated(session, seat) for seat in (1, 2, 3))

    kept(
        session,
        {
            came.pk: Marked("PRESENT"),
            late.pk: Marked("LATE", minutes_late=25),
            away.pk: Marked("EXCUSED", reason="UNWELL", reason_text="Rang at eight"),
        },
        by=lead,
    )

    rows = MeetingMark.objects.order_by("pk")
    assert list(rows.values_list("mark", "minutes_late", "reason", "version")) == [
        ("PRESENT", None, "", 1),
        ("LATE", 25, "", 1),
        ("EXCUSED", None, "UNWELL", 1),
    ]
    assert {row.marked_by for row in rows} == {lead}
    assert (rows[2].reason_by, rows[0].reason_by) == (lead, None)
    assert list(Event.objects.filter(verb="mark").values_list("subject", flat=True)) == [
        came.person_id,
        late.person_id,
        away.person_id,
    ]
    assert [state_of(row) for row in (came, late, away)] == ["CONFIRMED"] * 3


def test_why_somebody_was_away_is_not_in_the_ledger(session, lead):
    away = seated(session, 1)

    kept(session, {away.pk: Marked("ABSENT", reason="UNWELL", reason_text="A migraine")}, by=lead)

    facts = Event.objects.get(verb="mark").facts
    assert sorted(facts) == ["begins_at", "mark", "session", "version"]
    assert not EventText.objects.exists()


def test_sending_the_same_page_again_changes_nothing(session, lead):
    came, away = seated(session, 1), seated(session, 2)
    marks = {came.pk: Marked("PRESENT"), away.pk: Marked("ABSENT", reason="LEAVE")}
    kept(session, marks, by=lead)

    again = kept(session, marks, by=lead)

    assert again == []
    assert set(MeetingMark.objects.values_list("version", flat=True)) == {1}
    assert Event.objects.filter(verb="mark").count() == 2


def test_nobody_writes_over_a_mark_they_have_not_seen(session, lead):
    other = grant(PersonFactory(), "PROGRAMME_LEAD", host_of(session))
    one, two = seated(session, 1), seated(session, 2)
    kept(session, {one.pk: Marked("ABSENT")}, by=other)

    with pytest.raises(MarkedMeanwhile) as refusal:
        kept(session, present(one, two), by=lead)

    assert list(refusal.value.current) == [one.pk]
    assert refusal.value.current[one.pk].marked_by == other
    assert list(MeetingMark.objects.values_list("enrolment", "mark")) == [(one.pk, "ABSENT")]


def test_who_has_seen_the_other_mark_may_change_it(session, lead):
    one = seated(session, 1)
    kept(session, {one.pk: Marked("ABSENT", reason="TRAVEL")}, by=lead)

    kept(session, {one.pk: Marked("LATE", minutes_late=30, seen=1)}, by=lead)

    row = MeetingMark.objects.get()
    assert (row.mark, row.minutes_late, row.version) == ("LATE", 30, 2)
    assert (row.reason, row.reason_by) == ("", None)


def test_only_who_runs_the_session_marks(session):
    manager = PersonFactory()
    place = seated(session, 1, person=colleague_of(session, manager=manager))
    elsewhere = grant(PersonFactory(), "LEARNING_LEAD", host_of(SessionFactory()))

    for actor in (place.person, manager, colleague_of(session), elsewhere):
        with pytest.raises(Forbidden) as refusal:
            kept(session, present(place), by=actor)
        assert refusal.value.code == "may_not_run"
        with pytest.raises(Forbidden):
            finish_register(session=session, by=actor, now=NOW)
    assert not MeetingMark.objects.exists()


def test_a_register_opens_with_its_meeting(session, lead):
    place = seated(session, 1)

    with pytest.raises(Conflict) as refusal:
        kept(session, present(place), by=lead, now=session.starts_at - timedelta(seconds=1))

    assert refusal.value.code == "session_not_started"


def test_a_meeting_that_is_not_held_has_no_register(session, lead):
    place = seated(session, 1)

    with pytest.raises(Conflict) as refusal:
        keep_register(
            session=session,
            begins_at=session.starts_at + timedelta(hours=1),
            marks=present(place),
            by=lead,
            now=NOW,
        )

    assert refusal.value.code == "no_such_meeting"


def test_a_cancelled_session_has_no_register(lead, session):
    session.state = "CANCELLED"
    session.save()

    with pytest.raises(Conflict) as refusal:
        kept(session, {}, by=lead)

    assert refusal.value.code == "session_cancelled"


def test_only_people_with_a_place_on_this_session_are_on_its_register(session, lead):
    asked = EnrolmentFactory(session=session)
    elsewhere = seated(SessionFactory(starts_at=session.starts_at), 1)
    place = seated(session, 1)

    for stranger in (asked, elsewhere):
        with pytest.raises(Conflict) as refusal:
            kept(session, present(place, stranger), by=lead)
        assert refusal.value.code == "not_on_register"
    assert not MeetingMark.objects.exists()


def test_a_finished_register_is_what_was_marked(session, lead):
    came, late, away, excused = (seated(session, seat) for seat in (1, 2, 3, 4))
    mark(came)
    mark(late, "LATE")
    mark(away, "ABSENT")
    mark(excused, "EXCUSED")

    finish_register(session=session, by=lead, now=NOW)

    assert [state_of(row) for row in (came, late, away, excused)] == [
        "ATTENDED",
        "ATTENDED",
        "ABSENT",
        "ABSENT",
    ]
    told = Notice.objects.filter(rule="courses.missed").values_list("recipient", flat=True)
    assert set(told) == {away.person_id, excused.person_id}


def test_a_register_is_not_finished_before_everybody_is_marked(session, lead):
    came, forgotten = seated(session, 1), seated(session, 2)
    mark(came)

    with pytest.raises(Conflict) as refusal:
        finish_register(session=session, by=lead, now=NOW)

    assert (refusal.value.code, str(refusal.value)[:19]) == (
        "not_all_marked",
        "1 mark is missing. ",
    )
    assert state_of(forgotten) == "CONFIRMED"


def test_a_register_is_not_finished_before_it_began(session, lead):
    with pytest.raises(Conflict) as refusal:
        finish_register(session=session, by=lead, now=session.starts_at - timedelta(seconds=1))

    assert refusal.value.code == "session_not_started"


def test_a_recorded_register_is_put_right_both_ways(session, lead):
    one, two = seated(session, 1), seated(session, 2)
    mark(one)
    mark(two, "ABSENT")
    finish_register(session=session, by=lead, now=NOW)
    later = NOW + timedelta(days=1)

    kept(
        session,
        {one.pk: Marked("ABSENT", seen=1), two.pk: Marked("LATE", minutes_late=5, seen=1)},
        by=lead,
        now=later,
    )

    assert [state_of(row) for row in (one, two)] == ["ABSENT", "ATTENDED"]
    assert (one.ended_at, two.ended_at) == (later, None)
    steps = Event.objects.filter(verb__endswith="after_all").order_by("pk")
    assert list(steps.values_list("verb", "subject")) == [
        ("miss_after_all", one.person_id),
        ("attend_after_all", two.person_id),
    ]


def test_a_change_that_leaves_somebody_there_is_no_step(session, lead):
    one = seated(session, 1)
    mark(one)
    finish_register(session=session, by=lead, now=NOW)

    kept(session, {one.pk: Marked("LATE", minutes_late=5, seen=1)}, by=lead)

    assert state_of(one) == "ATTENDED"
    assert not Event.objects.filter(verb__endswith="after_all").exists()


def test_a_mark_stays_once_somebody_completed_on_it(session, lead):
    one, two = seated(session, 1), seated(session, 2)
    mark(one)
    mark(two)
    finish_register(session=session, by=lead, now=NOW)
    complete(enrolments=[one], by=lead, now=NOW)

    with pytest.raises(Conflict) as refusal:
        kept(
            session,
            {two.pk: Marked("ABSENT", seen=1), one.pk: Marked("ABSENT", seen=1)},
            by=lead,
        )

    assert refusal.value.code == "completed_on_it"
    assert one.person.full_name in str(refusal.value)
    assert [state_of(row) for row in (one, two)] == ["COMPLETED", "ATTENDED"]


def test_who_was_away_says_why_and_can_say_it_anew(session, lead):
    away = seated(session, 1, person=colleague_of(session))
    mark(away, "ABSENT")
    finish_register(session=session, by=lead, now=NOW)

    explain_absence(enrolment=away, reason="LEAVE", by=away.person, now=NOW)
    explain_absence(enrolment=away, reason="SERVICE", text="Winter", by=away.person, now=NOW)

    row = MeetingMark.objects.get()
    assert (row.reason, row.reason_text, row.reason_by) == ("SERVICE", "Winter", away.person)
    assert row.version == 3
    facts = Event.objects.filter(verb="explain_absence").values_list("facts", flat=True)
    assert list(facts) == [{"session": session.pk}] * 2


def test_a_reason_is_kept_where_attendance_was_recorded_without_marks(session, lead):
    away = seated(session, 1, person=colleague_of(session))
    record_attendance(session=session, attended=set(), by=lead, now=NOW)

    explain_absence(enrolment=away, reason="TRAVEL", by=away.person, now=NOW)

    row = MeetingMark.objects.get()
    assert (row.mark, row.reason, row.begins_at) == ("ABSENT", "TRAVEL", session.starts_at)


def test_nobody_says_why_somebody_else_was_away(session, lead):
    manager = employ(organisation=host_of(session))
    away = seated(session, 1, person=colleague_of(session, manager=manager), state="ABSENT")

    for actor in (lead, manager, colleague_of(session)):
        with pytest.raises(Forbidden) as refusal:
            explain_absence(enrolment=away, reason="LEAVE", by=actor, now=NOW)
        assert refusal.value.code == "may_not_explain_absence"


@pytest.mark.parametrize("state", ["CONFIRMED", "ATTENDED", "COMPLETED"])
def test_who_was_not_away_has_nothing_to_explain(session, state):
    here = seated(session, 1, person=colleague_of(session), state=state)

    with pytest.raises(Conflict) as refusal:
        explain_absence(enrolment=here, reason="LEAVE", by=here.person, now=NOW)

    assert refusal.value.code == "not_absent"


@pytest.mark.parametrize(
    "wrong",
    [
        {"mark": "LATE"},
        {"mark": "LATE", "minutes_late": 0},
        {"mark": "PRESENT", "minutes_late": 5},
        {"mark": "PRESENT", "reason": "LEAVE"},
        {"mark": "ABSENT", "reason": "LEAVE"},
        {"mark": "ABSENT", "reason_text": "Away"},
    ],
)
def test_the_database_refuses_marks_that_say_two_things(session, wrong):
    place = seated(session, 1)

    with pytest.raises(IntegrityError), transaction.atomic():
        MeetingMark.objects.create(
            enrolment=place, begins_at=session.starts_at, marked_at=NOW, **wrong
        )


def test_the_database_refuses_a_mark_for_nobody_s_place_and_a_second_one(session):
    asked, place = EnrolmentFactory(session=session), seated(session, 1)
    mark(place)

    for wrong in (asked, place):
        with pytest.raises(IntegrityError), transaction.atomic():
            mark(wrong)


def test_the_database_lets_no_mark_wander_to_another_meeting(session):
    row = mark(seated(session, 1))
    row.begins_at += timedelta(hours=1)

    with pytest.raises(ProgrammingError), transaction.atomic():
        row.save()


@pytest.mark.parametrize(
    ("marks", "sittings", "share"),
    [
        (["PRESENT", "LATE"], 2, 100),
        (["PRESENT", "ABSENT"], 2, 50),
        (["PRESENT"], 3, 33),
        (["PRESENT", "EXCUSED"], 2, 100),
        (["PRESENT", "EXCUSED", "ABSENT"], 3, 50),
        (["EXCUSED"], 1, 0),
        ([], 2, 0),
    ],
)
def test_the_share_attended_counts_no_meeting_one_was_excused_from(marks, sittings, share):
    rows = [MeetingMark(mark=said) for said in marks]

    assert share_attended(rows, sittings=sittings) == share


def test_a_session_without_meetings_is_one_meeting(session):
    [only] = sittings_of(session)

    assert (only.number, only.begins_at, only.ends_at) == (1, session.starts_at, session.ends_at)
