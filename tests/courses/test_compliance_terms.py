from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from courses.selectors.compliance_terms import Counted, Terms, TermsBook, counted, given_until
from tests.factories.accounts import OrganisationFactory
from tests.factories.clock import TODAY
from tests.factories.compliance import (
    RefreshPeriodFactory,
    RenewalRuleFactory,
    SubjectLevelFactory,
    level_of,
    subject_of,
)

YEARLY = Terms(months=12, window_days=90, keeps_anniversary=True)
FROM_THE_DAY = Terms(months=12, window_days=90, keeps_anniversary=False)
FIRST = counted(completed_on=date(2025, 3, 10), terms=YEARLY)


def ends(day, *, terms=YEARLY, before=FIRST):
    return counted(completed_on=day, terms=terms, before=before).expires_on


def test_training_counts_for_so_many_months_the_last_day_included():
    assert Counted(date(2025, 3, 10), date(2026, 3, 10), date(2025, 3, 10), 12) == FIRST


@pytest.mark.parametrize(
    ("renewed_on", "keeps", "from_the_day"),
    [
        # A day before the window opens it counts from its own day, whatever the rule.
        (date(2025, 12, 9), date(2026, 12, 9), date(2026, 12, 9)),
        (date(2025, 12, 10), date(2027, 3, 10), date(2026, 12, 10)),
        (date(2026, 3, 10), date(2027, 3, 10), date(2027, 3, 10)),
        # Lapsed: the anniversary is lost.
        (date(2026, 3, 11), date(2027, 3, 11), date(2027, 3, 11)),
        (date(2026, 8, 1), date(2027, 8, 1), date(2027, 8, 1)),
    ],
)
def test_a_renewal_keeps_its_anniversary_within_the_window_or_counts_from_its_day(
    renewed_on, keeps, from_the_day
):
    assert ends(renewed_on) == keeps
    assert ends(renewed_on, terms=FROM_THE_DAY) == from_the_day


def test_an_anniversary_on_29_february_comes_back_in_leap_years():
    first = counted(completed_on=date(2024, 2, 29), terms=YEARLY)
    second = counted(completed_on=date(2025, 2, 1), terms=YEARLY, before=first)
    third = counted(completed_on=date(2026, 2, 1), terms=YEARLY, before=second)
    fourth = counted(completed_on=date(2027, 2, 1), terms=YEARLY, before=third)

    assert [one.expires_on for one in (first, second, third, fourth)] == [
        date(2025, 2, 28),
        date(2026, 2, 28),
        date(2027, 2, 28),
        date(2028, 2, 29),
    ]


def test_the_month_that_is_too_short_ends_on_its_last_day():
    assert counted(completed_on=date(2025, 8, 31), terms=Terms(6)).expires_on == date(2026, 2, 28)


def test_a_renewal_never_ends_sooner_than_what_it_renews():
    long = counted(completed_on=date(2025, 3, 10), terms=Terms(36))

    assert ends(date(2026, 1, 5), terms=FROM_THE_DAY, before=long) == date(2028, 3, 10)
    assert ends(date(2027, 6, 5), terms=FROM_THE_DAY, before=long) == date(2028, 6, 5)


def test_what_counts_for_good_is_not_made_shorter_by_learning_again():
    for_good = counted(completed_on=date(2025, 3, 10), terms=Terms(None))

    assert for_good.expires_on is None
    assert ends(date(2026, 1, 5), before=for_good) is None


def test_what_another_system_says_is_taken_and_its_anniversary_goes_on():
    said = given_until(completed_on=date(2025, 1, 7), expires_on=date(2026, 1, 31))

    assert said.expires_on == date(2026, 1, 31)
    assert ends(date(2026, 1, 2), before=said) == date(2027, 1, 31)
    assert given_until(completed_on=date(2025, 1, 7), expires_on=None).expires_on is None


_DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))


@given(first=_DAYS, later=st.integers(0, 4000), months=st.integers(1, 60), keeps=st.booleans())
def test_a_renewal_counts_at_least_as_long_as_what_it_renews(first, later, months, keeps):
    terms = Terms(months, 90, keeps)
    before = counted(completed_on=first, terms=terms)
    renewed_on = date.fromordinal(first.toordinal() + later)

    after = counted(completed_on=renewed_on, terms=terms, before=before)

    assert after.expires_on >= before.expires_on
    assert after.expires_on >= renewed_on
    # Never more than the window is won.
    assert (after.expires_on - renewed_on).days <= months * 31 + 90


@pytest.fixture
def trust(db):
    return OrganisationFactory()


def months_of(subject, *, organisation, rank=1, **days):
    level, given = level_of(subject, rank), {"on": TODAY, **days}
    book = TermsBook({organisation.pk})
    return book.terms(organisation_id=organisation.pk, level=level, **given).months


