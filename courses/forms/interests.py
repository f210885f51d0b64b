"""Asking to be told about the next session of a programme, or no longer."""

from typing import Any

from django import forms

from courses.models import ProgrammeQuerySet


class InterestForm(forms.Form):
    """Two hidden fields of a button; nothing in it can be typed wrong."""

    programme: Any = forms.ModelChoiceField(queryset=None)
    step = forms.ChoiceField(choices=[("START", ""), ("STOP", "")])

    def __init__(self, data: object, *, programmes: ProgrammeQuerySet) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["programme"].queryset = programmes  # type: ignore[attr-defined]
