"""The forms of the steps between roles."""

from typing import Any

from django.utils.translation import gettext_lazy

from common import forms
from pathways.models import PathwayStep, StepKind
from pathways.services.pathways import StepParticulars


class StepForm(forms.NHSForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of step"),
        choices=StepKind.choices,
        missing=gettext_lazy("Select a kind of step"),
        label_size="s",
    )
    usual_months = forms.IntegerField(
        label=gettext_lazy("Usual months in the role before"),
        hint=gettext_lazy("Leave this empty when no time is usual."),
        min_value=1,
        max_value=480,
        width=3,
        required=False,
    )
    adds = forms.TextField(
        label=gettext_lazy("What the step adds"),
        hint=gettext_lazy("In your words. The levels it adds are shown beside it."),
        max_length=500,
        rows=3,
        required=False,
    )
    note = forms.CharField(
        label=gettext_lazy("What helps"),
        hint=gettext_lazy("For example, a secondment or an apprenticeship"),
        max_length=300,
        required=False,
    )

    def __init__(self, *args: Any, step: PathwayStep | None = None, **kwargs: Any) -> None:
        names = tuple(name for name in self.base_fields if name != "to_role")
        initial = {name: getattr(step, name) for name in names} if step else {}
        super().__init__(*args, initial=initial, **kwargs)

    def particulars(self) -> StepParticulars:
        sent = self.cleaned_data
        return StepParticulars(sent["kind"], sent["usual_months"], sent["adds"], sent["note"])


class StepAddForm(StepForm):
    to_role = forms.ModelChoiceField(
        label=gettext_lazy("Role it leads to"),
        queryset=None,
        missing=gettext_lazy("Select a role"),
    )
    field_order = ("to_role",)

    def __init__(self, *args: Any, roles: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["to_role"].queryset = roles
