"""How long a person has worked, counted from their assignments: a day in two posts counts once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from accounts.models import Assignment


@dataclass(frozen=True, slots=True)
class Spell:
    """A time in a post, both days included; one that goes on ends on the day that is asked."""

    first: date
    last: date
    staff_group: str
    is_management: bool


def spells_of(*, person_id: int, on: date) -> tuple[Spell, ...]:
    """Every time in a post that began by ``on``, as it was until then; one statement."""
    rows = (
        Assignment.objects.filter(person_id=person_id, starts_on__lte=on)
        .order_by("starts_on", "pk")
        .values_list("starts_on", "ends_on", "post__staff_group", "post__is_management")
    )
    return tuple(
        Spell(first, min(last or on, on), staff_group, is_management)
        for first, last, staff_group, is_management in rows
    )


def months_of(
    spells: Iterable[Spell], *, staff_group: str = "", in_management: bool = False
) -> int:
    """Whole months of experience: in posts of ``staff_group``, if one is named, and in management
    posts, if asked. Months of times apart are added; 31 days left over make a further one."""
    fitting = [
        (spell.first, spell.last)
        for spell in spells
        if (not staff_group or spell.staff_group == staff_group)
        and (spell.is_management or not in_management)
    ]
    months = days = 0
    for first, last in _joined(fitting):
        whole, rest = _months_between(first, last + timedelta(days=1))
        months, days = months + whole, days + rest
    return months + days // 31


def _joined(times: Iterable[tuple[date, date]]) -> Iterator[tuple[date, date]]:
    """Overlapping times, and those that follow each other without a day between, as one."""
    begun: tuple[date, date] | None = None
    for first, last in sorted(times):
        if begun is not None and first <= begun[1] + timedelta(days=1):
            begun = (begun[0], max(begun[1], last))
            continue
        if begun is not None:
            yield begun
        begun = (first, last)
    if begun is not None:
        yield begun


def _months_between(first: date, after: date) -> tuple[int, int]:
    """Whole months from ``first`` to the day ``after`` the last, and the days that are left."""
    months = (after.year - first.year) * 12 + after.month - first.month
    if after.day >= first.day:
        return months, after.day - first.day
    return months - 1, (after - _same_day_before(first, after)).days


def _same_day_before(first: date, after: date) -> date:
    """The last day before ``after`` that has the day of the month of ``first``, or the next."""
    year, month = (after.year, after.month - 1) if after.month > 1 else (after.year - 1, 12)
    try:
        return date(year, month, first.day)
    except ValueError:
        return date(after.year, after.month, 1)
