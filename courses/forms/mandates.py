"""Making a programme mandatory."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import forms
from courses.forms.programmes_named import ProgrammeNamedField
from courses.models import ProgrammeQuerySet
from courses.services.mandates import Mandatory
from pathways.models import RoleProfile


class MandateForm(forms.NHSForm):
    prefix = "mandate"

    programme = ProgrammeNamedField(
        label=gettext_lazy("Programme"),
        hint=gettext_lazy("Enter words of its title, or its code."),
        missing=gettext_lazy("Enter a programme"),
    )
    role = forms.ModelChoiceField(
        label=gettext_lazy("Only people in this role"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("Everybody"),
    )
    starts_on = forms.DateField(
        label=gettext_lazy("From which day"), missing=gettext_lazy("Enter the first day")
    )
    ends_on = forms.DateField(
        label=gettext_lazy("Last day"),
        hint=gettext_lazy("Leave this empty if it has no end."),
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        programmes: ProgrammeQuerySet,
        roles: QuerySet[RoleProfile],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"].rows = programmes  # type: ignore[attr-defined]
        self.fields["role"].queryset = roles  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        first, last = given.get("starts_on"), given.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("Enter a last day that is not before the first day"))
        return given

    def wanted(self) -> Mandatory:
        given = self.cleaned_data
        return Mandatory(
            programme=given["programme"],
            role_profile=given["role"],
            starts_on=given["starts_on"],
            ends_on=given["ends_on"],
        )
