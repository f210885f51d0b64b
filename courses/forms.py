"""Forms of the catalogue, of asking and deciding, and of running sessions."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation
from common import forms
from common.dates import LONDON, london_midnight
from courses.models import DeliveryMode, Enrolment, Offering, RefusalReason
from courses.selectors.catalogue import Filters
from courses.services.sessions import SessionPlan

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


class ProgrammeFilterForm(forms.NHSForm):
    mark_optional = False

    words = forms.CharField(label=gettext_lazy("Words"), required=False)
    purpose = forms.ChoiceField(
        label=gettext_lazy("For me"),
        required=False,
        choices=[
            ("", gettext_lazy("All programmes")),
            ("ENTITLED", gettext_lazy("My pathway asks for it")),
            ("GAP", gettext_lazy("Closes a gap of mine")),
        ],
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("How it is taught"),
        required=False,
        widget=forms.Select,
        choices=[("", gettext_lazy("Any way")), *DeliveryMode.choices],
    )
    host = forms.ModelChoiceField(
        label=gettext_lazy("Run by"),
        required=False,
        queryset=None,
        empty_label=gettext_lazy("Anybody"),
    )
    with_places = forms.BooleanField(label=gettext_lazy("With places left"), required=False)

    def __init__(self, *args: Any, hosts: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["host"].queryset = hosts  # type: ignore[attr-defined]

    def filters(self) -> Filters:
        """What was asked; what could not be understood is left out."""
        given = self.cleaned_data if self.is_bound and self.is_valid() else {}
        host = given.get("host")
        return Filters(
            words=given.get("words", ""),
            mode=given.get("mode", ""),
            host_id=host.pk if host else None,
            with_places=given.get("with_places", False),
            purpose=given.get("purpose", ""),
        )


class EnrolForm(forms.NHSForm):
    """Why the person wants to go: asked only of those whose pathway does not say it for them."""

    reason = forms.TextField(
        label=gettext_lazy("Why do you want to take this course?"),
        hint=gettext_lazy("Your line manager reads this when deciding."),
        missing=gettext_lazy("Enter why you want to take this course"),
        required=False,
        max_length=1_000,
        rows=3,
    )


class DecisionForm(forms.NHSForm):
    """Approve or refuse. It is the refusal that needs a reason."""

    mark_optional = False

    decision = forms.ChoiceField(
        label=gettext_lazy("Do you approve this?"),
        label_size="m",
        missing=gettext_lazy("Select whether you approve this"),
        choices=[
            ("APPROVE", gettext_lazy("Yes, approve it")),
            ("REFUSE", gettext_lazy("No, refuse it")),
        ],
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("If you refuse, why?"),
        missing=gettext_lazy("Select a reason for refusing"),
        label_size="s",
        required=False,
        choices=RefusalReason.choices,
    )
    text = forms.TextField(
        label=gettext_lazy("Explain your refusal"),
        hint=gettext_lazy("Say what would have to change, and when to ask again."),
        required=False,
        max_length=1_000,
        rows=4,
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("decision") == "REFUSE":
            if not given.get("reason") and "reason" not in self.errors:
                self.add_error("reason", _("Select a reason for refusing"))
            if not given.get("text") and "text" not in self.errors:
                self.add_error("text", _("Enter an explanation of your refusal"))
        return given


class PlacesForm(forms.NHSForm):
    capacity = forms.IntegerField(
        label=gettext_lazy("Number of places"),
        missing=gettext_lazy("Enter the number of places"),
        hint=gettext_lazy("New places go to the people who have waited longest."),
        min_value=1,
        max_value=2_000,
        width=4,
    )


class OfferingChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        parts = [obj.programme.title, obj.route, obj.host.name]
        return ", ".join(part for part in parts if part)


class SessionForm(forms.NHSForm):
    """A new session of an offering that the person runs."""

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
    closes_on = forms.DateField(
        label=gettext_lazy("Last day to ask for a place"),
        missing=gettext_lazy("Enter the last day to ask for a place"),
        hint=gettext_lazy("People can ask until the end of this day, or until the session starts."),
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
        starts_at, ends_at = self._times(given)
        if ends_at <= starts_at:
            field = "ends_on" if given["ends_on"] else "end_time"
            self.add_error(field, _("The session must end after it starts"))
        if given["closes_on"] > given["starts_on"]:
            self.add_error(
                "closes_on", _("Last day to ask for a place must not be after the first day")
            )
        return given

    def plan(self) -> SessionPlan:
        given = self.cleaned_data
        starts_at, ends_at = self._times(given)
        end_of_last_day = london_midnight(given["closes_on"] + timedelta(days=1))
        return SessionPlan(
            starts_at=starts_at,
            ends_at=ends_at,
            closes_at=min(end_of_last_day, starts_at),
            place=given["place"],
            capacity=given["capacity"],
        )

    @staticmethod
    def _times(given: dict[str, Any]) -> tuple[datetime, datetime]:
        last_day = given["ends_on"] or given["starts_on"]
        return (
            datetime.combine(given["starts_on"], given["start_time"], tzinfo=LONDON),
            datetime.combine(last_day, given["end_time"], tzinfo=LONDON),
        )


class PeopleForm(forms.NHSForm):
    """Some of the people on a register, ticked; nobody is an answer too."""

    mark_optional = False

    def __init__(self, *args: Any, enrolments: Iterable[Enrolment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["people"]
        people.choices = [(str(row.pk), row.person.full_name) for row in enrolments]

    def ticked(self) -> set[int]:
        """The ids of the enrolments that were ticked."""
        return {int(key) for key in self.cleaned_data["people"]}


class AttendanceForm(PeopleForm):
    prefix = "attended"

    people = forms.MultipleChoiceField(
        label=gettext_lazy("Who attended?"),
        missing=gettext_lazy("Select who attended"),
        hint=gettext_lazy("Whoever is not ticked is recorded as not having attended."),
        label_size="m",
        required=False,
    )


class CompletionForm(PeopleForm):
    prefix = "completed"

    people = forms.MultipleChoiceField(
        label=gettext_lazy("Who has completed the course?"),
        label_size="m",
        missing=gettext_lazy("Select who has completed the course"),
    )
