"""Until when training counts: the period in force, and what an early renewal keeps."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

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


class TermsBook:
    """The rules of some organisations and the national ones, of all times; two statements.

    The periods of those whose subject it is are among them, because people of the organisations
    below are trained in it too. All are a few rows for each subject, so many records can be dated
    at once.
    """

    def __init__(self, organisation_ids: Iterable[int]) -> None:
        wanted = {None, *organisation_ids}
        periods = RefreshPeriod.objects.select_related("subject").order_by("pk")
        self._periods = [
            row for row in periods if row.organisation_id in wanted or _is_of_its_owner(row)
        ]
        self._renewals = [
            row for row in RenewalRule.objects.order_by("pk") if row.organisation_id in wanted
        ]

    def period(
        self,
        *,
        organisation_id: int | None,
        level: SubjectLevel,
        on: date,
        told_on: date | None = None,
    ) -> RefreshPeriod | None:
        """The row that holds for ``level``, if any does: the organisation's own before that of
        whose subject it is, before the national one.

        With ``told_on`` it is for training completed on ``on`` that is recorded on that day: what
        began meanwhile, and reaches back, goes before what was in force.
        """
        fitting = [
            row
            for row in self._periods
            if row.subject_id == level.subject_id
            and row.level_id in (None, level.pk)
            and (row.organisation_id in (None, organisation_id) or _is_of_its_owner(row))
            and _fits(row, on=on, told_on=told_on or on)
        ]
        return max(
            fitting,
            key=lambda row: (
                _place(row, organisation_id),
                row.level_id is not None,
                row.starts_on,
            ),
            default=None,
        )

    def terms(
        self,
        *,
        organisation_id: int | None,
        level: SubjectLevel,
        on: date,
        told_on: date | None = None,
    ) -> Terms:
        """What held on ``on``, or holds for training completed then and recorded on ``told_on``:
        the nearest organisation's rule first, and what is said of a level, or a subject, before
        what is said of all."""
        period = self.period(organisation_id=organisation_id, level=level, on=on, told_on=told_on)
        renewal = self._renewal(organisation_id=organisation_id, level=level, on=on)
        months = period.months if period else None
        if renewal is None:
            return Terms(months)
        return Terms(months, renewal.window_days, renewal.keeps_anniversary)

    def _renewal(
        self, *, organisation_id: int | None, level: SubjectLevel, on: date
    ) -> RenewalRule | None:
        fitting = [
            row
            for row in self._renewals
            if row.subject_id in (None, level.subject_id)
            and row.organisation_id in (None, organisation_id)
            and row.is_in_force(on=on)
        ]
        return max(
            fitting,
            key=lambda row: (row.organisation_id is not None, row.subject_id is not None),
            default=None,
        )


def _is_of_its_owner(row: RefreshPeriod) -> bool:
    return row.organisation_id is not None and row.organisation_id == row.subject.owner_id


def _fits(row: RefreshPeriod, *, on: date, told_on: date) -> bool:
    """Whether ``row`` holds for what was completed on ``on`` and is recorded on ``told_on``."""
    first = told_on if row.reaches_back else on
    return row.starts_on <= max(on, first) and (row.ends_on is None or on <= row.ends_on)


def _place(row: RefreshPeriod, organisation_id: int | None) -> int:
    """2: of the organisation; 1: of whose subject it is; 0: national."""
    if row.organisation_id is None:
        return 0
    return 2 if row.organisation_id == organisation_id else 1
