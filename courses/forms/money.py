"""Setting up a fund, changing its budget, and the rule by which an organisation pays."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, Person
from accounts.models.dated import Days
from common import forms
from common.dates import financial_year
from courses.models import FundKind, Programme, WhenShort
from courses.selectors.funds import member_by_email, programmes_with_codes
from courses.services.funds import FundPlan, RulePlan

_POUNDS = re.compile(r"£?\s*(\d{1,3}(?:,\d{3})+|\d{1,10})(?:\.(\d{1,2}))?")
# Ten thousand million pounds: more than all training of the service costs.
_MOST_PENCE = 10**12
_NOT_USED = ""


class PoundsField(forms.CharField):
    """An amount as people type it: 1200, £1,200.50. Gives pence."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=20, width=10, **options)
        self.widget.attrs["inputmode"] = "decimal"

    def to_python(self, value: Any) -> int | None:  # type: ignore[override]
        typed = super().to_python(value)
        if not typed:
            return None
        found = _POUNDS.fullmatch(typed.strip())
        pence = int(Decimal(f"{found[1].replace(',', '')}.{found[2] or 0}") * 100) if found else -1
        if not 0 <= pence <= _MOST_PENCE:
            raise forms.ValidationError(
                _("Enter an amount in pounds, like 1,200 or 99.50"), code="not_an_amount"
            )
        return pence

    def run_validators(self, value: Any) -> None:
        """What is left to check of an amount is nothing: it is one."""


class BudgetForm(forms.NHSForm):
    amount = PoundsField(
        label=gettext_lazy("Budget in pounds"),
        missing=gettext_lazy("Enter the budget in pounds"),
        hint=gettext_lazy("Not less than what is reserved and spent already."),
        label_size="s",
    )


class FundForm(forms.NHSForm):
    """A new fund. ``programmes`` are codes of courses, as the catalogue has them."""

    organisation = forms.ModelChoiceField(
        label=gettext_lazy("Organisation"),
        missing=gettext_lazy("Select an organisation"),
        label_size="s",
        queryset=None,
        empty_label=gettext_lazy("Select an organisation"),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What kind of money it is"),
        missing=gettext_lazy("Select what kind of money it is"),
        label_size="s",
        choices=FundKind.choices,
    )
    title = forms.CharField(
        label=gettext_lazy("Title"),
        missing=gettext_lazy("Enter a title"),
        hint=gettext_lazy("People read it when there is not enough left."),
        label_size="s",
        max_length=120,
    )
    amount = PoundsField(
        label=gettext_lazy("Budget in pounds"),
        missing=gettext_lazy("Enter the budget in pounds"),
        label_size="s",
    )
    starts_on = forms.DateField(
        label=gettext_lazy("First day"), missing=gettext_lazy("Enter the first day"), label_size="s"
    )
    ends_on = forms.DateField(
        label=gettext_lazy("Last day"),
        missing=gettext_lazy("Enter the last day"),
        hint=gettext_lazy("It pays for sessions that start on one of these days."),
        label_size="s",
    )
    holder = forms.EmailField(
        label=gettext_lazy("Work email address of the budget holder"),
        hint=gettext_lazy("Whoever is short of money is told to ask them."),
        label_size="s",
        required=False,
        width=30,
    )
    person = forms.EmailField(
        label=gettext_lazy("Work email address of the person whose allowance it is"),
        hint=gettext_lazy("Only for a study leave allowance."),
        label_size="s",
        required=False,
        width=30,
    )
    programmes = forms.CharField(
        label=gettext_lazy("Codes of the courses it is kept for"),
        hint=gettext_lazy(
            "Separate them by commas. Leave this empty for all courses. The apprenticeship levy "
            "needs at least one."
        ),
        label_size="s",
        required=False,
        max_length=1_000,
    )

    def __init__(
        self,
        *args: Any,
        organisations: QuerySet[Organisation],
        reader: Person,
        on: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.reader, self.on = reader, on
        fields: dict[str, Any] = self.fields
        fields["organisation"].queryset = organisations
        fields["starts_on"].initial, fields["ends_on"].initial = financial_year(on)
        if len(organisations) == 1:
            fields["organisation"].initial = organisations[0]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        first, last = given.get("starts_on"), given.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("Last day must not be before the first day"))
        is_allowance = given.get("kind") == FundKind.STUDY_LEAVE
        if is_allowance and not given.get("person"):
            self.add_error(
                "person", _("Enter the work email address of the person whose allowance it is")
            )
        if not is_allowance:
            given["person"] = ""
        for name in ("holder", "person"):
            given[name] = self._member(name, given)
        given["programmes"] = self._programmes(given)
        return given

    def plan(self) -> FundPlan:
        given = self.cleaned_data
        return FundPlan(
            title=given["title"],
            kind=FundKind(given["kind"]),
            days=Days(given["starts_on"], given["ends_on"]),
            amount_pence=given["amount"],
            holder=given["holder"],
            person=given["person"],
            programmes=given["programmes"],
        )

    def _member(self, name: str, given: dict[str, Any]) -> Person | None:
        email, place = given.get(name), given.get("organisation")
        if not email or place is None:
            return None
        found = member_by_email(email, organisation=place, on=self.on)
        if found is None:
            self.add_error(name, _("Enter the email address of somebody who works there"))
        return found

    def _programmes(self, given: dict[str, Any]) -> tuple[Programme, ...]:
        codes = [code.strip() for code in (given.get("programmes") or "").split(",")]
        codes = [code for code in codes if code]
        found = programmes_with_codes(codes, actor=self.reader, on=self.on)
        unknown = [code for code in codes if code.upper() not in found]
        if unknown:
            sentence = _("There is no course with the code %(code)s. Enter codes of the catalogue")
            self.add_error("programmes", sentence % {"code": unknown[0]})
        if given.get("kind") == FundKind.LEVY and not codes:
            self.add_error("programmes", _("Enter the code of at least one course for the levy"))
        return tuple(found.values())


