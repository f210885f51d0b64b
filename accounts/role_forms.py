"""Forms for naming a stand-in, and for giving somebody a role."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import DELEGATION_MONTHS, Organisation, Person, Role
from accounts.models.dated import Days
from accounts.selectors.delegations import (
    employed_by_email,
    manager_by_email,
    names_stand_ins_for_others,
    team_organisations,
)
from common import forms
from common.dates import add_months


class DaysForm(forms.NHSForm):
    """What both forms end with: a first and a last day in order, from today on."""

    starts_on = forms.DateField(
        label=gettext_lazy("First day"), missing=gettext_lazy("Enter the first day"), label_size="s"
    )
    ends_on = forms.DateField(
        label=gettext_lazy("Last day"), missing=gettext_lazy("Enter the last day"), label_size="s"
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        fields: dict[str, Any] = self.fields
        fields["starts_on"].earliest = fields["ends_on"].earliest = on
        fields["starts_on"].initial = on

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("Last day must not be before the first day"))
        return cleaned

    @property
    def days(self) -> Days:
        return Days(self.cleaned_data["starts_on"], self.cleaned_data["ends_on"])


class StandInForm(DaysForm):
    """``manager`` and ``organisation`` are asked for only where there is a choice."""

    manager = forms.EmailField(
        label=gettext_lazy("The line manager's work email address"),
        label_size="s",
        hint=gettext_lazy("Leave this empty if it is your own team"),
        required=False,
        width=30,
    )
    delegate = forms.EmailField(
        label=gettext_lazy("Work email address of who stands in"),
        label_size="s",
        hint=gettext_lazy("Somebody with a post in the same organisation as the team"),
        missing=gettext_lazy("Enter the work email address of who stands in"),
        width=30,
    )
    organisation = forms.ChoiceField(
        label=gettext_lazy("For the team at"),
        missing=gettext_lazy("Select where the team is"),
        label_size="s",
        required=False,
    )

    field_order = ["manager", "organisation", "delegate", "starts_on", "ends_on"]

    def __init__(self, *args: Any, reader: Person, on: date, **kwargs: Any) -> None:
        super().__init__(*args, on=on, **kwargs)
        self.reader = reader
        fields: dict[str, Any] = self.fields
        fields["ends_on"].help_text = _("At most %(count)d months after the first day.") % {
            "count": DELEGATION_MONTHS
        }
        if not names_stand_ins_for_others(reader, on=on):
            del fields["manager"]
        own = list(team_organisations(reader, on=on))
        fields["organisation"].choices = [(str(place.pk), place.name) for place in own]
        if len(own) <= 1:
            del fields["organisation"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last > add_months(first, DELEGATION_MONTHS):
            self.add_error(
                "ends_on",
                _("Last day must be within %(count)d months of the first day")
                % {"count": DELEGATION_MONTHS},
            )
        if not self.errors:
            self._find_people(cleaned)
        return cleaned

    def _find_people(self, cleaned: dict[str, Any]) -> None:
        """Put the line manager, the organisation and who stands in where the addresses were."""
        email, manager = cleaned.get("manager"), self.reader
        if email:
            found = manager_by_email(self.reader, email, on=self.on)
            if found is None:
                message = _("Enter the work email address of a line manager in your organisation")
                self.add_error("manager", message)
                return
            manager = found
        place = self._place(manager, cleaned.get("organisation", ""))
        if place is None:
            return
        delegate = employed_by_email(cleaned["delegate"], organisation=place, on=self.on)
        if delegate is None:
            message = _("Enter the work email address of somebody with a post at %(organisation)s")
            self.add_error("delegate", message % {"organisation": place.name})
            return
        cleaned.update(manager=manager, organisation=place, delegate=delegate)

    def _place(self, manager: Person, chosen: str) -> Organisation | None:
        places = list(team_organisations(manager, on=self.on))
        if not places:
            name = {"person": manager.full_name}
            self.add_error(None, _("Nobody reports to %(person)s, so nobody can stand in.") % name)
            return None
        if len(places) == 1:
            return places[0]
        place = next((place for place in places if str(place.pk) == chosen), None)
        if place is None:
            where = "organisation" if "organisation" in self.fields else None
            self.add_error(where, _("Select where the team is"))
        return place


class FindPersonForm(forms.NHSForm):
    mark_optional = False

    words = forms.CharField(
        label=gettext_lazy("Name or work email address"),
        missing=gettext_lazy("Enter a name or a work email address"),
        label_size="s",
        width=30,
    )


class RoleForm(DaysForm):
    role = forms.ChoiceField(
        label=gettext_lazy("Role"), missing=gettext_lazy("Select a role"), label_size="s"
    )
    organisation = forms.ModelChoiceField(
        label=gettext_lazy("Organisation"),
        hint=gettext_lazy("The role counts there and in every organisation below it"),
        missing=gettext_lazy("Select an organisation"),
        label_size="s",
        queryset=None,
        empty_label=None,
    )

    field_order = ["role", "organisation", "starts_on", "ends_on"]

    def __init__(
        self, *args: Any, roles: Sequence[Role], places: Any, on: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, on=on, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["role"].choices = [(role.value, role.label) for role in roles]
        fields["organisation"].queryset = places
        fields["ends_on"].required = False
        fields["ends_on"].help_text = _("Leave this empty if the role has no end yet.")
