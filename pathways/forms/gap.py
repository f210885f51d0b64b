"""Which gap to show: against which role, on which day, compared with which."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import forms
from pathways.models.roles import RoleProfileQuerySet


class GapForm(forms.NHSForm):
    """All optional: without an answer it is today, and the role the person works towards."""

    mark_optional = False

    role = forms.ModelChoiceField(
        label=gettext_lazy("Role"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("The role worked towards, or else the role held"),
    )
    day = forms.DateField(
        label=gettext_lazy("Day shown"),
        hint=gettext_lazy("The levels and the role of that day. Leave empty for today."),
        required=False,
    )
    since = forms.DateField(
        label=gettext_lazy("Day to compare with"),
        hint=gettext_lazy("To see what has changed since then, for example 1 4 2026"),
        required=False,
    )

    def __init__(self, *args: Any, roles: RoleProfileQuerySet, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["role"].queryset = roles.order_by("title", "pk")  # type: ignore[attr-defined]
        for name in ("day", "since"):
            self.fields[name].latest = today  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        since = given.get("since")
        if since and since >= (given.get("day") or self.today):
            self.add_error("since", _("Day to compare with must be before the day shown"))
        return given

    def wanted(self) -> dict[str, Any]:
        """What ``gap_page`` takes; with a mistake in the form, the gap of today."""
        given = self.cleaned_data if self.is_valid() else {}
        return {
            "role": given.get("role"),
            "on": given.get("day") or self.today,
            "since": given.get("since"),
        }
