"""A course that somebody took elsewhere: a claim of prior learning with its first day and hours."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import forms
from courses.models import MOST_HOURS
from pathways.forms.prior_learning import ClaimForm


class ExternalLearningForm(ClaimForm):
    started_on = forms.DateField(
        label=gettext_lazy("First day of the course"),
        missing=gettext_lazy("Enter the first day of the course"),
        hint=gettext_lazy("For example, 7 3 2026"),
    )
    hours = forms.IntegerField(
        label=gettext_lazy("Hours it took"),
        missing=gettext_lazy("Enter the hours it took"),
        min_value=1,
        max_value=MOST_HOURS,
        width=4,
    )

    field_order = ("title", "provider", "started_on", "finished_on", "hours", "statement")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, today=today, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["title"].label = _("Course")
        fields["title"].hint = fields["title"].help_text = ""
        fields["title"].error_messages["required"] = _("Enter the course")
        fields["finished_on"].label = _("Last day of the course")
        fields["finished_on"].error_messages["required"] = _("Enter the last day of the course")
        fields["started_on"].latest = today

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        first, last = given.get("started_on"), given.get("finished_on")
        if first and last and first > last:
            self.add_error("started_on", _("First day must not be after the last day"))
        return given
