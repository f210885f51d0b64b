"""A time of day as people type it, and the moment it means."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _

from common import forms
from common.dates import LONDON, london_date, london_midnight, long_date

_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?", re.IGNORECASE)


class TimeField(forms.CharField):
    """A time of day as people type it: 9:30am, 9am, 14:00, midday. Gives a ``time``."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=20, width=5, **options)

    def to_python(self, value: Any) -> time | None:  # type: ignore[override]
        typed = super().to_python(value)
        if not typed:
            return None
        found = _CLOCK.fullmatch(typed.strip())
        if found is None:
            raise self._refusal()
        hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
        if half and not 1 <= hour <= 12:
            raise self._refusal()
        if half:
            hour = hour % 12 + (12 if half == "pm" else 0)
        try:
            return time(hour, minute)
        except ValueError:
            raise self._refusal() from None

    def run_validators(self, value: Any) -> None:
        """What is left to check of a time is nothing: it is one."""

    def _refusal(self) -> forms.ValidationError:
        return forms.ValidationError(_("Enter a time, like 9:30am or 2pm"), code="not_a_time")


class MomentsForm(forms.NHSForm):
    """A form in which a day and a time beside it are one moment in London."""

    def moment(
        self, field: str, day: date | None, clock: time | None, *, last: bool = False
    ) -> datetime | None:
        """Without a time, the beginning of the day, or its end where it is the ``last`` one. Where
        the clock has no such time, the mistake stands at ``field``."""
        if day is None:
            return None
        if clock is None:
            return london_midnight(day + timedelta(days=int(last)))
        try:
            return london_moment(day, clock)
        except forms.ValidationError as mistake:
            self.add_error(field, mistake)
            return None


def typed_moment(moment: datetime | None, *, last: bool = False) -> tuple[date | None, str]:
    """A moment as a day and a time that somebody would type for it (``MomentsForm.moment``)."""
    if moment is None:
        return None, ""
    clock = moment.astimezone(LONDON)
    if (clock.hour, clock.minute, clock.second) == (0, 0, 0):
        return london_date(moment) - timedelta(days=int(last)), ""
    return london_date(moment), f"{clock:%H:%M}"


def london_moment(day: date, clock: time) -> datetime:
    """The moment that ``clock`` shows in London on ``day``, as UTC.

    Refuses with a sentence the hour that is skipped in spring and the one that comes twice in
    autumn: nobody could tell which was meant.
    """
    first = datetime.combine(day, clock, tzinfo=LONDON)
    moment = first.astimezone(UTC)
    words = {"time": f"{clock:%H:%M}", "day": long_date(day)}
    if moment.astimezone(LONDON).time() != clock:
        raise forms.ValidationError(
            _(
                "There is no %(time)s on %(day)s, because the clocks go forward. Enter a time"
                " before 1am or from 2am"
            )
            % words,
            code="clocks_go_forward",
        )
    if first.replace(fold=1).utcoffset() != first.utcoffset():
        raise forms.ValidationError(
            _(
                "%(time)s comes twice on %(day)s, because the clocks go back. Enter a time before"
                " 1am or from 2am"
            )
            % words,
            code="clocks_go_back",
        )
    return moment
