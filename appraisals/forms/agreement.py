"""Forms of the shared page: an objective, and the day of the conversation."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from appraisals.models import Objective
from appraisals.services.objectives import Wording
from common import forms
from common.dates import add_years


class ObjectiveForm(forms.NHSForm):
    """``version`` travels with the page, so that nobody's wording is overwritten unseen."""

    title = forms.CharField(
        label=_("Objective"),
        hint=_("What will be different, in one sentence."),
        missing=_("Enter the objective"),
    )
    measure = forms.TextField(
        label=_("How you will know"),
        hint=_("What you will both be able to see or count."),
        missing=_("Enter how you will know that it is met"),
        max_length=500,
        rows=3,
    )
    due_on = forms.DateField(label=_("By when"), missing=_("Enter the day it is to be met by"))
    version = forms.IntegerField(
        label=_("Version"), widget=forms.HiddenInput, required=False, initial=0
    )

    def __init__(self, *args: Any, on: date, objective: Objective | None = None) -> None:
        initial = {}
        if objective:
            names = ("title", "measure", "due_on", "version")
            initial = {name: getattr(objective, name) for name in names}
        super().__init__(*args, initial=initial)
        self.fields["due_on"].earliest = on  # type: ignore[attr-defined]
        self.fields["due_on"].latest = add_years(on, 3)  # type: ignore[attr-defined]

    def wording(self) -> Wording:
        names = ("title", "measure", "due_on")
        return Wording(**{name: self.cleaned_data[name] for name in names})

    def known_version(self) -> int:
        return self.cleaned_data.get("version") or 0


class ConversationForm(forms.NHSForm):
    met_on = forms.DateField(
        label=_("Day of the conversation"),
        hint=_("The day you met to talk about this appraisal."),
        required=False,
    )
    wellbeing_on = forms.DateField(
        label=_("Day of the wellbeing check"),
        hint=_("Only the day is kept, never what was said."),
        required=False,
    )

    def __init__(self, *args: Any, on: date, initial: dict[str, date | None]) -> None:
        super().__init__(*args, initial=initial)
        for name in ("met_on", "wellbeing_on"):
            self.fields[name].latest = on  # type: ignore[attr-defined]
