"""Which organisations to look at, and by what to group their people."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from common import forms
from pathways.models import Domain
from pathways.selectors.gap_organisation import Dimension


class OrganisationGapForm(forms.NHSForm):
    mark_optional = False

    organisation = forms.ModelChoiceField(
        label=_("Organisation"), queryset=None, required=False, empty_label=_("All of yours")
    )
    dimension = forms.ChoiceField(
        label=_("Group people by"),
        choices=[
            ("", _("Organisation")),
            (Dimension.UNIT.value, _("Unit")),
            (Dimension.STAFF_GROUP.value, _("Staff group")),
            (Dimension.BAND.value, _("Band")),
            (Dimension.ROLE.value, _("Role")),
        ],
        widget=forms.Select,
        required=False,
    )
    domain = forms.ModelChoiceField(
        label=_("Domain"),
        hint=_("Select one to see its competencies"),
        queryset=None,
        required=False,
        empty_label=_("Every domain, summed up"),
    )
    day = forms.DateField(
        label=_("Day shown"),
        hint=_("The first day of its month is counted. Leave empty for this month."),
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        organisations: QuerySet[Organisation],
        domains: QuerySet[Domain],
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.organisations = organisations
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        self.fields["domain"].queryset = domains  # type: ignore[attr-defined]
        self.fields["day"].latest = today  # type: ignore[attr-defined]

    def wanted(self) -> dict[str, Any]:
        """What ``organisation_gap`` takes; with a mistake in the form, all as it is today."""
        given = self.cleaned_data if self.is_valid() else {}
        chosen, domain = given.get("organisation"), given.get("domain")
        everywhere = self.organisations.values_list("pk", flat=True)
        return {
            "organisation_ids": [chosen.pk] if chosen else list(everywhere),
            "dimension": Dimension(given.get("dimension") or Dimension.ORGANISATION),
            "on": given.get("day") or self.today,
            "domain_id": domain.pk if domain else None,
        }
