"""Filters of the role profiles and of the map, and where a route begins."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import Band, StaffGroup
from common import forms
from pathways.models import RoleProfile
from pathways.selectors.pathway_map import Region


class RoleFilterForm(forms.NHSForm):
    mark_optional = False

    words = forms.CharField(
        label=_("Words"), hint=_("For example, ward or finance"), max_length=100, required=False
    )
    band = forms.ChoiceField(
        label=_("Band"),
        choices=[("", _("Any band")), *Band.choices],
        widget=forms.Select,
        required=False,
    )


class RegionForm(forms.NHSForm):
    """The part of the map to look at. One of family, staff group and role is looked at, in the
    order role, family, staff group."""

    mark_optional = False

    family = forms.ChoiceField(label=_("Family"), widget=forms.Select, required=False)
    staff_group = forms.ChoiceField(
        label=_("Staff group"),
        choices=[("", _("Any staff group")), *StaffGroup.choices],
        widget=forms.Select,
        required=False,
    )
    around = forms.ChoiceField(label=_("Around a role"), widget=forms.Select, required=False)
    steps = forms.ChoiceField(
        label=_("How far around it"),
        choices=[("1", _("1 step")), ("2", _("2 steps")), ("3", _("3 steps"))],
        widget=forms.Select,
        required=False,
    )

    def __init__(
        self, *args: Any, families: Iterable[str], roles: Iterable[RoleProfile], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["family"].choices = [("", _t("All families")), *((name, name) for name in families)]
        fields["around"].choices = [
            ("", _t("No role")),
            *((str(role.pk), role.title) for role in roles),
        ]

    def region(self) -> Region | None:
        """What was asked for; None when nothing was, or something that is not there."""
        if not self.is_valid():
            return None
        sent = self.cleaned_data
        if sent["around"]:
            return Region(around=int(sent["around"]), steps=int(sent["steps"] or 1))
        return Region(family=sent["family"], staff_group=sent["staff_group"])


class RouteStartForm(forms.NHSForm):
    mark_optional = False

    start = forms.ChoiceField(
        label=_("Starting from"), widget=forms.Select, missing=_("Select a role to start from")
    )

    def __init__(self, *args: Any, roles: Iterable[RoleProfile], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.roles = {str(role.pk): role for role in roles}
        fields: dict[str, Any] = self.fields
        fields["start"].choices = [(key, role.title) for key, role in self.roles.items()]