class MoneyRuleForm(forms.NHSForm):
    """By what rule an organisation pays for places, and charges for those that are not used."""

    organisation = forms.ModelChoiceField(
        label=gettext_lazy("Organisation"),
        missing=gettext_lazy("Select an organisation"),
        label_size="s",
        queryset=None,
        empty_label=gettext_lazy("Select an organisation"),
    )
    starts_on = forms.DateField(
        label=gettext_lazy("From which day"),
        missing=gettext_lazy("Enter from which day"),
        hint=gettext_lazy("For sessions that start on this day or later. Today at the earliest."),
        label_size="s",
    )
    first = forms.ChoiceField(
        label=gettext_lazy("Which money is tried first"),
        hint=gettext_lazy("Without any, places need no fund."),
        label_size="s",
        required=False,
        choices=[(_NOT_USED, gettext_lazy("Places need no fund")), *FundKind.choices],
        widget=forms.Select,
    )
    second = forms.ChoiceField(
        label=gettext_lazy("Which is tried second"),
        label_size="s",
        required=False,
        choices=[(_NOT_USED, gettext_lazy("None")), *FundKind.choices],
        widget=forms.Select,
    )
    third = forms.ChoiceField(
        label=gettext_lazy("Which is tried third"),
        label_size="s",
        required=False,
        choices=[(_NOT_USED, gettext_lazy("None")), *FundKind.choices],
        widget=forms.Select,
    )
    fourth = forms.ChoiceField(
        label=gettext_lazy("Which is tried fourth"),
        label_size="s",
        required=False,
        choices=[(_NOT_USED, gettext_lazy("None")), *FundKind.choices],
        widget=forms.Select,
    )
    when_short = forms.ChoiceField(
        label=gettext_lazy("When none of them has enough left"),
        missing=gettext_lazy("Select what happens when none of them has enough left"),
        label_size="s",
        choices=WhenShort.choices,
        initial=WhenShort.REFUSE,
    )
    missed_percent = forms.IntegerField(
        label=gettext_lazy("Charge for a place on which nobody appeared, in percent"),
        missing=gettext_lazy("Enter the charge for a missed place, 0 for none"),
        hint=gettext_lazy("Of the price, for sessions that your organisation runs. 0 for none."),
        label_size="s",
        max_value=100,
        initial=0,
        width=3,
    )
    late_percent = forms.IntegerField(
        label=gettext_lazy("Charge for a place that was given up late, in percent"),
        missing=gettext_lazy("Enter the charge for giving up late, 0 for none"),
        label_size="s",
        max_value=100,
        initial=0,
        width=3,
    )
    late_days = forms.IntegerField(
        label=gettext_lazy("Giving up is late within how many days before the session"),
        missing=gettext_lazy("Enter how many days before the session are late, 0 for none"),
        label_size="s",
        max_value=365,
        initial=0,
        width=3,
    )

    def __init__(
        self, *args: Any, organisations: QuerySet[Organisation], on: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["organisation"].queryset = organisations
        fields["starts_on"].earliest = fields["starts_on"].initial = on
        if len(organisations) == 1:
            fields["organisation"].initial = organisations[0]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        order = [given.get(name) or "" for name in ("first", "second", "third", "fourth")]
        used = [kind for kind in order if kind]
        for name, kind in zip(("second", "third", "fourth"), order[1:], strict=True):
            if kind and order.count(kind) > 1:
                self.add_error(name, _("Select each kind of money once"))
                break
        given["kinds"] = tuple(dict.fromkeys(used))
        return given

    def plan(self) -> RulePlan:
        given = self.cleaned_data
        return RulePlan(
            starts_on=given["starts_on"],
            kinds=given["kinds"],
            when_short=given["when_short"],
            missed_percent=given["missed_percent"],
            late_percent=given["late_percent"],
            late_days=given["late_days"],
        )
