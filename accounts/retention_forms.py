"""Forms of data protection officers: a rule of retention, a hold, a copy for somebody."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, Person, RetentionAction, RetentionRule
from accounts.selectors.rights import person_known_to
from accounts.services.retention import RuleTerms
from common import forms


class RuleForm(forms.NHSForm):
    """What an organisation decides about a class of records."""

    keep_months = forms.IntegerField(
        label=gettext_lazy("Months kept"),
        hint=gettext_lazy("Leave this empty if no time is known: then nothing is ever due."),
        min_value=1,
        max_value=1200,
        width=5,
        required=False,
    )
    action = forms.ChoiceField(
        label=gettext_lazy("What happens then"),
        choices=RetentionAction.choices,
        widget=forms.Radios,
    )
    source = forms.CharField(
        label=gettext_lazy("Where the time comes from"),
        hint=gettext_lazy("For example the line of the Records Management Code."),
        max_length=300,
    )
    is_confirmed = forms.BooleanField(
        label=gettext_lazy("I have checked the time against its source"), required=False
    )
    is_automatic = forms.BooleanField(
        label=gettext_lazy("Do it each night without asking anybody"), required=False
    )
    is_duty = forms.BooleanField(
        label=gettext_lazy("A law makes us keep this, even when the person asks for erasure"),
        required=False,
    )
    reason = forms.TextField(
        label=gettext_lazy("Why you change it"),
        missing=gettext_lazy("Enter why you change it"),
        max_length=1000,
    )

    @classmethod
    def of(cls, rule: RetentionRule, data: Any) -> "RuleForm":
        """The form with what counts now."""
        names = ("keep_months", "action", "source", "is_confirmed", "is_automatic", "is_duty")
        return cls(data, initial={name: getattr(rule, name) for name in names})

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("is_automatic"):
            if not cleaned.get("is_confirmed"):
                self.add_error(
                    "is_confirmed",
                    _("Check the time against its source before it is done without asking anybody"),
                )
            if not cleaned.get("keep_months") and "keep_months" not in self.errors:
                self.add_error("keep_months", _("Enter after how many months it is done"))
        return cleaned

    def terms(self) -> RuleTerms:
        given = self.cleaned_data
        return RuleTerms(
            keep_months=given["keep_months"],
            action=RetentionAction(given["action"]),
            is_automatic=given["is_automatic"],
            is_duty=given["is_duty"],
            is_confirmed=given["is_confirmed"],
            source=given["source"],
        )


class _PersonForm(forms.NHSForm):
    """Finds somebody by their whole e-mail address; nobody is offered."""

    def __init__(self, *args: Any, organisations: frozenset[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisations = organisations
        self.person: Person | None = None

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if email:
            self.person = person_known_to(self.organisations, email=email)
            if self.person is None:
                raise forms.ValidationError(
                    _("Nobody with this e-mail address works or worked in your organisation"),
                    code="nobody",
                )
        return email


class HoldForm(_PersonForm):
    """Whose records are kept, and why."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address of the person"),
        hint=gettext_lazy("Leave this empty to hold the records of everybody who worked here."),
        required=False,
    )
    reason = forms.TextField(
        label=gettext_lazy("Reason"),
        missing=gettext_lazy("Enter the reason for the hold"),
        max_length=500,
    )

    @classmethod
    def of(cls, organisation: Organisation, data: Any) -> "HoldForm":
        return cls(data, organisations=frozenset({organisation.pk}))


class CopyForForm(_PersonForm):
    """For whom a copy of their information is made."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address of the person who asks for a copy"),
        missing=gettext_lazy("Enter the e-mail address of the person"),
    )
