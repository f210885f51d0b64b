"""The form that appoints an assessor."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from accounts.role_forms import DaysForm
from common import forms
from common.dates import add_months
from pathways.selectors.assessors import (
    anybody_by_email,
    appoints_in,
    frameworks_to_assess,
    leads_learning,
    member_by_email,
    reports_of,
)
from pathways.services.assessors import APPOINTMENT_MONTHS, Scope


class AssessorForm(DaysForm):
    """``subject`` may be left empty by learning leads alone: they may appoint for everybody."""

    assessor = forms.EmailField(
        label=gettext_lazy("Email address of the assessor"),
        label_size="s",
        hint=gettext_lazy("The one they sign in with. They may work for another organisation."),
        missing=gettext_lazy("Enter the email address of the assessor"),
        width=30,
    )
    report = forms.ModelChoiceField(
        label=gettext_lazy("Whom they may assess"),
        missing=gettext_lazy("Select whom they may assess"),
        label_size="s",
        queryset=None,
        empty_label=gettext_lazy("Select a person"),
    )
    organisation = forms.ModelChoiceField(
        label=gettext_lazy("Organisation"),
        missing=gettext_lazy("Select an organisation"),
        label_size="s",
        queryset=None,
        empty_label=gettext_lazy("Select an organisation"),
    )
    subject = forms.EmailField(
        label=gettext_lazy("Email address of the person they may assess"),
        label_size="s",
        hint=gettext_lazy("Leave this empty to appoint them for everybody in the organisation."),
        required=False,
        width=30,
    )
    framework = forms.ModelChoiceField(
        label=gettext_lazy("For which framework"),
        label_size="s",
        required=False,
        queryset=None,
        empty_label=gettext_lazy("All frameworks"),
    )

    field_order = [
        "assessor",
        "organisation",
        "report",
        "subject",
        "framework",
        "starts_on",
        "ends_on",
    ]

    def __init__(self, *args: Any, reader: Person, on: date, **kwargs: Any) -> None:
        super().__init__(*args, on=on, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["framework"].queryset = frameworks_to_assess(reader, on=on)
        fields["organisation"].queryset = places = appoints_in(reader, on=on)
        fields["report"].queryset = reports_of(reader, on=on)
        if leads_learning(reader, on=on):
            del fields["report"]
        else:
            del fields["subject"]
        if len(places) == 1:
            fields["organisation"].initial = places[0]
        fields["ends_on"].help_text = _("At most 2 years after the first day.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last > add_months(first, APPOINTMENT_MONTHS):
            self.add_error("ends_on", _("Last day must be at most 2 years after the first day"))
        if email := cleaned.get("assessor"):
            cleaned["assessor"] = self._found("assessor", anybody_by_email(email))
        if email := cleaned.get("subject"):
            place = cleaned.get("organisation")
            found = member_by_email(email, organisation=place, on=self.on) if place else None
            cleaned["subject"] = self._found("subject", found) if place else None
        return cleaned

    def _found(self, name: str, person: Person | None) -> Person | None:
        if person is None:
            sentences = {
                "assessor": _("Enter the email address of somebody who signs in to Waymark"),
                "subject": _("Enter the email address of somebody who works there"),
            }
            self.add_error(name, sentences[name])
        return person

    @property
    def scope(self) -> Scope:
        sent = self.cleaned_data
        subject = sent["report"] if "report" in self.fields else sent["subject"]
        return Scope(sent["organisation"], subject or None, sent["framework"])