def test_the_period_of_an_organisation_goes_before_the_national_one(trust):
    subject = subject_of("Fire safety", months=24)
    RefreshPeriodFactory(subject=subject, organisation=trust, months=12)

    assert months_of(subject, organisation=trust) == 12
    assert months_of(subject, organisation=OrganisationFactory()) == 24


def test_the_period_of_a_level_goes_before_that_of_the_subject(trust):
    subject = subject_of("Infection prevention", "Level 1", "Level 2", months=36)
    RefreshPeriodFactory(subject=subject, level=level_of(subject, 2), months=12)

    assert months_of(subject, organisation=trust, rank=1) == 36
    assert months_of(subject, organisation=trust, rank=2) == 12

    RefreshPeriodFactory(subject=subject, organisation=trust, months=18)

    assert months_of(subject, organisation=trust, rank=2) == 18


def test_a_period_holds_on_its_days(trust):
    subject = subject_of("Fire safety", months=24)
    RefreshPeriodFactory(subject=subject, organisation=trust, months=12, starts_on=date(2026, 4, 1))

    assert months_of(subject, organisation=trust, on=date(2026, 3, 31)) == 24
    assert months_of(subject, organisation=trust, on=date(2026, 4, 1)) == 12


def test_the_period_of_whose_subject_it_is_holds_below_it_where_nothing_nearer_does(trust):
    below = OrganisationFactory()
    subject = SubjectLevelFactory(subject__owner=trust, subject__vpd="457").subject
    RefreshPeriodFactory(subject=subject, organisation=trust, months=12)
    before = months_of(subject, organisation=below)

    RefreshPeriodFactory(subject=subject, organisation=below, months=6)
    RefreshPeriodFactory(subject=subject, organisation=OrganisationFactory(), months=3)

    assert (before, months_of(subject, organisation=below)) == (12, 6)
    assert months_of(subject, organisation=OrganisationFactory()) == 12


def test_what_reaches_back_is_for_what_was_completed_before_and_is_recorded_now(trust):
    subject = subject_of("Fire safety", months=36)
    RefreshPeriodFactory(
        subject=subject, organisation=trust, months=24, ends_on=TODAY - timedelta(days=3)
    )
    for months, days in ((18, 2), (12, 0)):
        RefreshPeriodFactory(
            subject=subject,
            organisation=trust,
            months=months,
            starts_on=TODAY - timedelta(days=days),
            ends_on=TODAY - timedelta(days=1) if days else None,
            reaches_back=True,
        )

    def months_told(day, **given):
        return months_of(subject, organisation=trust, on=day, **given)

    a_week_ago, yesterday = TODAY - timedelta(days=7), TODAY - timedelta(days=1)
    assert months_told(a_week_ago) == 24
    assert months_told(a_week_ago, told_on=yesterday) == 18
    assert months_told(a_week_ago, told_on=TODAY) == 12
    assert months_told(a_week_ago, told_on=TODAY + timedelta(days=400)) == 12


def test_what_does_not_reach_back_is_for_nothing_that_was_completed_before(trust):
    subject = subject_of("Fire safety", months=36)
    RefreshPeriodFactory(subject=subject, organisation=trust, months=12, starts_on=TODAY)
    yesterday = TODAY - timedelta(days=1)

    assert months_of(subject, organisation=trust, on=yesterday, told_on=TODAY) == 36


def test_the_rule_about_renewing_one_subject_goes_before_the_one_about_all(trust):
    subject, other = subject_of("Fire safety"), subject_of("Moving and handling")
    RenewalRuleFactory(window_days=60)
    RenewalRuleFactory(organisation=trust, window_days=30)
    RenewalRuleFactory(organisation=trust, subject=subject, window_days=10, keeps_anniversary=True)
    book = TermsBook({trust.pk})

    def terms(subject, organisation_id=trust.pk):
        return book.terms(organisation_id=organisation_id, level=level_of(subject), on=TODAY)

    assert (terms(subject).window_days, terms(subject).keeps_anniversary) == (10, True)
    assert (terms(other).window_days, terms(other).keeps_anniversary) == (30, False)
    assert terms(subject, organisation_id=None).window_days == 60


def test_two_periods_never_hold_at_once_nationally_or_in_one_organisation(trust):
    subject = subject_of("Fire safety")
    RefreshPeriodFactory(subject=subject, organisation=trust, months=12)

    for whose in ({}, {"organisation": trust}):
        with pytest.raises(IntegrityError), transaction.atomic():
            RefreshPeriodFactory(subject=subject, months=6, **whose)


def test_a_period_is_for_a_level_of_its_own_subject(trust):
    subject, other = subject_of("Fire safety"), subject_of("Moving and handling")

    with pytest.raises(IntegrityError), transaction.atomic():
        RefreshPeriodFactory(subject=subject, level=level_of(other), organisation=trust)
