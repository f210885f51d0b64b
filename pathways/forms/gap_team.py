"""Which part of a team's gap to show, and in which order."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from common import forms
from pathways.models import Domain, RoleProfile
from pathways.selectors.gap_team import Sort, TeamQuestion
from pathways.selectors.gap_team_people import Who
from pathways.selectors.held_roles import Measure


class TeamGapForm(forms.NHSForm):
    mark_optional = False

    who = forms.ChoiceField(
        label=_("Who"),
        choices=[
            ("", _("Everybody")),
            (Who.NEW.value, _("New in their role, for less than six months")),
            (Who.AIMING.value, _("Working towards another role")),
        ],
        widget=forms.Select,
        required=False,
    )
    measure = forms.ChoiceField(
        label=_("Measured against"),
        choices=[
            ("", _("The role they have")),
            (Measure.TARGET.value, _("The role they work towards")),
        ],
        widget=forms.Select,
        required=False,
    )
    role = forms.ModelChoiceField(
        label=_("Role"), queryset=None, required=False, empty_label=_("Every role")
    )
    domain = forms.ModelChoiceField(
        label=_("Domain"), queryset=None, required=False, empty_label=_("Every domain")
    )
    essential = forms.BooleanField(label=_("Essential from the first day only"), required=False)
    sort = forms.ChoiceField(
        label=_("Order"),
        choices=[("", _("By name")), (Sort.MISSING.value, _("Most to develop first"))],
        widget=forms.Select,
        required=False,
    )
    day = forms.DateField(label=_("Day shown"), hint=_("Leave empty for today"), required=False)
    competency = forms.IntegerField(
        label=_("Competency"), widget=forms.HiddenInput, min_value=1, required=False
    )

    def __init__(
        self,
        *args: Any,
        roles: QuerySet[RoleProfile],
        domains: QuerySet[Domain],
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["role"].queryset = roles  # type: ignore[attr-defined]
        self.fields["domain"].queryset = domains  # type: ignore[attr-defined]
        self.fields["day"].latest = today  # type: ignore[attr-defined]

    def question(self) -> TeamQuestion:
        """What is asked; with a mistake in the form, the whole team as it is today."""
        given = self.cleaned_data if self.is_valid() else {}
        role, domain = given.get("role"), given.get("domain")
        return TeamQuestion(
            on=given.get("day") or self.today,
            who=Who(given.get("who") or Who.EVERYBODY),
            measure=Measure(given.get("measure") or Measure.HELD),
            role_id=role.pk if role else None,
            domain_id=domain.pk if domain else None,
            competency_id=given.get("competency"),
            is_essential_only=bool(given.get("essential")),
            sort=Sort(given.get("sort") or Sort.NAME),
        )
