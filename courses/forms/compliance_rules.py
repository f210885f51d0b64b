"""What an organisation asks for, for how long it counts, and how early it is renewed."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import StaffGroup
from common import forms
from courses.models import Subject, SubjectLevel
from courses.models.compliance_rules import MOST_DAYS, MOST_MONTHS
from courses.services.compliance_rules import Asking, Period, Renewing
from pathways.models import RoleProfile


class _LevelField(forms.ModelChoiceField):
    def label_from_instance(self, obj: SubjectLevel) -> str:
        return str(obj)


class AskForm(forms.NHSForm):
    mark_optional = False

    asked_level = _LevelField(
        label=gettext_lazy("Subject and level"),
        missing=gettext_lazy("Select a subject"),
        queryset=None,
        empty_label=gettext_lazy("Select a subject"),
    )
    role = forms.ModelChoiceField(
        label=gettext_lazy("Only people in this role"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("Everybody"),
    )
    staff_group = forms.ChoiceField(
        label=gettext_lazy("Only people of this staff group"),
        choices=[("", gettext_lazy("Everybody")), *StaffGroup.choices],
        widget=forms.Select,
        required=False,
    )
    asked_from = forms.DateField(
        label=gettext_lazy("From which day"), missing=gettext_lazy("Enter the first day")
    )

    def __init__(
        self,
        *args: Any,
        levels: QuerySet[SubjectLevel],
        roles: QuerySet[RoleProfile],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["asked_level"].queryset = levels  # type: ignore[attr-defined]
        self.fields["role"].queryset = roles  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("role") and given.get("staff_group"):
            self.add_error("staff_group", _("Select a role or a staff group, not both"))
        return given

    @property
    def asking(self) -> Asking:
        given = self.cleaned_data
        return Asking(
            level=given["asked_level"],
            starts_on=given["asked_from"],
            role_profile=given["role"],
            staff_group=given["staff_group"],
        )


class PeriodForm(forms.NHSForm):
    mark_optional = False

    level = _LevelField(
        label=gettext_lazy("Subject and level"),
        missing=gettext_lazy("Select a subject"),
        queryset=None,
        empty_label=gettext_lazy("Select a subject"),
    )
    every_level = forms.BooleanField(
        label=gettext_lazy("For every level of this subject"), required=False
    )
    months = forms.IntegerField(
        label=gettext_lazy("Months for which it counts"),
        hint=gettext_lazy("Leave empty if it counts for good"),
        min_value=1,
        max_value=MOST_MONTHS,
        required=False,
    )
    starts_on = forms.DateField(
        label=gettext_lazy("For what is completed from"), missing=gettext_lazy("Enter a day")
    )
    reaches_back = forms.BooleanField(
        label=gettext_lazy("Count what was completed before again, from today"), required=False
    )
    reason = forms.TextField(
        label=gettext_lazy("Why (needed if it is more often than the national period)"),
        required=False,
        max_length=500,
        rows=3,
    )

    def __init__(self, *args: Any, levels: QuerySet[SubjectLevel], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].queryset = levels  # type: ignore[attr-defined]

    @property
    def period(self) -> Period:
        given = self.cleaned_data
        return Period(
            subject=given["level"].subject,
            level=None if given["every_level"] else given["level"],
            months=given["months"],
            starts_on=given["starts_on"],
            reaches_back=given["reaches_back"],
            reason=given["reason"],
        )


class RenewalForm(forms.NHSForm):
    mark_optional = False

    subject = forms.ModelChoiceField(
        label=gettext_lazy("Subject"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("Every subject"),
    )
    window_days = forms.IntegerField(
        label=gettext_lazy("Days before the end in which it may be renewed"),
        missing=gettext_lazy("Enter a number of days"),
        min_value=0,
        max_value=MOST_DAYS,
    )
    keeps_anniversary = forms.BooleanField(
        label=gettext_lazy("What is renewed then goes on from its last day"), required=False
    )
    remind_days = forms.CharField(
        label=gettext_lazy("Reminders, in days before the end"),
        hint=gettext_lazy("For example, 90, 60, 30, 7. The first also says from when it is due."),
        missing=gettext_lazy("Enter at least one number of days"),
        max_length=40,
    )
    holds_from = forms.DateField(
        label=gettext_lazy("From which day"), missing=gettext_lazy("Enter the first day")
    )

    def __init__(self, *args: Any, subjects: QuerySet[Subject], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"].queryset = subjects  # type: ignore[attr-defined]

    def clean_remind_days(self) -> tuple[int, ...]:
        parts = [part.strip() for part in self.cleaned_data["remind_days"].split(",")]
        are_numbers = all(part.isascii() and part.isdigit() and len(part) < 4 for part in parts)
        days = tuple(map(int, parts)) if are_numbers else ()
        if not 1 <= len(days) <= 8 or not all(1 <= day <= MOST_DAYS for day in days):
            raise forms.ValidationError(
                _("Enter up to eight numbers of days from 1 to %(most)d, separated by commas")
                % {"most": MOST_DAYS}
            )
        return days

    def renewing(self) -> Renewing:
        given = self.cleaned_data
        starts_on: date = given["holds_from"]
        return Renewing(
            window_days=given["window_days"],
            keeps_anniversary=given["keeps_anniversary"],
            remind_days=given["remind_days"],
            starts_on=starts_on,
            subject=given["subject"],
        )
