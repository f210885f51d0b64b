"""What a programme of one's own organisation says of itself."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation
from common import forms
from courses.forms.money import PoundsField
from courses.forms.offerings import MOST_PENCE, typed_pounds
from courses.models import DeliveryMode, Programme
from courses.services.own_programmes import ProgrammeWords

_AS_TYPED = ("title", "audience", "length", "mode", "study_hours", "cost_pence")


class ProgrammeForm(forms.NHSForm):
    title = forms.CharField(
        label=gettext_lazy("Title"), missing=gettext_lazy("Enter a title"), max_length=200
    )
    about = forms.TextField(
        label=gettext_lazy("What it is about"), required=False, max_length=2_000, rows=5
    )
    audience = forms.CharField(label=gettext_lazy("For whom"), required=False, max_length=300)
    length = forms.CharField(
        label=gettext_lazy("Length"),
        hint=gettext_lazy("For example, six days over three months"),
        required=False,
        max_length=120,
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("How it is taught"),
        missing=gettext_lazy("Select how it is taught"),
        choices=DeliveryMode.choices,
    )
    study_hours = forms.IntegerField(
        label=gettext_lazy("Study hours"), required=False, max_value=10_000, width=5
    )
    cost_pence = PoundsField(
        label=gettext_lazy("Usual cost in pounds"),
        hint=gettext_lazy("Each offering has its own price of a place."),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if (given.get("cost_pence") or 0) > MOST_PENCE:
            self.add_error("cost_pence", _("Enter a cost of £1,000,000 or less"))
        return given

    def wanted(self) -> ProgrammeWords:
        given = self.cleaned_data
        return ProgrammeWords(summary=given["about"], **{name: given[name] for name in _AS_TYPED})

    @staticmethod
    def what_is(programme: Programme) -> dict[str, Any]:
        """What stands in the form before anything is typed."""
        told = {name: getattr(programme, name) for name in _AS_TYPED}
        cost = typed_pounds(programme.cost_pence)
        return {**told, "about": programme.summary, "cost_pence": cost}


class NewProgrammeForm(ProgrammeForm):
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Organisation that owns it"),
        missing=gettext_lazy("Select an organisation"),
        queryset=None,
        empty_label=gettext_lazy("Select an organisation"),
    )
    code = forms.CharField(
        label=gettext_lazy("Code"),
        missing=gettext_lazy("Enter a code"),
        hint=gettext_lazy("Short, and never changed again: funds and files name it by this."),
        max_length=40,
        width=20,
    )
    field_order = ("owner", "code")

    def __init__(self, *args: Any, owners: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = owners  # type: ignore[attr-defined]
