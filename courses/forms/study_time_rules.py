"""Which organisation's figures to show, and the rules by which it keeps protected time."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Band, Organisation
from common import forms
from courses.models import BackfillRate
from courses.selectors.study_time_rules import Days


class FiguresForm(forms.NHSForm):
    """All of the reader's organisations together, or one of them."""

    mark_optional = False

    organisation = forms.ModelChoiceField(
        label=gettext_lazy("Organisation"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("All of them"),
    )

    def __init__(self, data: Any, *, organisations: QuerySet[Organisation]) -> None:
        super().__init__(data)
        choice: Any = self.fields["organisation"]
        choice.queryset = organisations
        self._organisations = organisations

    def chosen(self) -> list[Organisation]:
        """What to count: everything where nothing was chosen that is there."""
        one = self.cleaned_data.get("organisation") if self.is_valid() else None
        return [one] if one else list(self._organisations)


class _FromDayForm(forms.NHSForm):
    mark_optional = False

    starts_on = forms.DateField(
        label=gettext_lazy("From which day?"),
        hint=gettext_lazy("For example, 1 4 2027. What held before ends the day before."),
        label_size="s",
        missing=gettext_lazy("Enter the day from which it holds"),
    )

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        day: Any = self.fields["starts_on"]
        day.earliest = today


class RuleForm(_FromDayForm):
    """When somebody is reminded of time that is owed."""

    remind_days = forms.IntegerField(
        label=gettext_lazy("After how many days is the line manager reminded?"),
        label_size="s",
        missing=gettext_lazy("Enter after how many days the line manager is reminded"),
        min_value=1,
        max_value=364,
        width=3,
    )
    escalate_days = forms.IntegerField(
        label=gettext_lazy("After how many days is their own line manager told?"),
        label_size="s",
        missing=gettext_lazy("Enter after how many days their own line manager is told"),
        min_value=2,
        max_value=365,
        width=3,
    )
    field_order = ("remind_days", "escalate_days", "starts_on")

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        remind, escalate = given.get("remind_days"), given.get("escalate_days")
        if remind and escalate and escalate <= remind:
            self.add_error(
                "escalate_days", _("Enter more days than until the line manager is reminded")
            )
        return given

    def days(self) -> Days:
        return Days(self.cleaned_data["remind_days"], self.cleaned_data["escalate_days"])


class RateForm(_FromDayForm):
    """What an hour of cover costs."""

    band = forms.ChoiceField(
        label=gettext_lazy("Band"),
        label_size="s",
        widget=forms.Select,
        required=False,
        choices=[("", gettext_lazy("All others")), *Band.choices],
    )
    pounds = forms.DecimalField(
        label=gettext_lazy("What does an hour cost, in pounds?"),
        hint=gettext_lazy("For example 28.90"),
        label_size="s",
        missing=gettext_lazy("Enter what an hour costs"),
        max_value=1_000,
        width=5,
    )
    field_order = ("band", "pounds", "starts_on")

    def clean_pounds(self) -> Any:
        pounds = self.cleaned_data["pounds"]
        if not pounds:
            raise forms.ValidationError(_("Enter what an hour costs"), code="nothing")
        return pounds

    def rate(self, organisation: Organisation) -> BackfillRate:
        return BackfillRate(
            organisation=organisation,
            band=self.cleaned_data["band"],
            starts_on=self.cleaned_data["starts_on"],
            pence_per_hour=round(100 * self.cleaned_data["pounds"]),
        )
