from datetime import date, datetime, timedelta

import pytest

from common.dates import LONDON
from courses.needs_compliance import training_to_do
from courses.reminders_compliance import team_is_behind, training_ends
from courses.wordings_compliance import team_is_behind as team_words
from courses.wordings_compliance import training_ends as ending_words
from notifications.models import Notice
from notifications.services.reminders import run_due_days
from tests.factories.accounts import OrganisationFactory, employ
from tests.factories.clock import TODAY
from tests.factories.compliance import (
    RenewalRuleFactory,
    SubjectExemptionFactory,
    ask,
    subject_of,
    trained,
)

MONDAY = date(2026, 11, 23)


@pytest.fixture
def trust(db):
    RenewalRuleFactory(remind_days=[90, 60, 30, 7])
    return OrganisationFactory()


@pytest.fixture
def fire(trust):
    subject = subject_of("Fire safety")
    ask(trust, subject)
    return subject


def ending(trust, fire, day, **employment):
    """Somebody of ``trust`` whose training counts until ``day``."""
    person = employ(organisation=trust, **employment)
    trained(person, fire, on=date(2025, 1, 7), expires_on=day, counts_from=day, counts_months=0)
    return person


@pytest.mark.parametrize(
    ("days", "is_told"),
    [(91, 0), (90, 1), (89, 0), (60, 1), (30, 1), (7, 1), (1, 0), (0, 0), (-1, 1), (-2, 0)],
)
def test_people_are_told_on_the_days_of_the_rule_and_once_it_has_ended(trust, fire, days, is_told):
    person = ending(trust, fire, TODAY + timedelta(days=days))

    told = list(training_ends(TODAY))

    assert [one.recipient_id for one in told] == [person.pk] * is_told


def test_all_is_read_in_one_statement(trust, fire, django_assert_num_queries):
    for _ in range(3):
        ending(trust, fire, TODAY + timedelta(days=30))

    with django_assert_num_queries(1):
        assert len(list(training_ends(TODAY))) == 3


def test_who_has_renewed_or_is_not_asked_is_told_nothing(trust, fire):
    day = TODAY + timedelta(days=30)
    renewed = ending(trust, fire, day)
    trained(renewed, fire, on=TODAY)
    exempt = ending(trust, fire, day)
    SubjectExemptionFactory(person=exempt, organisation=trust, subject=fire)
    ending(OrganisationFactory(), fire, day)
    left = ending(trust, fire, day)
    left.assignments.update(ends_on=TODAY - timedelta(days=1))

    assert list(training_ends(TODAY)) == []


def test_an_organisation_has_days_of_its_own(trust, fire):
    RenewalRuleFactory(organisation=trust, remind_days=[45])
    ending(trust, fire, TODAY + timedelta(days=30))
    person = ending(trust, fire, TODAY + timedelta(days=45))

    assert [one.recipient_id for one in training_ends(TODAY)] == [person.pk]


def london(day):
    return datetime(day.year, day.month, day.day, 9, tzinfo=LONDON)


def test_nobody_is_told_twice_and_a_missed_day_is_caught_up(trust, fire):
    person = ending(trust, fire, TODAY + timedelta(days=31))
    notices = Notice.objects.filter(rule="courses.training_ends")
    run_due_days(now=london(TODAY))
    assert not notices.exists()

    # Nothing ran on the day itself.
    for _ in range(2):
        run_due_days(now=london(TODAY + timedelta(days=3)))

    notice = notices.get()
    assert (notice.recipient, notice.period) == (person, "2026-12-21:30")
    assert ending_words(notice.facts) == (
        "Your training in Fire safety counts until 21 December 2026. Renew it before then."
    )


def test_what_has_ended_reads_so():
    facts = {"subject": "Fire safety", "expires_on": "2026-11-19", "days": -1}

    assert ending_words(facts) == (
        "Your training in Fire safety counted until 19 November 2026. See what you can do."
    )


def test_a_line_manager_gets_one_item_a_week_that_names_nobody(trust, fire):
    manager, other = employ(organisation=trust), employ(organisation=trust)
    ending(trust, fire, MONDAY + timedelta(days=20), manager=manager)
    ending(trust, fire, MONDAY - timedelta(days=20), manager=manager)
    employ(organisation=trust, manager=manager)
    done = employ(organisation=trust, manager=other)
    trained(done, fire)

    (item,) = team_is_behind(MONDAY)

    assert (item.recipient_id, item.period) == (manager.pk, "2026-W48")
    assert item.facts == {"people": 3, "overdue": 2}
    assert team_words(item.facts) == (
        "3 people in your team have training to do, 2 of them overdue."
    )
    assert list(team_is_behind(MONDAY + timedelta(days=1))) == []


def test_the_home_page_has_one_item_for_everything(trust, fire):
    person = ending(trust, fire, TODAY + timedelta(days=20))
    other = subject_of("Conflict resolution")
    ask(trust, other)

    (need,) = training_to_do(person, TODAY)

    assert need.title == "Do mandatory training in 2 subjects"
    assert need.due_on == TODAY + timedelta(days=20)
    trained(person, fire)
    trained(person, other)
    assert list(training_to_do(person, TODAY)) == []
