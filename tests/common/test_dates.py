from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.dates import (
    add_months,
    add_working_days,
    add_years,
    bank_holidays,
    financial_year,
    is_working_day,
    london_date,
    london_midnight,
    long_date,
    spoken_minutes,
    working_days_between,
)

DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))


def test_london_date_is_a_day_ahead_of_utc_on_a_summer_night():
    assert london_date(datetime(2027, 7, 1, 23, 30, tzinfo=UTC)) == date(2027, 7, 2)
    assert london_date(datetime(2027, 1, 1, 23, 30, tzinfo=UTC)) == date(2027, 1, 1)


def test_london_date_refuses_a_moment_without_zone():
    with pytest.raises(ValueError, match="time zone"):
        london_date(datetime(2027, 7, 1, 23, 30))  # noqa: DTZ001


def test_london_midnight_moves_with_summer_time():
    assert london_midnight(date(2027, 7, 1)) == datetime(2027, 6, 30, 23, tzinfo=UTC)
    assert london_midnight(date(2027, 1, 1)) == datetime(2027, 1, 1, tzinfo=UTC)


def test_long_date_has_no_leading_nought():
    assert long_date(date(2027, 3, 7)) == "7 March 2027"


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2027, 1, 31), -2, date(2026, 11, 30)),
        (date(2027, 12, 15), 1, date(2028, 1, 15)),
    ],
)
def test_add_months_stays_in_the_month(day, months, expected):
    assert add_months(day, months) == expected


@given(DAYS, st.integers(-30, 30))
def test_add_years_keeps_the_day_but_for_29_february(day, years):
    later = add_years(day, years)

    assert later.year == day.year + years
    assert (later.month, later.day) == (day.month, day.day) or (day.month, day.day) == (2, 29)


@pytest.mark.parametrize(
    ("day", "first_year"), [(date(2027, 3, 31), 2026), (date(2027, 4, 1), 2027)]
)
def test_financial_year_turns_on_1_april(day, first_year):
    assert financial_year(day) == (date(first_year, 4, 1), date(first_year + 1, 3, 31))


# From the list of bank holidays that the government publishes for England and Wales.
PUBLISHED = {
    2022: [
        "01-03",
        "04-15",
        "04-18",
        "05-02",
        "06-02",
        "06-03",
        "08-29",
        "09-19",
        "12-26",
        "12-27",
    ],
    2023: ["01-02", "04-07", "04-10", "05-01", "05-08", "05-29", "08-28", "12-25", "12-26"],
    2026: ["01-01", "04-03", "04-06", "05-04", "05-25", "08-31", "12-25", "12-28"],
    2027: ["01-01", "03-26", "03-29", "05-03", "05-31", "08-30", "12-27", "12-28"],
}


@pytest.mark.parametrize("year", PUBLISHED)
def test_bank_holidays_are_those_published(year):
    assert sorted(f"{day:%m-%d}" for day in bank_holidays(year)) == PUBLISHED[year]


def test_the_spring_holiday_of_2022_was_moved_to_the_jubilee():
    assert not is_working_day(date(2022, 6, 2))
    assert not is_working_day(date(2022, 6, 3))
    assert is_working_day(date(2022, 5, 30))


def test_working_days_step_over_christmas():
    assert add_working_days(date(2026, 12, 24), 1) == date(2026, 12, 29)
    assert add_working_days(date(2026, 12, 29), -1) == date(2026, 12, 24)
    assert add_working_days(date(2026, 12, 26), 0) == date(2026, 12, 26)


@given(DAYS, st.integers(1, 60))
def test_working_days_there_and_between_agree(day, count):
    later = add_working_days(day, count)

    assert is_working_day(later)
    assert working_days_between(day, later) == count
    assert working_days_between(later, day) == -count


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0, "0 hours"),
        (1, "1 minute"),
        (45, "45 minutes"),
        (60, "1 hour"),
        (450, "7 hours 30 minutes"),
        (60 * 1_368, "1,368 hours"),
    ],
)
def test_a_length_of_time_reads_as_it_is_said(minutes, said):
    assert spoken_minutes(minutes) == said
