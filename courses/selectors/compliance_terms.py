"""Until when training counts: the period in force, and what an early renewal keeps."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple, TypeVar

from common.dates import add_months
from courses.models import RefreshPeriod, RenewalRule, SubjectLevel, SubjectRecord

# When training is called due where nobody has said it.
DUE_DAYS = 90


@dataclass(frozen=True, slots=True)
class Terms:
    """``months`` None: it counts for good."""

    months: int | None
    window_days: int = DUE_DAYS
    keeps_anniversary: bool = False


class Counted(NamedTuple):
    """Training completed on a day that counts until ``expires_on``, that day included (None: for
    good): ``counts_months`` after ``counts_from``."""

    completed_on: date
    expires_on: date | None
    counts_from: date
    counts_months: int | None


def counted(*, completed_on: date, terms: Terms, before: Counted | None = None) -> Counted:
    """Return until when training completed on ``completed_on`` counts, after ``before``.

    Within the window a renewal goes on from the last day of what it renews, counted from the first
    day of the chain, so that 29 February comes back in leap years. Earlier or after a lapse it
    counts from its own day. It never ends sooner than what it renews: learning takes nothing away.
    """
    if terms.months is None or (before is not None and before.expires_on is None):
        return Counted(completed_on, None, completed_on, None)
    fresh = _counted(completed_on, completed_on, terms.months)
    if before is None or before.expires_on is None or completed_on > before.expires_on:
        return fresh
    opens_on = before.expires_on - timedelta(days=terms.window_days)
    if terms.keeps_anniversary and completed_on >= opens_on:
        months = (before.counts_months or 0) + terms.months
        return _counted(completed_on, before.counts_from, months)
    ends_sooner = fresh.expires_on is not None and fresh.expires_on < before.expires_on
    return before._replace(completed_on=completed_on) if ends_sooner else fresh


def as_counted(row: SubjectRecord) -> Counted:
    """As it was recorded."""
    return Counted(row.completed_on, row.expires_on, row.counts_from, row.counts_months)


def given_until(*, completed_on: date, expires_on: date | None) -> Counted:
    """As another system says it."""
    if expires_on is None:
        return Counted(completed_on, None, completed_on, None)
    return Counted(completed_on, expires_on, expires_on, 0)


def _counted(completed_on: date, counts_from: date, months: int) -> Counted:
    return Counted(completed_on, add_months(counts_from, months), counts_from, months)


_Rule = TypeVar("_Rule", RefreshPeriod, RenewalRule)


class TermsBook:
    """The rules of some organisations and the national ones, of all times; two statements.

    They are a few rows for each subject, so many records can be dated at once.
    """

    def __init__(self, organisation_ids: Iterable[int]) -> None:
        wanted = {None, *organisation_ids}
        self._periods = [
            row for row in RefreshPeriod.objects.order_by("pk") if row.organisation_id in wanted
        ]
        self._renewals = [
            row for row in RenewalRule.objects.order_by("pk") if row.organisation_id in wanted
        ]

    def period(
        self, *, organisation_id: int | None, level: SubjectLevel, on: date
    ) -> RefreshPeriod | None:
        """The row that holds for ``level``, if any does."""
        fitting = (
            row
            for row in self._periods
            if row.subject_id == level.subject_id and row.level_id in (None, level.pk)
        )
        return _nearest(fitting, organisation_id, on)

    def terms(self, *, organisation_id: int | None, level: SubjectLevel, on: date) -> Terms:
        """What held on ``on``: an organisation's own rule before the national one, and what is
        said of a level, or a subject, before what is said of all."""
        period = self.period(organisation_id=organisation_id, level=level, on=on)
        renewal = _nearest(
            (row for row in self._renewals if row.subject_id in (None, level.subject_id)),
            organisation_id,
            on,
        )
        months = period.months if period else None
        if renewal is None:
            return Terms(months)
        return Terms(months, renewal.window_days, renewal.keeps_anniversary)


def _nearest(rows: Iterable[_Rule], organisation_id: int | None, on: date) -> _Rule | None:
    fitting = [
        row
        for row in rows
        if row.organisation_id in (None, organisation_id) and row.is_in_force(on=on)
    ]
    return max(fitting, key=_nearness, default=None)


def _nearness(row: RefreshPeriod | RenewalRule) -> tuple[bool, bool]:
    narrower = row.level_id if isinstance(row, RefreshPeriod) else row.subject_id
    return (row.organisation_id is not None, narrower is not None)
