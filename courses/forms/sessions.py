"""Opening a session, and how many places it has."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import forms
from courses.forms.asking import AskingForm
from courses.forms.times import TimeField
from courses.models import CancelReason, Offering
from courses.services.sessions import SessionPlan


class PlacesForm(forms.NHSForm):
    capacity = forms.IntegerField(
        label=gettext_lazy("Number of places"),
        missing=gettext_lazy("Enter the number of places"),
        hint=gettext_lazy("New places go to the people who have waited longest."),
        min_value=1,
        max_value=2_000,
        width=4,
    )


class CancelForm(forms.NHSForm):
    """Why a session is cancelled, and what everybody on it is told."""

    mark_optional = False

    reason = forms.ChoiceField(
        label=gettext_lazy("Why is it cancelled?"),
        label_size="m",
        missing=gettext_lazy("Select why it is cancelled"),
        choices=CancelReason.choices,
    )
    text = forms.TextField(
        label=gettext_lazy("What do you want to tell people?"),
        hint=gettext_lazy("Everybody who had a place reads it on the page of the session."),
        missing=gettext_lazy("Enter what you want to tell people"),
        max_length=1_000,
        rows=4,
    )


class OfferingChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        parts = [obj.programme.title, obj.route, obj.host.name]
        return ", ".join(part for part in parts if part)


class SessionForm(AskingForm):
    """A new session of an offering that the person runs."""

    field_order = (
        *("offering", "starts_on", "start_time", "ends_on", "end_time"),
        *("opens_on", "opens_time", "closes_on", "closes_time", "withdraw_on"),
        *("place", "capacity", "minimum"),
    )

    offering = OfferingChoiceField(
        label=gettext_lazy("Course"),
        missing=gettext_lazy("Select a course"),
        queryset=None,
        empty_label=gettext_lazy("Select a course"),
    )
    starts_on = forms.DateField(
        label=gettext_lazy("First day"),
        missing=gettext_lazy("Enter the first day"),
        hint=gettext_lazy("For example, 7 3 2027"),
    )
    start_time = TimeField(
        label=gettext_lazy("Start time"),
        missing=gettext_lazy("Enter the start time"),
        hint=gettext_lazy("For example, 9:30am"),
    )
    ends_on = forms.DateField(
        label=gettext_lazy("Last day"),
        hint=gettext_lazy("Leave this empty if it is over in one day."),
        required=False,
    )
    end_time = TimeField(
        label=gettext_lazy("End time"),
        missing=gettext_lazy("Enter the end time"),
        hint=gettext_lazy("For example, 4pm"),
    )
    withdraw_on = forms.DateField(
        label=gettext_lazy("Last day to withdraw"),
        hint=gettext_lazy(
            "Leave this empty if people can give up a place until the session starts."
        ),
        required=False,
    )
    place = forms.CharField(
        label=gettext_lazy("Place"),
        missing=gettext_lazy("Enter the place"),
        hint=gettext_lazy("A room, or how to join online."),
    )
    capacity = forms.IntegerField(
        label=gettext_lazy("Number of places"),
        missing=gettext_lazy("Enter the number of places"),
        min_value=1,
        max_value=2_000,
        width=4,
    )

    def __init__(
        self, *args: Any, offerings: QuerySet[Offering], today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["offering"].queryset = offerings  # type: ignore[attr-defined]
        self.fields["closes_on"].earliest = today  # type: ignore[attr-defined]
        self.fields["starts_on"].earliest = today  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if self.errors:
            return given
        times = self._times(given)
        if self.errors:
            return given
        for field, sentence in _out_of_order(given, times):
            self.add_error(field, sentence)
        if self.errors:
            return given
        self._plan = SessionPlan(
            **times,
            place=given["place"],
            capacity=given["capacity"],
            minimum=given["minimum"] or 1,
        )
        return given

    def plan(self) -> SessionPlan:
        return self._plan

    def _times(self, given: dict[str, Any]) -> dict[str, Any]:
        """The moments that are meant, with a mistake at the field where the clock has none."""
        starts_at = self.moment("start_time", given["starts_on"], given["start_time"])
        closes_at = self.moment("closes_time", given["closes_on"], given["closes_time"], last=True)
        return {
            "starts_at": starts_at,
            "ends_at": self.moment(
                "end_time", given["ends_on"] or given["starts_on"], given["end_time"]
            ),
            "opens_at": self.moment("opens_time", given["opens_on"], given["opens_time"]),
            "closes_at": min(closes_at, starts_at) if starts_at and closes_at else closes_at,
            "withdraw_by": self.moment("withdraw_on", given["withdraw_on"], None, last=True),
        }


def _out_of_order(given: dict[str, Any], times: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each field that does not go with another, and why."""
    if times["ends_at"] <= times["starts_at"]:
        field = "ends_on" if given["ends_on"] else "end_time"
        yield field, _("The session must end after it starts")
    if given["closes_on"] > given["starts_on"]:
        yield "closes_on", _("Last day to ask for a place must not be after the first day")
    if times["opens_at"] and times["opens_at"] >= times["closes_at"]:
        yield "opens_on", _("First day to ask for a place must be before the last")
    if given["opens_time"] and not given["opens_on"]:
        yield "opens_on", _("Enter the first day to ask for a place")
    if given["withdraw_on"] and given["withdraw_on"] >= given["starts_on"]:
        yield "withdraw_on", _("Last day to withdraw must be before the first day")
    if (given["minimum"] or 1) > given["capacity"]:
        yield "minimum", _("People it takes to run must not be more than the places")
