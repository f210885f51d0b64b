"""The form of a qualification or registration."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import forms
from pathways.services.qualifications import Held

_KINDS = [
    ("QUALIFICATION", gettext_lazy("Qualification")),
    ("REGISTRATION", gettext_lazy("Professional registration")),
]


class QualificationForm(forms.NHSForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=_KINDS,
        missing=gettext_lazy("Select a kind"),
        label_size="s",
    )
    title = forms.CharField(
        label=gettext_lazy("Title"),
        hint=gettext_lazy("As it stands on the certificate or in the register"),
        max_length=200,
        missing=gettext_lazy("Enter a title"),
    )
    awarding_body = forms.CharField(
        label=gettext_lazy("Awarding body or register"),
        hint=gettext_lazy("For example, ILM or Nursing and Midwifery Council"),
        max_length=120,
        required=False,
    )
    level = forms.IntegerField(
        label=gettext_lazy("Level"),
        hint=gettext_lazy(
            "From 1 to 8, if you know it. A levels are 3, a first degree is 6, a master degree 7."
        ),
        min_value=1,
        max_value=8,
        width=2,
        required=False,
    )
    awarded_on = forms.DateField(
        label=gettext_lazy("Date of award"),
        missing=gettext_lazy("Enter the date of award"),
        label_size="s",
    )
    valid_to = forms.DateField(
        label=gettext_lazy("Valid until"),
        hint=gettext_lazy("Leave this empty if it does not end."),
        required=False,
        label_size="s",
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["awarded_on"].latest = on

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        awarded, until = cleaned.get("awarded_on"), cleaned.get("valid_to")
        if awarded and until and until < awarded:
            self.add_error("valid_to", _("Valid until must not be before the date of award"))
        if cleaned.get("kind") == "REGISTRATION" and cleaned.get("level"):
            self.add_error("level", _("A registration has no level. Leave it empty."))
        return cleaned

    def held(self) -> Held:
        sent = self.cleaned_data
        names = ("title", "awarding_body", "level", "awarded_on", "valid_to")
        fields = {name: sent[name] for name in names}
        return Held(**fields, is_registration=sent["kind"] == "REGISTRATION")
