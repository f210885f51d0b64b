"""Evaluations: asked once, answered without a name, shown only where nobody can be found."""

import json
from datetime import timedelta
from itertools import combinations

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.urls import reverse

from accounts.models import Event, EventText
from accounts.selectors.ledger import timeline_of
from common.errors import Conflict, Forbidden
from courses.models import (
    CompletionRule,
    EvaluationBox,
    EvaluationForm,
    EvaluationInvitation,
    Facilitation,
)
from courses.reminders_delivery import evaluations_waiting
from courses.selectors.completion import people_to_complete
from courses.selectors.evaluations import offering_results, parts_of, session_results
from courses.services.attendance import record_attendance
from courses.services.evaluations import answer_evaluation, form_in_use
from courses.services.registers import Marked, keep_register
from notifications.models import Notice
from tests.factories.accounts import PersonFactory, employ, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import SessionFactory, colleague_of, host_of, seated
from tests.factories.delivery import mark
from tests.factories.evaluations import box_of, evaluation_form, invited

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def form():
    return evaluation_form()


@pytest.fixture
def session():
    return SessionFactory(starts_at=NOW - timedelta(hours=8), capacity=30)


@pytest.fixture
def lead(session):
    return grant(PersonFactory(), "LEARNING_LEAD", host_of(session))


def asked(session, form, count=1):
    """A box that is open, and people who were asked to fill it."""
    if not EvaluationBox.objects.filter(session=session).exists():
        box_of(session, form, closes_at=NOW + timedelta(days=13))
    taken = session.enrolments.count()
    rows = [
        seated(session, taken + n + 1, person=colleague_of(session), state="ATTENDED")
        for n in range(count)
    ]
    return [invited(row, form) for row in rows]


def answer(invitation, now=NOW, **answers):
    return answer_evaluation(
        invitation=invitation, answers=answers, by=invitation.enrolment.person, now=now
    )


def test_whoever_was_there_is_asked_when_the_register_is_finished(session, lead, form):
    came, missed = seated(session, 1), seated(session, 2)

    record_attendance(session=session, attended={came.pk}, by=lead, now=NOW)

    invitation = EvaluationInvitation.objects.get()
    assert (invitation.enrolment, invitation.form, invitation.is_answered) == (came, form, False)
    assert invitation.closes_at.isoformat() == "2026-12-05T00:00:00+00:00"
    told = Notice.objects.get(rule="courses.evaluation_asked")
    assert (told.recipient, told.facts["minutes"]) == (came.person, 2)
    assert Event.objects.get(verb="ask_for_evaluation").facts["people"] == 1
    assert not EvaluationInvitation.objects.filter(enrolment=missed).exists()


def test_who_was_there_after_all_is_asked_too_and_nobody_twice(session, lead, form):
    came, late = seated(session, 1), seated(session, 2)
    record_attendance(session=session, attended={came.pk}, by=lead, now=NOW)
    marks = {late.pk: Marked("PRESENT"), came.pk: Marked("PRESENT")}

    keep_register(session=session, begins_at=session.starts_at, marks=marks, by=lead, now=NOW)

    rows = EvaluationInvitation.objects.values_list("enrolment", flat=True)
    assert sorted(rows) == sorted([came.pk, late.pk])


def test_without_a_form_nobody_is_asked(session, lead):
    came = seated(session, 1)

    record_attendance(session=session, attended={came.pk}, by=lead, now=NOW)

    assert not EvaluationInvitation.objects.exists()


def test_an_organisation_s_own_latest_form_comes_before_the_standard_one(session, form):
    host = host_of(session)
    own = evaluation_form(organisation=host, valid_from=TODAY - timedelta(days=9))
    evaluation_form(organisation=host, valid_from=TODAY + timedelta(days=1))

    assert form_in_use(host.pk, on=TODAY) == own
    assert form_in_use(host.pk, on=TODAY - timedelta(days=10)) == form
    assert form_in_use(PersonFactory().pk + 10**6, on=TODAY) == form


