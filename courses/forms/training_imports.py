"""Bringing training in from the staff record, applying it, and taking it out again."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import forms
from courses.selectors.staff_record_cells import MOST_BYTES, MOST_ROWS
from courses.services.training_imports import File
from pathways.selectors.workbooks.problems import MEGABYTE


class TrainingFileForm(forms.NHSForm):
    most_bytes, most_rows = MOST_BYTES, MOST_ROWS

    file = forms.FileField(
        label=gettext_lazy("File"),
        missing=gettext_lazy("Select a file"),
        hint=gettext_lazy("A CSV file or an Excel workbook (.xlsx)"),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if not file.size:
            raise forms.ValidationError(_("The file is empty. Select another one."))
        if file.size > self.most_bytes:
            raise forms.ValidationError(
                _("The file is larger than %(limit)d MB. Split it into smaller files.")
                % {"limit": self.megabytes}
            )
        return file

    @property
    def upload(self) -> File:
        file = self.cleaned_data["file"]
        return File(file.name, file.read())

    @property
    def rows(self) -> str:
        return f"{self.most_rows:,}"

    @property
    def megabytes(self) -> int:
        return self.most_bytes // MEGABYTE


class TakeOutForm(forms.NHSForm):
    on = forms.DateField(label=gettext_lazy("As of which day"), missing=gettext_lazy("Enter a day"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"on": today}, **kwargs)
        self.fields["on"].latest = today  # type: ignore[attr-defined]


class ApplyForm(forms.NHSForm):
    mark_optional = False

    leave_out = forms.BooleanField(
        label=gettext_lazy("Leave out the rows that have something to put right"), required=False
    )
