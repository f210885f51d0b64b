"""What an auditor fills in to search the ledger."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, Person
from accounts.selectors.ledger import Search, audited_organisations
from accounts.verbs import all_verbs
from common import forms


class LedgerSearchForm(forms.NHSForm):
    mark_optional = False

    email = forms.EmailField(
        label=gettext_lazy("Email address of a person"),
        hint=gettext_lazy("What they did and what was done for them"),
        required=False,
    )
    organisation = forms.ModelChoiceField(
        label=gettext_lazy("Organisation"),
        queryset=Organisation.objects.none(),
        empty_label=gettext_lazy("All that you audit"),
        required=False,
    )
    verb = forms.ChoiceField(
        label=gettext_lazy("What was done"), required=False, widget=forms.Select
    )
    first_day = forms.DateField(label=gettext_lazy("From"), required=False)
    last_day = forms.DateField(label=gettext_lazy("Until"), required=False)

    def __init__(self, *args: Any, reader: Person, on: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["organisation"].queryset = audited_organisations(reader, on=on)
        fields["verb"].choices = [("", _("Anything")), *_choices()]
        self._people = Person.objects.visible_to(reader, on=on)

    def clean_email(self) -> Person | None:
        email = self.cleaned_data["email"]
        if not email:
            return None
        person = self._people.filter(email__iexact=email).first()
        if person is None:
            raise forms.ValidationError(
                _("Nobody whom you audit has this email address"), code="unknown"
            )
        return person

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and first > last:
            self.add_error("last_day", _("The last day must not be before the first"))
        return cleaned

    def search(self, *, before: str) -> Search | None:
        """What is looked for: everything when nothing was asked; None when it was asked wrongly."""
        if not self.is_bound:
            return Search()
        if not self.is_valid():
            return None
        sent = {key: value for key, value in self.cleaned_data.items() if key != "email"}
        return Search(**sent, person=self.cleaned_data["email"], before=place_of(before))


def _choices() -> list[tuple[str, str]]:
    sentences = ((name, known.sentence(_("Somebody"))) for name, known in all_verbs().items())
    return sorted(sentences, key=lambda choice: choice[1])


def place_of(text: str) -> tuple[datetime, int] | None:
    """The time and number in ``?before=``; None when it is none that a page gave."""
    moment, _separator, number = text.partition("_")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    fits = at.tzinfo is not None and number.isascii() and number.isdigit() and len(number) < 19
    return (at, int(number)) if fits else None