def test_answers_are_counted_and_the_person_is_not_in_them(session, form):
    one, two, three = asked(session, form, 3)

    answer(one, useful="4", time="Yes", more="Zebra crossings")
    answer(two, useful="4", more="A longer break")
    answer(three, time="No")

    box = EvaluationBox.objects.get()
    assert box.answers == 3
    assert box.tally == {"useful": {"4": 2}, "time": {"Yes": 1, "No": 1}}
    assert box.texts == {"more": ["A longer break", "Zebra crossings"]}
    assert set(EvaluationInvitation.objects.values_list("is_answered", flat=True)) == {True}
    events = Event.objects.filter(verb="answer_evaluation")
    assert list(events.values_list("facts", flat=True)) == [{"session": session.pk}] * 3
    assert not EventText.objects.exists()


def test_that_somebody_answered_is_told_to_them_alone(session, lead, form):
    (invitation,) = asked(session, form, 1)
    answer(invitation, useful="4")
    place = invitation.enrolment

    assert "answer_evaluation" not in {row.verb for row in timeline_of([place], reader=lead)}
    assert "answer_evaluation" in {row.verb for row in timeline_of([place], reader=place.person)}


def test_who_answered_in_which_order_leaves_the_same_rows(session, form):
    """Every row that says anything of the answers is the same, whoever came first."""
    first, second = asked(session, form, 2)
    other = SessionFactory(offering=session.offering, starts_at=session.starts_at)
    third, fourth = asked(other, form, 2)
    said = [{"useful": "1", "more": "A"}, {"useful": "5", "more": "B"}]

    for invitation, answers in zip((first, second, third, fourth), said + said[::-1], strict=True):
        answer(invitation, **answers)

    here, there = EvaluationBox.objects.order_by("pk").values("answers", "tally", "texts")
    assert json.dumps(here, sort_keys=True) == json.dumps(there, sort_keys=True)


