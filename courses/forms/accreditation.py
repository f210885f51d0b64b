"""What accredits something, when its renewal is to be sent, and what came of it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation
from accounts.models.dated import Days
from common import forms
from courses.models import RENEWAL_WORKFLOW, Offering
from courses.selectors.accreditation import bodies
from courses.services.accreditation import AccreditationTerms


class MonthsForm(forms.NHSForm):
    mark_optional = False

    months = forms.ChoiceField(
        label=gettext_lazy("Ends within"),
        required=False,
        widget=forms.Select,
        choices=[
            ("6", gettext_lazy("6 months")),
            ("3", gettext_lazy("3 months")),
            ("12", gettext_lazy("12 months")),
            ("24", gettext_lazy("24 months")),
        ],
    )

    def chosen(self) -> int:
        given = self.cleaned_data.get("months") if self.is_bound and self.is_valid() else ""
        return int(given or 6)


class TermsForm(forms.NHSForm):
    """What a body grants."""

    level = forms.CharField(
        label=gettext_lazy("Level"),
        hint=gettext_lazy("For example, Level 5"),
        required=False,
        max_length=60,
    )
    credits = forms.IntegerField(
        label=gettext_lazy("Credits"), required=False, min_value=1, max_value=9_999, width=4
    )
    credit_scheme = forms.CharField(
        label=gettext_lazy("Credit scheme"),
        hint=gettext_lazy("For example, CATS or hours of continuing professional development"),
        required=False,
        max_length=60,
    )
    reference = forms.CharField(label=gettext_lazy("Reference"), required=False, max_length=60)
    starts_on = forms.DateField(
        label=gettext_lazy("First day"), missing=gettext_lazy("Enter the first day")
    )
    ends_on = forms.DateField(
        label=gettext_lazy("Last day"),
        hint=gettext_lazy("Leave this empty if it has no end."),
        required=False,
    )

    def terms(self) -> AccreditationTerms:
        given = self.cleaned_data
        return AccreditationTerms(
            days=Days(given["starts_on"], given["ends_on"]),
            **{name: given[name] for name in ("level", "credits", "credit_scheme", "reference")},
        )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("credits") and not given.get("credit_scheme"):
            self.add_error("credit_scheme", _("Enter the credit scheme that the credits belong to"))
        first, last = given.get("starts_on"), given.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("Enter a last day that is not before the first day"))
        return given


class AccreditationForm(TermsForm):
    """What is accredited, and by whom."""

    of = forms.ChoiceField(
        label=gettext_lazy("What is accredited"),
        missing=gettext_lazy("Select what is accredited"),
        widget=forms.Select,
        choices=[],
    )
    body = forms.ModelChoiceField(
        label=gettext_lazy("Accrediting body"),
        missing=gettext_lazy("Select the accrediting body"),
        queryset=None,
        empty_label=gettext_lazy("Select a body"),
    )
    field_order = ("of", "body")

    def __init__(
        self,
        *args: Any,
        offerings: Iterable[Offering],
        providers: Iterable[Organisation],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._known: dict[str, Offering | Organisation] = {
            **{f"provider-{row.pk}": row for row in providers},
            **{f"offering-{row.pk}": row for row in offerings},
        }
        choices = [(key, _name_of(row)) for key, row in self._known.items()]
        self.fields["of"].choices = [("", _("Select what is accredited")), *choices]  # type: ignore[attr-defined]
        self.fields["body"].queryset = bodies()  # type: ignore[attr-defined]

    def target(self) -> Offering | Organisation:
        return self._known[self.cleaned_data["of"]]


class RenewalForm(forms.NHSForm):
    due_on = forms.DateField(
        label=gettext_lazy("When it has to be sent"),
        missing=gettext_lazy("Enter when it has to be sent"),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_on"].earliest = today  # type: ignore[attr-defined]


class StepForm(TermsForm):
    """What has happened to a renewal; once it is granted, also what was granted."""

    step = forms.ChoiceField(
        label=gettext_lazy("What has happened?"),
        missing=gettext_lazy("Select what has happened"),
        choices=[],
    )
    note = forms.TextField(
        label=gettext_lazy("Note"),
        hint=gettext_lazy("It is kept in the audit record."),
        required=False,
        max_length=1_000,
        rows=3,
    )
    field_order = ("step", "note")

    def __init__(self, *args: Any, state: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        steps = RENEWAL_WORKFLOW.available(current=state)
        self.fields["step"].choices = [(one, RENEWAL_WORKFLOW.label(one)) for one in steps]  # type: ignore[attr-defined]
        self.can_be_granted = "grant" in steps
        self.fields["starts_on"].required = False
        if not self.can_be_granted:
            for name in TermsForm.base_fields:
                del self.fields[name]

    def granted(self) -> AccreditationTerms | None:
        return self.terms() if self.cleaned_data["step"] == "grant" else None

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        is_granted = given.get("step") == "grant"
        if is_granted and not given.get("starts_on") and "starts_on" not in self.errors:
            self.add_error("starts_on", _("Enter the first day of what was granted"))
        return given


def _name_of(row: Offering | Organisation) -> str:
    if isinstance(row, Organisation):
        return _("%(name)s as a provider") % {"name": row.name}
    parts = (row.programme.title, row.route, row.host.name)
    return ", ".join(part for part in parts if part)
