"""Results of a provider: checked, applied whole, undone, and what completing takes of them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Event
from common.errors import Conflict, Forbidden
from courses.models import AssessmentResult, CompletionRule, ResultFile
from courses.selectors.completion import people_to_complete
from courses.selectors.results import file_to_fill_in
from courses.services.attendance import complete
from courses.services.results import apply_results, check_results, undo_results
from courses.services.training_imports import File
from notifications.models import Notice
from pathways.selectors.workbooks.problems import Unreadable
from tests.factories.accounts import PersonFactory, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import SessionFactory, colleague_of, host_of, seated
from tests.factories.results import csv_of, found, told, xlsx_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return SessionFactory(starts_at=NOW - timedelta(hours=8), capacity=5, state="CLOSED")


@pytest.fixture
def lead(session):
    return grant(PersonFactory(), "LEARNING_LEAD", host_of(session))


def attended(session, seat, **fields):
    return seated(session, seat, person=colleague_of(session), state="ATTENDED", **fields)


def check(session, lead, content, name="results.csv"):
    return check_results(session=session, file=File(name, content), by=lead, now=NOW)


def applied(session, lead, content, *, now=NOW, leaves_out=False):
    file = check(session, lead, content)
    return apply_results(file=file, leaves_out_problems=leaves_out, by=lead, now=now)


def kinds(file):
    return list(file.lines.order_by("row", "problem").values_list("row", "kind", "problem"))


def standing(enrolment):
    return AssessmentResult.objects.get(enrolment=enrolment, stands=True)


def test_checking_a_file_changes_nothing_and_says_what_would_change(session, lead):
    first, second, third = (attended(session, seat) for seat in (1, 2, 3))
    found(second, 40)
    found(third, judgement="PASSED")
    rows = [told(first, "72.5", "Passed", "19/11/2026"), told(second, "65")]
    content = csv_of(*rows, told(third, "", "pass"), told(first))

    file = check(session, lead, content)

    assert kinds(file) == [(2, "NEW", ""), (3, "CHANGED", ""), (4, "KNOWN", "")]
    line = file.lines.get(row=2)
    assert line.found == (Decimal("72.50"), "PASSED", date(2026, 11, 19))
    assert line.words == "72.5 per cent, Passed, 19 November 2026"
    assert file.lines.get(row=3).before.score == 40
    assert standing(second).score == 40
    assert not AssessmentResult.objects.filter(enrolment=first).exists()


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        (("101",), "NOT_A_RESULT"),
        (("-1",), "NOT_A_RESULT"),
        (("NaN",), "NOT_A_RESULT"),
        (("good",), "NOT_A_RESULT"),
        (("60", "perhaps"), "NOT_A_JUDGEMENT"),
        (("60", "", "yesterday"), "NOT_A_DAY"),
        (("60", "", "2027-01-01"), "DAY_TO_COME"),
    ],
)
def test_what_a_cell_says_wrongly_is_told_with_its_row(session, lead, cells, problem):
    file = check(session, lead, csv_of(told(attended(session, 1), *cells)))

    assert kinds(file) == [(2, "PROBLEM", problem)]


def test_whom_a_row_is_about_is_told_where_it_is_not_plain(session, lead):
    here, twice, done = (attended(session, seat) for seat in (1, 2, 3))
    done.state, done.ended_at = "COMPLETED", NOW
    done.save()
    elsewhere = attended(SessionFactory(offering=session.offering), 1)
    rows = [
        ("", "", "50", "", ""),
        told(elsewhere, "50"),
        (str(here.pk), "Somebody Else", "50", "", ""),
        told(twice, "50"),
        told(twice, "51"),
        told(done, "50"),
    ]

    file = check(session, lead, csv_of(*rows))

    assert kinds(file) == [
        (2, "PROBLEM", "NO_PERSON"),
        (3, "PROBLEM", "NOT_HERE"),
        (4, "PROBLEM", "OTHER_NAME"),
        (5, "PROBLEM", "SAID_TWICE"),
        (6, "PROBLEM", "SAID_TWICE"),
        (7, "PROBLEM", "COMPLETED"),
    ]


def test_a_workbook_keeps_per_cent_as_a_part_of_one(session, lead):
    people = [attended(session, seat) for seat in (1, 2, 3)]
    scores = zip(people, (0.65, 1, 65), strict=True)

    file = check(session, lead, xlsx_of(*(told(who, score) for who, score in scores)))

    assert kinds(file) == [(2, "PROBLEM", "FRACTION"), (3, "PROBLEM", "FRACTION"), (4, "NEW", "")]


def test_a_workbook_s_yes_and_no_are_results_and_no_figures(session, lead):
    passed, failed, odd = (attended(session, seat) for seat in (1, 2, 3))

    file = check(
        session, lead, xlsx_of(told(passed, 80, True), told(failed, 80, False), told(odd, True))
    )

    assert kinds(file) == [(2, "NEW", ""), (3, "NEW", ""), (4, "PROBLEM", "NOT_A_RESULT")]
    assert list(file.lines.filter(kind="NEW").order_by("row").values_list("judgement")) == [
        ("PASSED",),
        ("FAILED",),
    ]


def test_a_result_is_never_rounded_up(session, lead):
    file = check(session, lead, csv_of(told(attended(session, 1), "59.999")))

    assert file.lines.get().score == Decimal("59.99")


def test_two_columns_for_one_result_are_refused(session, lead):
    content = b"Email,Score,Percentage\nsomebody@example.org,13,65\n"

    with pytest.raises(Unreadable) as refusal:
        check(session, lead, content)

    assert refusal.value.code == "column_twice"
    assert "Score" in refusal.value.message


def test_what_is_wrong_about_somebody_is_kept_as_theirs_without_their_name(session, lead):
    twice = attended(session, 1)

    file = check(session, lead, csv_of(told(twice, "50"), told(twice, "51")))

    lines = file.lines.filter(kind="PROBLEM")
    assert set(lines.values_list("enrolment", "cell")) == {(twice.pk, str(twice.pk))}


def test_a_file_of_the_providers_own_system_names_people_by_their_address(session, lead):
    place = attended(session, 1)
    rows = [(place.person.email.upper(), "65%"), ("nobody@example.org", "65")]

    file = check(session, lead, csv_of(*rows, headings=("E-mail", "Score")))

    assert kinds(file) == [(2, "NEW", ""), (3, "PROBLEM", "NOT_HERE")]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_file_to_fill_in_comes_back_as_it_is_and_changes_nothing(session, lead, kind):
    known, other = attended(session, 1), attended(session, 2)
    found(known, Decimal("72.5"), "PASSED")
    attended(SessionFactory(offering=session.offering), 1)

    file = check(session, lead, file_to_fill_in(session, kind=kind).content)

    assert file.row_count == 2
    assert list(file.lines.values_list("kind", "enrolment")) == [("KNOWN", known.pk)]
    assert not AssessmentResult.objects.filter(enrolment=other).exists()


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7", csv_of(("1", "2"), headings=("Name", "Result"))]
)
def test_what_is_no_file_of_results_is_refused_whole(session, lead, content):
    with pytest.raises(Unreadable), transaction.atomic():
        check(session, lead, content)

    assert not ResultFile.objects.exists()


def test_applying_records_exactly_what_was_shown_and_tells_each(session, lead):
    new, changed = attended(session, 1), attended(session, 2)
    old = found(changed, 40)

    file = applied(session, lead, csv_of(told(new, "65"), told(changed, "", "pass")))

    assert (file.state, file.written) == ("APPLIED", 2)
    assert standing(new).found == (Decimal("65.00"), "", None)
    assert standing(changed).found == (None, "PASSED", None)
    old.refresh_from_db()
    assert (old.stands, old.struck_at) == (False, None)
    events = Event.objects.filter(verb="record_result").order_by("about_id")
    assert [event.subject_id for event in events] == [new.person_id, changed.person_id]
    assert {frozenset(event.facts) for event in events} == {frozenset({"session", "result"})}
    told_of = Notice.objects.filter(rule="courses.result_recorded")
    assert set(told_of.values_list("recipient", flat=True)) == {new.person_id, changed.person_id}


def test_the_same_file_again_changes_nothing(session, lead):
    content = csv_of(told(attended(session, 1), "65"))
    applied(session, lead, content)
    again = check(session, lead, content)

    with pytest.raises(Conflict) as refusal:
        apply_results(file=again, leaves_out_problems=False, by=lead, now=NOW)

    assert refusal.value.code == "nothing_to_apply"
    assert AssessmentResult.objects.count() == 1


def test_rows_with_something_wrong_are_left_out_knowingly_or_nothing_is_applied(session, lead):
    right, wrong = attended(session, 1), attended(session, 2)
    file = check(session, lead, csv_of(told(right, "65"), told(wrong, "650")))

    with pytest.raises(Conflict) as refusal, transaction.atomic():
        apply_results(file=file, leaves_out_problems=False, by=lead, now=NOW)
    before = AssessmentResult.objects.count()
    apply_results(file=file, leaves_out_problems=True, by=lead, now=NOW)

    assert (refusal.value.code, before) == ("rows_with_problems", 0)
    assert AssessmentResult.objects.get().enrolment == right


def test_what_changed_since_it_was_shown_is_not_applied(session, lead):
    place = attended(session, 1)
    file = check(session, lead, csv_of(told(place, "65")))
    applied(session, lead, csv_of(told(place, "40")))

    with pytest.raises(Conflict) as refusal, transaction.atomic():
        apply_results(file=file, leaves_out_problems=False, by=lead, now=NOW)

    assert refusal.value.code == "changed_meanwhile"
    assert standing(place).score == 40


def test_undoing_brings_back_what_was_there_before(session, lead):
    new, changed = attended(session, 1), attended(session, 2)
    old = found(changed, 40)
    file = applied(session, lead, csv_of(told(new, "65"), told(changed, "70")))

    undo_results(file=file, by=lead, now=NOW)

    assert standing(changed) == old
    assert not AssessmentResult.objects.filter(enrolment=new, stands=True).exists()
    assert Event.objects.filter(verb="strike_result").count() == 2
    assert Notice.objects.filter(rule="courses.result_taken_back").count() == 2
    with pytest.raises(Conflict) as refusal:
        undo_results(file=file, by=lead, now=NOW)
    assert refusal.value.code == "file_not_applied"


def test_what_a_later_file_changed_is_undone_in_turn(session, lead):
    place = attended(session, 1)
    first = applied(session, lead, csv_of(told(place, "40")))
    second = applied(session, lead, csv_of(told(place, "65")))

    with pytest.raises(Conflict) as refusal, transaction.atomic():
        undo_results(file=first, by=lead, now=NOW)
    undo_results(file=second, by=lead, now=NOW)
    undo_results(file=first, by=lead, now=NOW)

    assert refusal.value.code == "later_file"
    assert not AssessmentResult.objects.filter(stands=True).exists()


def test_results_on_which_somebody_has_completed_stay(session, lead):
    place = attended(session, 1)
    file = applied(session, lead, csv_of(told(place, "65")))
    complete(enrolments=[place], by=lead, now=NOW + timedelta(minutes=1))

    with pytest.raises(Conflict) as refusal, transaction.atomic():
        undo_results(file=file, by=lead, now=NOW + timedelta(minutes=2))

    assert refusal.value.code == "completed_on_it"
    assert standing(place).score == 65


def test_who_completed_in_part_before_the_results_does_not_hold_them(session, lead):
    place = attended(session, 1)
    place.state, place.ended_at = "PARTIAL", NOW - timedelta(hours=1)
    place.save()
    file = applied(session, lead, csv_of(told(place, "65")))

    undo_results(file=file, by=lead, now=NOW)

    assert not AssessmentResult.objects.filter(stands=True).exists()


@pytest.mark.parametrize(
    ("least", "score", "judgement", "is_missing"),
    [
        (60, None, None, True),
        (60, "59.99", "", True),
        (60, "60", "", False),
        (60, "", "pass", False),
        (60, "59", "pass", True),
        (60, "80", "fail", True),
        (None, "1", "", False),
        (None, "", "fail", True),
    ],
)
def test_a_rule_asks_for_a_result(session, lead, least, score, judgement, is_missing):
    CompletionRule.objects.create(
        offering=session.offering,
        starts_on=TODAY - timedelta(days=30),
        needs_result=True,
        least_result=least,
    )
    place = attended(session, 1)
    if score is not None:
        applied(session, lead, csv_of(told(place, score, judgement)))

    [one] = people_to_complete(session, actor=lead, on=TODAY)

    assert one.missing == (("RESULT",) if is_missing else ())
    if is_missing:
        with pytest.raises(Conflict) as refusal:
            complete(enrolments=[place], by=lead, now=NOW)
        assert refusal.value.code == "rule_not_met"


def test_only_who_runs_the_session_brings_results_in(session, lead):
    place = attended(session, 1)
    content = csv_of(told(place, "65"))
    file = check(session, lead, content)
    other = grant(PersonFactory(), "LEARNING_LEAD", host_of(SessionFactory()))

    for actor in (place.person, other):
        with pytest.raises(Forbidden):
            check(session, actor, content)
        with pytest.raises(Forbidden):
            apply_results(file=file, leaves_out_problems=False, by=actor, now=NOW)
        with pytest.raises(Forbidden):
            undo_results(file=file, by=actor, now=NOW)

    assert not AssessmentResult.objects.exists()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"starts_at": NOW + timedelta(days=3)}, "session_not_started"),
        ({"starts_at": NOW - timedelta(days=3), "state": "CANCELLED"}, "session_cancelled"),
    ],
)
def test_there_are_results_of_what_was_held_alone(fields, code):
    session = SessionFactory(**fields)
    lead = grant(PersonFactory(), "LEARNING_LEAD", host_of(session))

    with pytest.raises(Conflict) as refusal:
        check(session, lead, csv_of(("1", "", "65", "", "")))

    assert refusal.value.code == code


def test_a_result_is_seen_by_its_person_and_who_runs_the_session(session, lead):
    manager = PersonFactory()
    place = seated(session, 1, person=colleague_of(session, manager=manager), state="ATTENDED")
    result = found(place, 65)

    seen = [
        list(AssessmentResult.objects.visible_to(actor, on=TODAY))
        for actor in (place.person, lead, manager, PersonFactory())
    ]

    assert seen == [[result], [result], [], []]


@pytest.mark.parametrize(
    "fields",
    [
        {"score": 101},
        {"score": None, "judgement": ""},
        {"stands": True, "struck_at": NOW},
    ],
)
def test_the_database_keeps_what_a_result_is(session, fields):
    place = attended(session, 1)
    file = found(place, 65).file
    AssessmentResult.objects.filter(enrolment=place).delete()
    given = {"enrolment": place, "file": file, "recorded_at": NOW, "score": 65} | fields

    with pytest.raises(IntegrityError), transaction.atomic():
        AssessmentResult.objects.create(**given)


def test_one_result_of_a_person_stands(session):
    place = attended(session, 1)
    found(place, 65)

    with pytest.raises(IntegrityError), transaction.atomic():
        found(place, 70)