def test_no_column_beside_the_answers_holds_a_moment_or_a_person():
    """What could lead from an answer to somebody is not there to be read, by any query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = 'courses_evaluationbox'"
        )
        columns = {name for (name,) in cursor.fetchall()}
        cursor.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = 'courses_evaluationinvitation'"
        )
        asking = {name for (name,) in cursor.fetchall()}

    assert columns == {"id", "session_id", "form_id", "closes_at", "least_answers", "answers"} | {
        "tally",
        "texts",
    }
    assert asking == {"id", "enrolment_id", "form_id", "asked_at", "closes_at", "is_answered"}


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({}, "nothing_answered"),
        ({"more": "   "}, "nothing_answered"),
        ({"useful": "6"}, "not_an_answer"),
        ({"time": "Maybe"}, "not_an_answer"),
        ({"elsewhere": "Yes"}, "not_an_answer"),
    ],
)
def test_wrong_answers_are_not_counted(session, form, answers, code):
    [invitation] = asked(session, form)

    with pytest.raises(Conflict) as refusal:
        answer(invitation, **answers)

    assert refusal.value.code == code
    assert EvaluationBox.objects.get().answers == 0
    assert not EvaluationInvitation.objects.get().is_answered


def test_one_answers_once_and_in_time(session, form):
    once, late = asked(session, form, 2)
    answer(once, useful="3")

    with pytest.raises(Conflict) as twice:
        answer(once, useful="5")
    with pytest.raises(Conflict) as closed:
        answer(late, now=late.closes_at, useful="5")

    assert (twice.value.code, closed.value.code) == ("already_answered", "evaluation_closed")
    assert EvaluationBox.objects.get().tally == {"useful": {"3": 1}}


def test_nobody_answers_for_somebody_else(session, lead, form):
    [invitation] = asked(session, form)

    for actor in (lead, colleague_of(session)):
        with pytest.raises(Forbidden) as refusal:
            answer_evaluation(invitation=invitation, answers={"useful": "1"}, by=actor, now=NOW)
        assert refusal.value.code == "may_not_answer"


def test_nothing_is_shown_before_the_end_or_of_fewer_than_the_floor(session, form):
    box = box_of(session, form, answers=10, closes_at=NOW)
    few = SessionFactory(offering=session.offering)
    box_of(few, form, answers=9)

    before = session_results(session, now=NOW - timedelta(seconds=1))
    after = session_results(session, now=NOW)
    small = session_results(few, now=NOW)

    assert (before.questions, before.answers, before.is_closed) == ((), 0, False)
    assert [one.question.key for one in after.questions] == ["useful", "time", "more"]
    assert (after.questions[0].mean, after.questions[0].counts[3]) == (4.0, ("4", 10))
    assert after.questions[2].texts == (f"Text of {box.session_id}",)
    assert (small.questions, small.answers, small.least_answers) == ((), 9, 10)
    assert session_results(SessionFactory(), now=NOW) is None


def boxes(session, form, *sizes):
    return [
        box_of(
            SessionFactory(offering=session.offering, starts_at=NOW - timedelta(days=90 - n)),
            form,
            answers=size,
            closes_at=NOW - timedelta(days=60 - n),
        )
        for n, size in enumerate(sizes)
    ]


def test_small_sessions_wait_until_together_they_are_enough(session, form):
    made = boxes(session, form, 4, 12, 5, 3, 9)

    parts = parts_of(made)
    shown = offering_results(session.offering, now=NOW)

    assert [[box.answers for box in part.boxes] for part in parts] == [[12], [4, 5, 3]]
    assert (shown.answers, shown.hidden) == (24, 1)
    assert shown.questions[0].counts[3] == ("4", 24)


def test_no_two_views_differ_by_fewer_than_the_floor(session, form):
    """Whatever is looked at on whatever day: everything that is shown is whole parts."""
    sizes = (4, 12, 5, 3, 9, 2, 30, 1, 1, 7)
    made = boxes(session, form, *sizes)
    views = set()
    for box in made:
        for part, _answers in offering_results(session.offering, now=box.closes_at).parts:
            views.add(frozenset(one.pk for one in part.boxes))
        for end in range(len(made) + 1):
            views.add(frozenset(one.pk for part in parts_of(made[:end]) for one in part.boxes))
        results = session_results(box.session, now=NOW)
        if results.questions:
            views.add(frozenset([box.pk]))
    size_of = {box.pk: box.answers for box in made}

    gaps = {
        sum(size_of[pk] for pk in one ^ two)
        for one, two in combinations(views, 2)
        if one < two or two < one
    }

    assert len(views) > 4
    assert min(gaps) >= form.least_answers


def test_a_floor_is_that_of_the_day_the_box_was_opened(session):
    strict = evaluation_form(least_answers=20)
    loose = evaluation_form(least_answers=5, valid_from=TODAY)
    old = boxes(session, strict, 12)[0]
    new = box_of(session, loose, answers=6)

    assert not session_results(old.session, now=NOW).questions
    assert session_results(new.session, now=NOW).questions
    assert parts_of([old, new]) != [old]


def test_who_led_is_counted_over_sessions_that_are_shown_by_themselves(session, form):
    shown, hidden = boxes(session, form, 12, 4)
    again = boxes(session, form, 15)[0]
    for box in (shown, hidden, again):
        Facilitation.objects.create(meeting=box.session.meetings.get(), name="Ana Costa")

    [(name, sessions, questions)] = offering_results(session.offering, now=NOW).facilitators

    assert (name, sessions, questions[0].given) == ("Ana Costa", 2, 27)


def test_completing_can_ask_for_an_answer(session, lead, form):
    CompletionRule.objects.create(
        offering=session.offering, starts_on=TODAY - timedelta(days=9), needs_evaluation=True
    )
    open_one, done = asked(session, form, 2)
    answer(done, useful="2")
    not_asked = seated(session, 9, person=colleague_of(session), state="ATTENDED")
    for row in (open_one.enrolment, done.enrolment, not_asked):
        mark(row)

    people = people_to_complete(session, actor=lead, on=TODAY)

    missing = {one.enrolment.pk: one.missing for one in people}
    assert missing == {
        open_one.enrolment_id: ("EVALUATION",),
        done.enrolment_id: (),
        not_asked.pk: (),
    }


def test_one_is_reminded_once_after_a_week_while_one_can_answer(session, form):
    waiting, fresh, answered, closed = asked(session, form, 4)
    rows = EvaluationInvitation.objects
    rows.exclude(pk=fresh.pk).update(asked_at=NOW - timedelta(days=7))
    rows.filter(pk=answered.pk).update(is_answered=True)
    rows.filter(pk=closed.pk).update(closes_at=NOW)

    due = list(evaluations_waiting(TODAY))
    later = list(evaluations_waiting(TODAY + timedelta(days=1)))

    assert [one.recipient_id for one in due] == [waiting.enrolment.person_id]
    assert (due[0].subject_key, due[0].period) in {(one.subject_key, one.period) for one in later}


def test_the_database_keeps_the_floor_and_the_words(session, form):
    with pytest.raises(IntegrityError), transaction.atomic():
        evaluation_form(least_answers=4)
    with pytest.raises(ProgrammingError), transaction.atomic():
        EvaluationForm.objects.update(least_answers=5)
    box_of(session, form)
    with pytest.raises(ProgrammingError), transaction.atomic():
        EvaluationBox.objects.update(least_answers=5)


def address(name, pk):
    return reverse(f"courses:{name}", args=[pk])


def text_of(response):
    return " ".join(response.content.decode().split())


def test_a_person_answers_by_form_and_sees_that_they_have(client, session, form):
    [invitation] = asked(session, form)
    client.force_login(invitation.enrolment.person)
    page = address("evaluation_answer", invitation.enrolment_id)

    shown = text_of(client.get(page))
    empty = client.post(page, {"more": ""})
    client.post(page, {"useful": "5", "more": "More of it"})
    after = text_of(client.get(page))

    assert "It takes 2 minutes." in shown
    assert "at least 10 people" in shown
    assert empty.status_code == 422
    assert "Answer at least one question" in text_of(empty)
    assert EvaluationBox.objects.get().texts == {"more": ["More of it"]}
    assert "You have answered." in after


def test_a_wrong_answer_by_form_keeps_what_was_typed(client, session, form):
    [invitation] = asked(session, form)
    client.force_login(invitation.enrolment.person)

    response = client.post(
        address("evaluation_answer", invitation.enrolment_id), {"useful": "9", "more": "Typed"}
    )

    assert response.status_code == 422
    assert "Select an answer from the list" in text_of(response)
    assert "Typed" in text_of(response)


def test_somebody_else_s_invitation_is_not_there(client, session, lead, form):
    [invitation] = asked(session, form)

    for reader in (lead, colleague_of(session)):
        client.force_login(reader)
        page = client.get(address("evaluation_answer", invitation.enrolment_id))
        assert page.status_code == 404


def test_results_are_for_who_runs_the_session(client, session, lead, form):
    box_of(session, form, answers=12)
    pages = [
        address("session_evaluation", session.pk),
        address("offering_evaluation", session.offering_id),
    ]
    client.force_login(lead)
    shown = [text_of(client.get(page)) for page in pages]
    client.force_login(colleague_of(session))
    refused = [client.get(page).status_code for page in pages]
    client.force_login(employ())
    unseen = [client.get(page).status_code for page in pages]

    assert all("4.0 out of 5" in page for page in shown)
    assert all(f"Text of {session.pk}" in page for page in shown)
    assert (refused, unseen) == ([403, 403], [404, 404])


def test_what_is_too_few_to_show_is_said(client, session, lead, form):
    box_of(session, form, answers=3)
    client.force_login(lead)

    one = text_of(client.get(address("session_evaluation", session.pk)))
    over_time = text_of(client.get(address("offering_evaluation", session.offering_id)))

    assert "Answers of fewer than 10 people are not shown" in one
    assert "Text of" not in one + over_time
    assert "1 session waits" in over_time
