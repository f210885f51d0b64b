"""The forms of working together: inviting, commenting, reviewing, publishing and retiring."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from accounts.models.dated import Days
from common import forms
from pathways.forms.drafts import DraftForm
from pathways.models import FrameworkVersion, Part
from pathways.selectors.collaborators import person_by_email
from pathways.services.reviewing import CHANGES, SIGN_OFF

_PARTS: dict[str, Any] = {
    str(Part.AUTHOR): gettext_lazy("Writes, asks for reviews and publishes"),
    str(Part.REVIEWER): gettext_lazy("Reads drafts, comments and signs off"),
}
_ANSWERS: dict[str, Any] = {
    SIGN_OFF: gettext_lazy("Its authors can publish it as it is now"),
    CHANGES: gettext_lazy("It goes back to its authors, who read your statement"),
}


class CollaboratorForm(forms.NHSForm):
    email = forms.EmailField(
        label=gettext_lazy("Their work email address"),
        missing=gettext_lazy("Enter their work email address"),
        hint=gettext_lazy("They may belong to another organisation"),
    )
    part = forms.ChoiceField(
        label=gettext_lazy("What they do"),
        missing=gettext_lazy("Select what they do"),
        choices=Part.choices,
        hints=_PARTS,
    )
    starts_on = forms.DateField(
        label=gettext_lazy("First day"), missing=gettext_lazy("Enter the first day"), label_size="s"
    )
    ends_on = forms.DateField(label=gettext_lazy("Last day"), required=False, label_size="s")

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        kwargs["initial"] = {"starts_on": on}
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        sent = super().clean() or self.cleaned_data
        if email := sent.get("email"):
            sent["person"] = person_by_email(email)
            if sent["person"] is None:
                self.add_error("email", _("Enter the address of somebody who is known here"))
        return sent

    @property
    def days(self) -> Days:
        return Days(self.cleaned_data["starts_on"], self.cleaned_data["ends_on"])


class CommentForm(forms.NHSForm):
    text = forms.TextField(
        label=gettext_lazy("Comment"), missing=gettext_lazy("Enter a comment"), max_length=2_000
    )


class ReviewAskForm(DraftForm):
    reviewers = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Who is asked"),
        missing=gettext_lazy("Select at least one reviewer"),
        queryset=None,
    )
    message = forms.TextField(
        label=gettext_lazy("What to look at"), max_words=200, rows=3, required=False
    )

    def __init__(
        self,
        *args: Any,
        reviewers: QuerySet[Person],
        version: FrameworkVersion,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, version=version, **kwargs)
        field: Any = self.fields["reviewers"]
        field.queryset = reviewers
        field.label_from_instance = lambda person: person.full_name


class ReviewAnswerForm(forms.NHSForm):
    step = forms.ChoiceField(
        label=gettext_lazy("Your answer"),
        missing=gettext_lazy("Select your answer"),
        choices=[
            (SIGN_OFF, gettext_lazy("I sign it off")),
            (CHANGES, gettext_lazy("I ask for changes")),
        ],
        hints=_ANSWERS,
    )
    statement = forms.TextField(
        label=gettext_lazy("Statement"),
        hint=gettext_lazy("What you looked at, or what should change"),
        max_words=300,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        sent = super().clean() or self.cleaned_data
        if sent.get("step") == CHANGES and not sent.get("statement"):
            self.add_error("statement", _("Enter what should change"))
        return sent


class PublishForm(DraftForm):
    valid_from = forms.DateField(
        label=gettext_lazy("In use from"),
        missing=gettext_lazy("Enter the day from which it is in use"),
        label_size="s",
    )
    ends_before = forms.BooleanField(
        label=gettext_lazy("The editions in use end on the day before"),
        hint=gettext_lazy("Leave it empty to let both be in use"),
        required=False,
        initial=True,
    )

    def __init__(
        self,
        *args: Any,
        version: FrameworkVersion,
        before: Sequence[FrameworkVersion],
        **kwargs: Any,
    ) -> None:
        kwargs["initial"] = {"valid_from": version.valid_from}
        super().__init__(*args, version=version, **kwargs)
        if not before:
            del self.fields["ends_before"]


class RetireForm(forms.NHSForm):
    reason = forms.TextField(
        label=gettext_lazy("Why it is retired"),
        missing=gettext_lazy("Enter why it is retired"),
        hint=gettext_lazy("Everybody who is measured by it reads this"),
        max_length=500,
        rows=3,
    )
    replacement = forms.ModelChoiceField(
        label=gettext_lazy("Edition that takes its place"),
        queryset=None,
        empty_label=gettext_lazy("None"),
        required=False,
    )

    def __init__(self, *args: Any, editions: QuerySet[FrameworkVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["replacement"]
        field.queryset = editions
        field.label_from_instance = lambda version: version.label
