"""Until when people can ask for a place on a session and give one up, and what it takes to run."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import forms
from courses.forms.asking import AskingForm
from courses.forms.times import TimeField, typed_moment
from courses.models import Session
from courses.services.offerings import MOST_OFFER_HOURS
from courses.services.windows import WindowPlan, mistakes_in


class WindowForm(AskingForm):
    """The window, place and minimum of a session that is open already."""

    field_order = (
        *("opens_on", "opens_time", "closes_on", "closes_time", "withdraw_on", "withdraw_time"),
        *("place", "minimum", "offer_hours"),
    )

    withdraw_on = forms.DateField(
        label=gettext_lazy("Last day to withdraw"),
        hint=gettext_lazy(
            "Leave this empty if people can give up a place until the session starts. Everybody"
            " with a place is told when you change it."
        ),
        required=False,
    )
    withdraw_time = TimeField(
        label=gettext_lazy("Time until which people can withdraw on the last day"),
        hint=gettext_lazy("Leave this empty for the end of that day."),
        required=False,
    )
    place = forms.CharField(
        label=gettext_lazy("Place"),
        missing=gettext_lazy("Enter the place"),
        hint=gettext_lazy(
            "For meetings without a room. Everybody on the session is told when you change it."
        ),
        max_length=200,
    )
    offer_hours = forms.IntegerField(
        label=gettext_lazy("Hours to accept a place that becomes free"),
        hint=gettext_lazy(
            "0 gives it at once to whoever waits first. Leave this empty to do as the course does."
        ),
        required=False,
        min_value=0,
        max_value=MOST_OFFER_HOURS,
        width=4,
    )

    def __init__(self, *args: Any, session: Session, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, initial=_what_is(session), **kwargs)
        self.session, self.now = session, now

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("opens_time") and not given.get("opens_on"):
            self.add_error("opens_on", _("Enter the first day to ask for a place"))
        if given.get("withdraw_time") and not given.get("withdraw_on"):
            self.add_error("withdraw_on", _("Enter the last day to withdraw"))
        if self.errors:
            return given
        plan = self._planned(given)
        if plan and not self.errors:
            for mistake in mistakes_in(plan, session=self.session, now=self.now):
                self.add_error(mistake.field, mistake.sentence)
            self._plan = plan
        return given

    def plan(self) -> WindowPlan:
        return self._plan

    def _planned(self, given: dict[str, Any]) -> WindowPlan | None:
        """What is meant; where the clock has no such time, the mistake stands at the field."""
        opens_at = self.moment("opens_time", given["opens_on"], given["opens_time"])
        closes_at = self.moment("closes_time", given["closes_on"], given["closes_time"], last=True)
        withdraw_by = self.moment(
            "withdraw_time", given["withdraw_on"], given["withdraw_time"], last=True
        )
        if closes_at is None:
            return None
        starts_at = self.session.starts_at
        is_day_it_starts = not given["closes_time"] and closes_at > starts_at
        if is_day_it_starts and given["closes_on"] == typed_moment(starts_at)[0]:
            closes_at = starts_at
        return WindowPlan(
            opens_at=opens_at,
            closes_at=closes_at,
            withdraw_by=withdraw_by,
            place=given["place"],
            minimum=given["minimum"] or 1,
            offer_hours=given["offer_hours"],
        )


def _what_is(session: Session) -> dict[str, Any]:
    """The window of a session as somebody would type it."""
    opens_on, opens_time = typed_moment(session.opens_at)
    closes_on, closes_time = typed_moment(session.closes_at, last=True)
    withdraw_on, withdraw_time = typed_moment(session.withdraw_by, last=True)
    return {
        "opens_on": opens_on,
        "opens_time": opens_time,
        "closes_on": closes_on,
        "closes_time": closes_time,
        "withdraw_on": withdraw_on,
        "withdraw_time": withdraw_time,
        "place": session.place,
        "minimum": session.minimum,
        "offer_hours": session.offer_hours,
    }
