"""Bringing in a file, and starting a framework from a published one."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy

from accounts.models import Person
from common import forms
from pathways.selectors.case.incoming import MOST_BYTES
from pathways.selectors.collaborators import organisations_authored
from pathways.selectors.starters import starters
from pathways.selectors.workbooks.problems import MAX_BYTES, MAX_ROWS, MEGABYTE
from pathways.services.frameworks import EditionParticulars
from pathways.services.imports import Upload


class ImportForm(forms.NHSForm):
    file = forms.FileField(
        label=gettext_lazy("File"),
        missing=gettext_lazy("Select a file"),
        hint=gettext_lazy("An Excel workbook (.xlsx), a CSV file or a CASE package (.json)"),
    )

    @property
    def upload(self) -> Upload:
        """The file; of one that is too large only as much as shows that."""
        file = self.cleaned_data["file"]
        return Upload(file.name, file.read(MOST_BYTES + 1))

    @property
    def limits(self) -> dict[str, int]:
        return {"rows": MAX_ROWS, "megabytes": MAX_BYTES // MEGABYTE}


class StarterForm(forms.NHSForm):
    """Which framework to start from, whose the new one is, and what its first draft is called."""

    starter = forms.ChoiceField(
        label=gettext_lazy("Published framework"),
        missing=gettext_lazy("Select a published framework"),
        choices=(),
        widget=forms.Select,
    )
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Owner"),
        missing=gettext_lazy("Select the organisation that owns it"),
        hint=gettext_lazy("It is seen there and in the organisations below"),
        queryset=None,
        empty_label=gettext_lazy("Select an organisation"),
    )
    code = forms.CharField(
        label=gettext_lazy("Code"),
        hint=gettext_lazy("A short name that no other framework has, like TRUST-LEAD"),
        max_length=20,
        width=10,
    )
    label = forms.CharField(
        label=gettext_lazy("Name of the first edition"),
        missing=gettext_lazy("Enter a name for the first edition"),
        hint=gettext_lazy("For example, 2027"),
        max_length=30,
        width=10,
    )
    valid_from = forms.DateField(
        label=gettext_lazy("Meant to be in use from"),
        missing=gettext_lazy("Enter the day from which it is meant to be in use"),
        label_size="s",
    )

    def __init__(self, *args: Any, reader: Person, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["starter"].choices = [(one.code, one.title) for one in starters()]
        fields["owner"].queryset = organisations_authored(reader, on=on)

    @property
    def edition(self) -> EditionParticulars:
        return EditionParticulars(self.cleaned_data["label"], self.cleaned_data["valid_from"])
