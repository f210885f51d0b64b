"""Sessions that were asked different versions of a form are not shown as one."""

from datetime import timedelta
from itertools import combinations

import pytest

from courses.models import EvaluationBox, EvaluationQuestion
from courses.selectors.evaluations import offering_results, parts_of
from tests.factories.clock import NOW
from tests.factories.courses import OfferingFactory, SessionFactory
from tests.factories.evaluations import box_of, evaluation_form

pytestmark = pytest.mark.django_db


@pytest.fixture
def offering():
    return OfferingFactory()


@pytest.fixture
def first():
    return evaluation_form()


@pytest.fixture
def second(first):
    """The next version, which asks one thing more."""
    form = evaluation_form(valid_from=NOW.date() - timedelta(days=60))
    EvaluationQuestion.objects.create(
        form=form, position=4, key="room", kind="SCALE", words="Was the room right?"
    )
    return form


def closed(offering, form, answers, *, days_ago=1):
    """A session of which so many answered every question that was asked."""
    starts_at = NOW - timedelta(days=days_ago + 30)
    closes_at = NOW - timedelta(days=days_ago)
    session = SessionFactory(offering=offering, starts_at=starts_at)
    box = box_of(session, form, answers=answers, closes_at=closes_at)
    if form.questions.filter(key="room").exists():
        EvaluationBox.objects.filter(pk=box.pk).update(tally={**box.tally, "room": {"2": answers}})
    return box


def given(questions):
    return {one.question.key: one.given for one in questions if one.question.kind == "SCALE"}


def test_a_new_question_is_not_shown_of_the_few_who_were_asked_it(offering, first, second):
    closed(offering, first, 6, days_ago=3)
    closed(offering, second, 4, days_ago=2)

    shown = offering_results(offering, now=NOW)

    assert (shown.parts, shown.questions, shown.hidden) == ((), (), 2)


def test_small_sessions_wait_for_others_that_were_asked_the_same(offering, first, second):
    old, new = closed(offering, first, 6, days_ago=9), closed(offering, second, 4, days_ago=8)
    newer, older = closed(offering, second, 7, days_ago=7), closed(offering, first, 5, days_ago=6)

    shown = offering_results(offering, now=NOW)

    assert [part.boxes for part, _questions in shown.parts] == [(old, older), (new, newer)]
    assert [given(questions) for _part, questions in shown.parts] == [
        {"useful": 11},
        {"useful": 11, "room": 11},
    ]
    assert given(shown.questions) == {"useful": 22, "room": 11}
    assert shown.hidden == 0


def test_of_no_question_two_views_differ_by_fewer_than_the_floor(offering, first, second):
    """Whatever is looked at on whatever day, question by question, totals included."""
    sizes = (4, 3, 12, 6, 8, 2, 5, 11, 1, 9, 7, 3)
    made = [
        closed(offering, (first, second)[n % 3 == 1 or n > 6], size, days_ago=40 - n)
        for n, size in enumerate(sizes)
    ]
    size_of = {box.pk: box.answers for box in made}
    asked_room = {box.pk for box in made if box.form_id == second.pk}
    views = {frozenset()}
    for end in range(len(made) + 1):
        parts = [frozenset(box.pk for box in part.boxes) for part in parts_of(made[:end])]
        views |= {*parts, frozenset().union(*parts)}

    for who in (set(size_of), asked_room):
        seen = {view & who for view in views}
        gaps = {
            sum(size_of[pk] for pk in one ^ two)
            for one, two in combinations(seen, 2)
            if one < two or two < one
        }
        assert len(gaps) > 2
        assert min(gaps) >= first.least_answers
