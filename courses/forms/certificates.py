"""Issuing a certificate by name, correcting and revoking one, and checking a credential."""

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from common import forms
from courses.models import Certificate, RevocationReason
from courses.services.certificate_ends import Correction
from courses.services.certificates import Grant
from courses.services.verifying import MOST_CHARACTERS, Verdict, judge, judge_image

_MOST_BYTES = 500_000
_MOST_HOURS = 2_000


class IssueForm(forms.NHSForm):
    """Whom, what for, and since when: of the people and awards that the reader sees."""

    email = forms.EmailField(
        label=gettext_lazy("Email address of the person"),
        hint=gettext_lazy("The address they sign in with"),
        missing=gettext_lazy("Enter the email address of the person"),
    )
    organisation = forms.ModelChoiceField(
        label=gettext_lazy("Who issues it"),
        missing=gettext_lazy("Select who issues the certificate"),
        queryset=None,
    )
    award = forms.ModelChoiceField(
        label=gettext_lazy("Award"),
        missing=gettext_lazy("Select the award"),
        queryset=None,
    )
    completed_on = forms.DateField(
        label=gettext_lazy("Day of completion"),
        hint=gettext_lazy("For example, 7 3 2026"),
        missing=gettext_lazy("Enter the day of completion"),
    )
    expires_on = forms.DateField(
        label=gettext_lazy("Last day it counts, if it ends"),
        hint=gettext_lazy("For example, 6 3 2029. Leave this empty if it counts for good."),
        required=False,
    )
    hours = forms.IntegerField(
        label=gettext_lazy("Hours of study, if you know them"),
        min_value=1,
        max_value=_MOST_HOURS,
        required=False,
    )

    def __init__(
        self, *args: Any, people: Any, organisations: Any, awards: Any, today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        self._field("organisation").queryset = organisations
        self._field("award").queryset = awards
        self._field("completed_on").latest = today

    def _field(self, name: str) -> Any:
        return self.fields[name]

    def clean_email(self) -> Person:
        found: Person | None = self.people.filter(email__iexact=self.cleaned_data["email"]).first()
        if found is None:
            raise forms.ValidationError(
                _("Enter the email address of somebody whose training you look after")
            )
        return found

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        first, last = given.get("completed_on"), given.get("expires_on")
        if first and last and last < first:
            self.add_error("expires_on", _("Enter a last day that is not before the completion"))
        return given

    def grant(self) -> Grant:
        given = self.cleaned_data
        return Grant(given["award"], given["completed_on"], given["hours"], given["expires_on"])


class ReissueForm(forms.NHSForm):
    person_name = forms.CharField(
        label=gettext_lazy("Name on the certificate"),
        missing=gettext_lazy("Enter the name as the certificate is to say it"),
        max_length=201,
    )
    completed_on = forms.DateField(
        label=gettext_lazy("Day of completion"),
        hint=gettext_lazy("For example, 7 3 2026"),
        missing=gettext_lazy("Enter the day of completion"),
    )
    reason = forms.TextField(
        label=gettext_lazy("What was wrong, or what has changed?"),
        hint=gettext_lazy("This is kept in the record of what happened, not on the certificate."),
        missing=gettext_lazy("Enter what was wrong or has changed"),
        max_length=1_000,
        rows=3,
    )

    def __init__(self, *args: Any, certificate: Certificate, today: date, **kwargs: Any) -> None:
        initial = {
            "person_name": certificate.person.full_name,
            "completed_on": certificate.completed_on,
        }
        super().__init__(*args, initial=initial, **kwargs)
        completed: Any = self.fields["completed_on"]
        completed.latest = today

    def correction(self) -> Correction:
        given = self.cleaned_data
        return Correction(given["person_name"], given["completed_on"], given["reason"])


class RevokeForm(forms.NHSForm):
    reason = forms.ChoiceField(
        label=gettext_lazy("Why is it revoked?"),
        hint=gettext_lazy("The person reads this."),
        missing=gettext_lazy("Select why it is revoked"),
        choices=RevocationReason.choices,
        widget=forms.Radios,
    )
    text = forms.TextField(
        label=gettext_lazy("What happened?"),
        hint=gettext_lazy("This is kept in the record of what happened."),
        missing=gettext_lazy("Enter what happened"),
        max_length=1_000,
        rows=3,
    )


class CheckForm(forms.NHSForm):
    """A credential as text or in a badge: one of the two."""

    text = forms.TextField(
        label=gettext_lazy("Text of the credential"),
        hint=gettext_lazy("It starts with eyJ and has two full stops in it."),
        required=False,
        max_length=MOST_CHARACTERS,
        rows=6,
    )
    file = forms.FileField(
        label=gettext_lazy("Or choose a badge file"),
        hint=gettext_lazy("A picture that was downloaded as a badge, SVG or PNG."),
        missing=gettext_lazy("Choose a badge file"),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        text, file = given.get("text"), given.get("file")
        if self.errors:
            return given
        if not text and not file:
            self.add_error("text", _("Paste the text of a credential, or choose a badge file"))
        elif text and file:
            self.add_error("file", _("Paste a text or choose a file, not both"))
        elif file and file.size > _MOST_BYTES:
            self.add_error("file", _("Choose a badge file of at most 500 KB"))
        return given

    def verdict(self, *, now: datetime) -> Verdict:
        file = self.cleaned_data["file"]
        if file:
            return judge_image(file.read(), now=now)
        return judge(self.cleaned_data["text"], now=now)
