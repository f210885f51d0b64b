"""Days as the NHS in England counts them: London days, working days, the financial year."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

LONDON = ZoneInfo("Europe/London")
# Days outside these years are slips of whoever types, wherever they type.
FIRST_YEAR, LAST_YEAR = 1900, 2199

_MONDAY, _SATURDAY = 0, 5
_LONG_DATE = "j F Y"

# Days that were proclaimed once, and the spring holiday that was moved to join one of them.
_ONE_OFF_HOLIDAYS = {
    2022: {date(2022, 6, 2), date(2022, 6, 3), date(2022, 9, 19)},
    2023: {date(2023, 5, 8)},
}
_MOVED_AWAY = {date(2022, 5, 30)}


def london_date(moment: datetime) -> date:
    """Return the calendar day in London at ``moment``, which must know its time zone."""
    if moment.tzinfo is None:
        raise ValueError("A moment without a time zone has no day in London.")
    return moment.astimezone(LONDON).date()


def london_midnight(day: date) -> datetime:
    """Return the moment ``day`` begins in London, as UTC (so that arithmetic on it is safe)."""
    return datetime.combine(day, time.min, tzinfo=LONDON).astimezone(UTC)


def long_date(day: date) -> str:
    """Return a day the way the NHS writes it: 7 March 2027."""
    return date_format(day, _LONG_DATE)


def clock_time(moment: datetime) -> str:
    """Return a time in London the way the NHS writes it: 9am, 2:30pm, midday, midnight."""
    local = moment.astimezone(LONDON)
    if local.minute == 0 and local.hour in {0, 12}:
        return _("midday") if local.hour else _("midnight")
    minutes = f":{local.minute:02}" if local.minute else ""
    half = _("am") if local.hour < 12 else _("pm")
    return f"{local.hour % 12 or 12}{minutes}{half}"


def long_moment(moment: datetime) -> str:
    """Return a moment in London as a sentence holds it: 7 March 2027 at 2:30pm."""
    parts = {"day": long_date(london_date(moment)), "time": clock_time(moment)}
    return _("%(day)s at %(time)s") % parts


def spoken_minutes(minutes: int) -> str:
    """Return a length of time as it is said: 7 hours 30 minutes, 45 minutes, 0 hours."""
    hours, rest = divmod(minutes, 60)
    parts = []
    if hours or not rest:
        parts.append(ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": f"{hours:,}"})
    if rest:
        parts.append(ngettext("%(count)s minute", "%(count)s minutes", rest) % {"count": rest})
    return " ".join(parts)


def add_months(day: date, months: int) -> date:
    """Return the same day ``months`` later, or the last day of that month where it has none.

    A yearly date that falls on 29 February is kept on 28 February in other years. Count from the
    first date every time; counting from the answer would lose the 29th for good.
    """
    index = day.year * 12 + (day.month - 1) + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, _days_in(year, month + 1)))


def add_years(day: date, years: int) -> date:
    return add_months(day, 12 * years)


def financial_year(day: date) -> tuple[date, date]:
    """Return the first and last day of the NHS financial year (1 April to 31 March) of ``day``."""
    start = day.year if (day.month, day.day) >= (4, 1) else day.year - 1
    return date(start, 4, 1), date(start + 1, 3, 31)


def is_working_day(day: date) -> bool:
    """True from Monday to Friday, unless it is a bank holiday in England and Wales."""
    return day.weekday() < _SATURDAY and day not in bank_holidays(day.year)


def add_working_days(day: date, count: int) -> date:
    """Return the ``count``-th working day after ``day`` (before it, when ``count`` is negative).

    Nought gives ``day`` itself, working or not.
    """
    step = timedelta(days=1 if count > 0 else -1)
    left = abs(count)
    while left:
        day += step
        left -= is_working_day(day)
    return day


def working_days_between(start: date, end: date) -> int:
    """Return how many working days lie after ``start`` up to and including ``end``."""
    if end < start:
        return -working_days_between(end, start)
    return sum(is_working_day(day) for day in _days_after(start, end))


@lru_cache(maxsize=64)
def bank_holidays(year: int) -> frozenset[date]:
    """Return the bank holidays of England and Wales in ``year``.

    Source: the Banking and Financial Dealings Act 1971, schedule 1, with the substitute days of
    each year's proclamation (the next weekday that is not a holiday) and the one-off days.
    """
    easter = _easter(year)
    holidays = {
        easter - timedelta(days=2),
        easter + timedelta(days=1),
        _first_monday(year, 5),
        _last_monday(year, 5),
        _last_monday(year, 8),
    }
    for fixed in (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)):
        holidays.add(_or_substitute(fixed, taken=holidays))
    return frozenset((holidays - _MOVED_AWAY) | _ONE_OFF_HOLIDAYS.get(year, set()))


def _or_substitute(day: date, *, taken: set[date]) -> date:
    while day.weekday() >= _SATURDAY or day in taken:
        day += timedelta(days=1)
    return day


def _first_monday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(_MONDAY - first.weekday()) % 7)


def _last_monday(year: int, month: int) -> date:
    last = date(year, month, _days_in(year, month))
    return last - timedelta(days=(last.weekday() - _MONDAY) % 7)


def _days_in(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - timedelta(days=1)).day


def _days_after(start: date, end: date) -> Iterator[date]:
    for offset in range(1, (end - start).days + 1):
        yield start + timedelta(days=offset)


def _easter(year: int) -> date:
    """Return Easter Sunday (the anonymous Gregorian algorithm, as printed in Meeus)."""
    golden = year % 19
    century, of_century = divmod(year, 100)
    leap, rest = divmod(century, 4)
    moon = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap - moon + 15) % 30
    quarter, left = divmod(of_century, 4)
    weekday = (32 + 2 * rest + 2 * quarter - epact - left) % 7
    correction = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * correction + 114, 31)
    return date(year, month, day + 1)
