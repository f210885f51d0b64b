"""Forms for programs: opening one, taking scopes away."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.authentication import SCOPES
from accounts.models import Organisation
from accounts.selectors.programs import is_name_taken
from common import forms


class ScopesForm(forms.NHSForm):
    """``held``: the scopes to choose from."""

    mark_optional = False

    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What the program may do"),
        missing=gettext_lazy("Select what the program may do"),
        label_size="s",
    )

    def __init__(self, *args: Any, held: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(name, text) for name, text in SCOPES.items() if name in set(held)]
        fields: dict[str, Any] = self.fields
        fields["scopes"].choices = choices


class ProgramForm(ScopesForm):
    name = forms.CharField(
        label=gettext_lazy("Name of the program"),
        hint=gettext_lazy("What your colleagues know it by, such as HR system"),
        missing=gettext_lazy("Enter the name of the program"),
        label_size="s",
        max_length=100,
        width=20,
    )
    organisation = forms.ModelChoiceField(
        label=gettext_lazy("Organisation it calls for"),
        hint=gettext_lazy("It sees the people of this organisation and of those below it"),
        missing=gettext_lazy("Select an organisation"),
        label_size="s",
        queryset=None,
        empty_label=None,
    )

    field_order = ["name", "organisation", "scopes"]

    def __init__(self, *args: Any, places: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, held=SCOPES, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["organisation"].queryset = places

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        name, organisation = cleaned.get("name"), cleaned.get("organisation")
        if name and organisation and is_name_taken(name, organisation):
            self.add_error("name", _("There is a program with this name. Enter another name"))
        return cleaned
