"""Drafting statements of charges, and crediting lines of one."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation
from common import forms
from common.dates import add_months, long_date
from common.text import pounds
from courses.models import StatementLine


class StatementDraftForm(forms.NHSForm):
    host = forms.ModelChoiceField(
        label=gettext_lazy("Who charges"),
        missing=gettext_lazy("Select who charges"),
        label_size="s",
        queryset=None,
        empty_label=gettext_lazy("Select an organisation"),
    )
    first = forms.DateField(
        label=gettext_lazy("First day"),
        missing=gettext_lazy("Enter the first day"),
        hint=gettext_lazy("For example, 1 10 2026"),
        label_size="s",
    )
    last = forms.DateField(
        label=gettext_lazy("Last day"),
        missing=gettext_lazy("Enter the last day"),
        hint=gettext_lazy("Of the sessions that are charged. Today at the latest."),
        label_size="s",
    )

    def __init__(
        self, *args: Any, organisations: QuerySet[Organisation], on: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["host"].queryset = organisations
        fields["last"].latest = on
        this_month = on.replace(day=1)
        fields["first"].initial = add_months(this_month, -1)
        fields["last"].initial = this_month.fromordinal(this_month.toordinal() - 1)
        if len(organisations) == 1:
            fields["host"].initial = organisations[0]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        first, last = given.get("first"), given.get("last")
        if first and last and last < first:
            self.add_error("last", _("Last day must not be before the first day"))
        return given


class CreditForm(forms.NHSForm):
    lines = forms.MultipleChoiceField(
        label=gettext_lazy("Lines to credit"),
        missing=gettext_lazy("Select the lines to credit"),
        label_size="s",
    )
    reason = forms.CharField(
        label=gettext_lazy("Why they are credited"),
        missing=gettext_lazy("Enter why they are credited"),
        hint=gettext_lazy("The other organisation reads this. Do not name anybody."),
        label_size="s",
        max_length=300,
    )

    def __init__(self, *args: Any, lines: Iterable[StatementLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["lines"].choices = [(str(line.pk), _words(line)) for line in lines]

    def chosen(self) -> set[int]:
        return {int(pk) for pk in self.cleaned_data["lines"]}


def _words(line: StatementLine) -> str:
    return _("%(reference)s: %(programme)s on %(day)s, %(amount)s") % {
        "reference": line.reference,
        "programme": line.programme,
        "day": long_date(line.session_on),
        "amount": pounds(line.pence),
    }
