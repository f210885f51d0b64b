"""Filters of the role profiles."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Band
from common import forms


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
