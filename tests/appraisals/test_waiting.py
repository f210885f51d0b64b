from datetime import date, timedelta

import pytest

from appraisals.models import Appraisal
from appraisals.needs import (
    cycles_that_wait,
    held_appraisals_that_wait,
    own_appraisals_that_wait,
)
from appraisals.reminders import when_due, when_overdue
from appraisals.wordings import WORDINGS, due, overdue
from notifications.registry import NEED_SOURCES, REMINDER_SOURCES
from tests.factories.accounts import employ
from tests.factories.appraisals import CycleFactory, appraise, hr_administrator, shared
from tests.factories.clock import NOW, TODAY

pytestmark = pytest.mark.django_db
DUE = date(2026, 12, 18)


def days(*, before: int = 0, after: int = 0) -> date:
    return DUE - timedelta(days=before) + timedelta(days=after)


@pytest.mark.parametrize(
    ("on", "periods"),
    [
        (days(before=15), []),
        (days(before=14), ["14", "14"]),
        (days(before=13), []),
        (days(before=1), []),
        (days(), ["0", "0"]),
        (days(after=1), []),
    ],
)
def test_both_are_reminded_two_weeks_before_and_on_the_day(on, periods):
    appraise(due_on=DUE)

    assert [row.period for row in when_due(on)] == periods


@pytest.mark.parametrize(
    ("late", "periods"),
    [
        (0, []),
        (1, ["week-0"] * 2),
        (2, []),
        (7, []),
        (8, ["week-1"] * 2),
        (15, ["week-2"] * 2),
    ],
)
def test_what_is_overdue_is_said_once_a_week(late, periods):
    appraise(due_on=DUE)

    assert [row.period for row in when_overdue(days(after=late))] == periods


def test_only_whoever_has_not_signed_is_reminded():
    appraisal = shared(due_on=DUE, subject_signed_at=NOW)

    found = list(when_due(DUE))

    assert [(row.recipient_id, row.facts["is_own"]) for row in found] == [
        (appraisal.appraiser_id, False)
    ]


def test_signed_appraisals_are_left_alone():
    signed = shared(due_on=DUE)
    Appraisal.objects.filter(pk=signed.pk).update(
        state="SIGNED", subject_signed_at=NOW, manager_signed_at=NOW
    )

    assert list(when_due(DUE)) == []
    assert list(when_overdue(days(after=1))) == []


def test_nobody_is_reminded_once_the_round_is_closed():
    appraise(cycle=CycleFactory(due_on=DUE, closes_on=DUE))

    assert len(list(when_due(DUE))) == 2
    assert list(when_overdue(days(after=1))) == []


def test_reminders_are_one_query_however_many(django_assert_num_queries):
    for _ in range(3):
        appraise(due_on=DUE)

    with django_assert_num_queries(1):
        assert len(list(when_due(DUE))) == 6
    with django_assert_num_queries(1):
        assert len(list(when_overdue(days(after=8)))) == 6


def test_reminders_read_as_sentences():
    appraisal = appraise(due_on=DUE)
    own, other = (row.facts for row in when_due(DUE))
    name = appraisal.subject.full_name

    assert due(own) == "Your appraisal is due on 18 December 2026."
    assert due(other) == f"The appraisal of {name} is due on 18 December 2026."
    assert overdue(own) == "Your appraisal was due on 18 December 2026."
    assert overdue(other) == f"The appraisal of {name} was due on 18 December 2026."


def test_notices_read_as_sentences():
    facts = {"name": "Kofi", "subject": "Amara", "due_on": "2026-12-18", "cycle": "2026"}

    assert {rule: wording(facts) for rule, wording in WORDINGS.items()} == {
        "opened": "Your appraisal is open and due on 18 December 2026.",
        "shared": "Kofi has shared their part of the appraisal of Amara.",
        "sent_back": "Kofi has sent your part of the appraisal of Amara back to you.",
        "signed": "Kofi has signed the appraisal of Amara. Your signature is missing.",
        "closed": "You and Kofi have both signed the appraisal of Amara.",
        "handed_over": "The appraisal of Amara is now with Kofi.",
    }


def test_everything_is_registered():
    assert {"appraisals.due", "appraisals.overdue"} <= set(REMINDER_SOURCES)
    assert {"appraisals.own", "appraisals.held", "appraisals.cycles"} <= set(NEED_SOURCES)


@pytest.mark.parametrize(
    ("fields", "titles"),
    [
        ({}, ["Write and share your part of your appraisal"]),
        ({"subject_shared_at": NOW}, []),
        ({"manager_shared_at": NOW}, ["Write and share your part of your appraisal"]),
    ],
)
def test_one_is_asked_for_ones_own_part_until_it_is_shared(fields, titles):
    appraisal = appraise(**fields)

    found = list(own_appraisals_that_wait(appraisal.subject, TODAY))

    assert [need.title for need in found] == titles


def test_one_is_asked_for_ones_signature():
    appraisal = shared()

    own = list(own_appraisals_that_wait(appraisal.subject, TODAY))
    held = list(held_appraisals_that_wait(appraisal.appraiser, TODAY))

    assert [need.title for need in own] == ["Read and sign your appraisal"]
    name = appraisal.subject.full_name
    assert [need.title for need in held] == [f"Read and sign the appraisal of {name}"]
    assert {need.due_on for need in own + held} == {appraisal.due_on}


def test_nobody_is_asked_for_what_they_have_signed():
    appraisal = shared(subject_signed_at=NOW)

    assert list(own_appraisals_that_wait(appraisal.subject, TODAY)) == []
    assert len(list(held_appraisals_that_wait(appraisal.appraiser, TODAY))) == 1


@pytest.mark.parametrize("reports", [1, 3])
def test_a_line_manager_is_asked_in_one_query(reports, django_assert_num_queries):
    cycle = CycleFactory()
    manager = employ(organisation=cycle.organisation)
    for _ in range(reports):
        appraise(cycle=cycle, manager=manager)
    appraise()

    with django_assert_num_queries(1):
        found = list(held_appraisals_that_wait(manager, TODAY))

    assert len(found) == reports


def test_whoever_runs_rounds_is_asked_to_open_them():
    cycle = CycleFactory()
    CycleFactory(organisation=cycle.organisation, opened_at=NOW)
    CycleFactory(organisation=cycle.organisation, opens_on=TODAY + timedelta(days=1))
    CycleFactory()
    hr = hr_administrator(cycle.organisation)
    member = employ(organisation=cycle.organisation)

    assert [need.title for need in cycles_that_wait(hr, TODAY)] == [f"Open {cycle.title}"]
    assert list(cycles_that_wait(member, TODAY)) == []
