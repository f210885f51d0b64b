"""Deciding about requests, one or several; contesting a refusal; an organisation's rule."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation
from common import forms
from common.dates import add_months, long_date
from courses.models import SECOND_APPROVERS, ApprovalRule, Enrolment, OnSilence, RefusalReason
from courses.selectors.approval_figures import quarters_until
from courses.services.approval_rules import Terms
from courses.services.approvals import GIVEN_REASONS

_PENCE = 100
_QUARTERS = 8


class DecisionForm(forms.NHSForm):
    """Approve or refuse. It is the refusal that needs a reason."""

    mark_optional = False

    decision = forms.ChoiceField(
        label=gettext_lazy("Do you approve this?"),
        label_size="m",
        missing=gettext_lazy("Select whether you approve this"),
        choices=[
            ("APPROVE", gettext_lazy("Yes, approve it")),
            ("REFUSE", gettext_lazy("No, refuse it")),
        ],
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("If you refuse, why?"),
        missing=gettext_lazy("Select a reason for refusing"),
        label_size="s",
        required=False,
        choices=[each for each in RefusalReason.choices if each[0] in GIVEN_REASONS],
    )
    text = forms.TextField(
        label=gettext_lazy("Explain your refusal"),
        hint=gettext_lazy("Say what would have to change, and when to ask again."),
        required=False,
        max_length=1_000,
        rows=4,
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("decision") == "REFUSE":
            if not given.get("reason") and "reason" not in self.errors:
                self.add_error("reason", _("Select a reason for refusing"))
            if not given.get("text") and "text" not in self.errors:
                self.add_error("text", _("Enter an explanation of your refusal"))
        return given


class TogetherForm(DecisionForm):
    """The same answer to several requests."""

    requests = forms.MultipleChoiceField(
        label=gettext_lazy("Which requests do you answer together?"),
        label_size="m",
        missing=gettext_lazy("Select the requests that you answer"),
    )
    field_order = ("requests", "decision", "reason", "text")

    def __init__(self, *args: Any, enrolments: Iterable[Enrolment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ticks: Any = self.fields["requests"]
        ticks.choices = [(str(row.pk), _named(row)) for row in enrolments]
        answer: Any = self.fields["decision"]
        answer.label = _("Do you approve the requests you selected?")
        answer.choices = [("APPROVE", _("Yes, approve them")), ("REFUSE", _("No, refuse them"))]

    def ticked(self) -> set[int]:
        return {int(key) for key in self.cleaned_data["requests"]}


def _named(row: Enrolment) -> str:
    words = {
        "person": row.person.full_name,
        "programme": row.session.offering.programme.title,
        "day": long_date(row.session.starts_at.date()),
    }
    return _("%(person)s: %(programme)s, %(day)s") % words


class ContestForm(forms.NHSForm):
    """Why the person disagrees."""

    text = forms.TextField(
        label=gettext_lazy("Why do you disagree?"),
        hint=gettext_lazy("Whoever answers reads this, and so does whoever refused."),
        missing=gettext_lazy("Enter why you disagree"),
        max_length=2_000,
        rows=6,
    )


class ContestAnswerForm(forms.NHSForm):
    step = forms.ChoiceField(
        label=gettext_lazy("Does the refusal stand?"),
        label_size="m",
        missing=gettext_lazy("Select whether the refusal stands"),
        choices=[
            ("overturn", gettext_lazy("No, take the refusal back")),
            ("uphold", gettext_lazy("Yes, the refusal stands")),
        ],
    )
    answer = forms.TextField(
        label=gettext_lazy("Reason for your answer"),
        hint=gettext_lazy("The person reads this."),
        missing=gettext_lazy("Enter the reason for your answer"),
        max_length=2_000,
        rows=5,
    )


class OrganisationForm(forms.NHSForm):
    """For whoever keeps the rule of several organisations: which of them."""

    mark_optional = False

    organisation = forms.ModelChoiceField(
        label=gettext_lazy("Organisation"), queryset=None, empty_label=None
    )

    def __init__(self, *args: Any, organisations: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]


class FiguresForm(OrganisationForm):
    """Which organisation, and which of the last eight quarters."""

    quarter = forms.ChoiceField(label=gettext_lazy("Quarter"), widget=forms.Select, required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.latest, *before = quarters_until(today, count=_QUARTERS)
        quarter: Any = self.fields["quarter"]
        quarter.choices = [(day.isoformat(), _months(day)) for day in (self.latest, *before)]
        self.fields["organisation"].required = False

    def chosen(self, first: Organisation) -> tuple[Organisation, date]:
        """What was asked for, else the first organisation and the quarter that goes on."""
        given = self.cleaned_data if self.is_bound and self.is_valid() else {}
        quarter = given.get("quarter")
        return (
            given.get("organisation") or first,
            date.fromisoformat(quarter) if quarter else self.latest,
        )


def _months(first: date) -> str:
    last = add_months(first, 3) - timedelta(days=1)
    return _("%(first)s to %(last)s") % {"first": long_date(first), "last": long_date(last)}


class RuleForm(forms.NHSForm):
    """How an organisation decides about requests, from a day on."""

    working_days = forms.IntegerField(
        label=gettext_lazy("Working days to answer"),
        hint=gettext_lazy("After as many again, what you select below happens."),
        missing=gettext_lazy("Enter the working days to answer"),
        min_value=1,
        max_value=30,
        width=2,
    )
    on_silence = forms.ChoiceField(
        label=gettext_lazy("What happens if nobody answers, at first or when it is passed on?"),
        label_size="s",
        missing=gettext_lazy("Select what happens if nobody answers"),
        choices=OnSilence.choices,
    )
    refusal_months = forms.IntegerField(
        label=gettext_lazy("Months a refusal lasts"),
        hint=gettext_lazy(
            "Until then the person cannot ask for the same course, unless they win a contest."
        ),
        missing=gettext_lazy("Enter the months a refusal lasts"),
        min_value=1,
        max_value=24,
        width=2,
    )
    unasked_up_to = forms.DecimalField(
        label=gettext_lazy("Price up to which nobody is asked, in pounds"),
        hint=gettext_lazy(
            "Leave this empty if somebody is always asked. 0 means: what costs nothing."
        ),
        required=False,
        max_value=100_000,
        width=5,
    )
    second_above = forms.DecimalField(
        label=gettext_lazy("Price above which there is a second approver, in pounds"),
        hint=gettext_lazy("Leave this empty if one approval is always enough."),
        required=False,
        max_value=100_000,
        width=5,
    )
    second_approver = forms.ChoiceField(
        label=gettext_lazy("Second approver"),
        label_size="s",
        required=False,
        choices=[(each.value, each.label) for each in SECOND_APPROVERS],
    )
    starts_on = forms.DateField(
        label=gettext_lazy("First day of this rule"),
        hint=gettext_lazy("Requests that wait already keep what the people were told."),
        missing=gettext_lazy("Enter the first day of this rule"),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_on"].earliest = today  # type: ignore[attr-defined]

    @staticmethod
    def as_typed(rule: ApprovalRule, *, today: date) -> dict[str, Any]:
        """What the form is filled with before anybody types."""
        return {
            "working_days": rule.working_days,
            "on_silence": rule.on_silence,
            "refusal_months": rule.refusal_months,
            "unasked_up_to": _pounds(rule.unasked_up_to_pence),
            "second_above": _pounds(rule.second_above_pence),
            "second_approver": rule.second_approver,
            "starts_on": today,
        }

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if self.errors:
            return given
        first, second = given["unasked_up_to"], given["second_above"]
        if second is not None and not given["second_approver"]:
            self.add_error("second_approver", _("Select the second approver"))
        if second is None and given["second_approver"]:
            self.add_error(
                "second_above", _("Enter the price above which the second approver is asked")
            )
        if first is not None and second is not None and second < first:
            self.add_error(
                "second_above",
                _("Enter a price that is not below the one up to which nobody is asked"),
            )
        return given

    def terms(self) -> Terms:
        given = self.cleaned_data
        return Terms(
            working_days=given["working_days"],
            on_silence=OnSilence(given["on_silence"]),
            refusal_months=given["refusal_months"],
            unasked_up_to_pence=_pence(given["unasked_up_to"]),
            second_above_pence=_pence(given["second_above"]),
            second_approver=given["second_approver"],
        )


def _pence(pounds: Any) -> int | None:
    return None if pounds is None else int(pounds * _PENCE)


def _pounds(pence: int | None) -> str:
    if pence is None:
        return ""
    whole, rest = divmod(pence, _PENCE)
    return f"{whole}.{rest:02}" if rest else str(whole)
