"""What the reader asks of the catalogue."""

from collections.abc import Mapping
from typing import Any

from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import forms
from courses.models import Admission, AwardKind, DeliveryMode, Language
from courses.selectors.search import DEARER, FACETS, YES, Filters

_PRICES = [
    ("FREE", gettext_lazy("Free")),
    ("UNDER_500", gettext_lazy("Up to £500 a place")),
    ("UNDER_2000", gettext_lazy("Up to £2,000 a place")),
    (DEARER, gettext_lazy("More than £2,000 a place")),
]
# What is asked first; the rest is out of the way on a narrow screen until it is used.
_FIRST = ("words", "purpose")
_LEVELS = [(str(level), str(level)) for level in range(1, 9)]


class ProgrammeFilterForm(forms.NHSForm):
    mark_optional = False

    words = forms.CharField(label=gettext_lazy("Words"), required=False)
    purpose = forms.ChoiceField(
        label=gettext_lazy("For me"),
        required=False,
        choices=[
            ("", gettext_lazy("All programmes")),
            ("MANDATORY", gettext_lazy("Mandatory for me")),
            ("ENTITLED", gettext_lazy("My pathway asks for it")),
            ("GAP", gettext_lazy("Closes a gap of mine")),
        ],
    )
    with_places = forms.BooleanField(label=gettext_lazy("With places left"), required=False)
    accredited = forms.MultipleChoiceField(
        label=gettext_lazy("Accreditation"),
        required=False,
        choices=[(YES, gettext_lazy("Accredited until it ends"))],
    )
    mode = forms.MultipleChoiceField(
        label=gettext_lazy("How it is taught"), required=False, choices=DeliveryMode.choices
    )
    price = forms.MultipleChoiceField(label=gettext_lazy("Price"), required=False, choices=_PRICES)
    kind = forms.MultipleChoiceField(
        label=gettext_lazy("Award"), required=False, choices=AwardKind.choices
    )
    level = forms.MultipleChoiceField(
        label=gettext_lazy("Level of the award"), required=False, choices=_LEVELS
    )
    language = forms.MultipleChoiceField(
        label=gettext_lazy("Language"), required=False, choices=Language.choices
    )
    admission = forms.MultipleChoiceField(
        label=gettext_lazy("How to get a place"), required=False, choices=Admission.choices
    )
    host = forms.MultipleChoiceField(label=gettext_lazy("Run by"), required=False, choices=[])
    provider = forms.MultipleChoiceField(
        label=gettext_lazy("Taught by"), required=False, choices=[]
    )

    def __init__(
        self, *args: Any, hosts: Mapping[int, str], providers: Mapping[int, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["host"].choices = [(str(pk), name) for pk, name in hosts.items()]
        fields["provider"].choices = [(str(pk), name) for pk, name in providers.items()]

    def filters(self) -> Filters:
        """What was asked; what could not be understood is left out."""
        given = self.cleaned_data if self.is_bound and self.is_valid() else {}
        return Filters(
            words=given.get("words", ""),
            purpose=given.get("purpose", ""),
            with_places=given.get("with_places", False),
            chosen={name: tuple(given.get(name, ())) for name in FACETS},
        )

    def first(self) -> list[BoundField]:
        return [self[name] for name in _FIRST]

    def more(self) -> list[BoundField]:
        return [field for field in self if field.name not in _FIRST]

    def is_narrowed(self) -> bool:
        """Whether one of ``more`` is in use, or has to be put right."""
        return any(field.data or field.errors for field in self.more())

    def tell(self, counts: Mapping[str, Mapping[str, int]]) -> None:
        """Say beside each choice how many programmes there are with it; leave out those without
        any, unless they are chosen, and filters that leave nothing to choose."""
        fields: dict[str, Any] = self.fields
        for name in FACETS:
            chosen = set(self.data.getlist(name)) if self.is_bound else set()  # type: ignore[attr-defined]
            left = [
                (value, _("%(label)s (%(count)d)") % {"label": label, "count": found})
                for value, label in fields[name].choices
                if (found := counts[name].get(str(value), 0)) or value in chosen
            ]
            if left or (self.is_bound and name in self.errors):
                fields[name].choices = left
            else:
                del fields[name]
