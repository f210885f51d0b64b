"""Forms of those who run appraisals: plan a round, and filter how far people are."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from appraisals.models import AppraisalState
from appraisals.models.cycles import AppraisalFormQuerySet, CycleQuerySet
from appraisals.services.cycles import Round
from common import forms


class CycleForm(forms.NHSForm):
    organisation = forms.ChoiceField(label=_("Organisation"), widget=forms.Select)
    form = forms.ModelChoiceField(
        label=_("Form"),
        hint=_("Appraisals keep the version they begin on."),
        queryset=None,
        empty_label=None,
    )
    title = forms.CharField(
        label=_("Title"), hint=_("For example, Appraisals 2026 to 2027."), max_length=120
    )
    opens_on = forms.DateField(label=_("Opening day"))
    due_on = forms.DateField(label=_("Due day"), hint=_("Both have signed by then."))
    closes_on = forms.DateField(label=_("Closing day"), hint=_("Reminders stop after this day."))

    def __init__(
        self, *args: Any, organisations: list[Organisation], versions: AppraisalFormQuerySet
    ) -> None:
        super().__init__(*args)
        self.organisations = {str(row.pk): row for row in organisations}
        self.fields["organisation"].choices = [  # type: ignore[attr-defined]
            (key, row.name) for key, row in self.organisations.items()
        ]
        self.fields["form"].queryset = versions  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._refuse_before("due_on", "opens_on", _("Due day must be on or after the opening day"))
        self._refuse_before("closes_on", "due_on", _("Closing day must be on or after the due day"))
        return cleaned

    def _refuse_before(self, later: str, earlier: str, sentence: Any) -> None:
        first: date | None = self.cleaned_data.get(earlier)
        second: date | None = self.cleaned_data.get(later)
        if first and second and second < first:
            self.add_error(later, forms.ValidationError(sentence, code="out_of_order"))

    def chosen_organisation(self) -> Organisation:
        return self.organisations[self.cleaned_data["organisation"]]

    def round(self) -> Round:
        names = ("title", "opens_on", "due_on", "closes_on")
        return Round(**{name: self.cleaned_data[name] for name in names})


class StatusFilter(forms.NHSForm):
    """Everything is optional, and what makes no sense filters nothing."""

    mark_optional = False

    cycle = forms.ModelChoiceField(
        label=_("Round"), queryset=None, required=False, empty_label=_("All rounds")
    )
    state = forms.ChoiceField(
        label=_("State"),
        choices=[("", _("All states")), *AppraisalState.choices],
        widget=forms.Select,
        required=False,
    )

    def __init__(self, *args: Any, cycles: CycleQuerySet) -> None:
        super().__init__(*args)
        self.fields["cycle"].queryset = cycles  # type: ignore[attr-defined]
