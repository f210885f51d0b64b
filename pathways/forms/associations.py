"""Tying a competency of a draft to another one, of this edition or of another."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from common import forms
from pathways.models import Competency, FrameworkVersion
from pathways.selectors.associations import KINDS, competency_called, editions_to_tie
from pathways.selectors.frameworks import framework_versions


class EditionField(forms.ModelChoiceField):
    """One of the editions that a draft may tie to, by its framework and its name."""

    def label_from_instance(self, obj: FrameworkVersion) -> str:
        return _("%(title)s, %(edition)s") % {"title": obj.framework.title, "edition": obj.label}


class TieForm(forms.NHSForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("How it is tied"),
        missing=gettext_lazy("Select how the two are tied"),
        choices=[(kind.value, kind.label) for kind in KINDS],
    )
    edition = EditionField(
        label=gettext_lazy("Edition of the other competency"),
        missing=gettext_lazy("Select the edition of the other competency"),
        queryset=None,
        empty_label=None,
    )
    code = forms.CharField(
        label=gettext_lazy("Code of the other competency"),
        hint=gettext_lazy("As it stands in that edition, like 2.1"),
        max_length=60,
        width=10,
    )

    def __init__(
        self, *args: Any, competency: Competency, reader: Person, on: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, initial={"edition": competency.version_id}, **kwargs)
        fields: dict[str, Any] = self.fields
        seen = framework_versions(actor=reader, on=on)
        fields["edition"].queryset = editions_to_tie(competency.version, seen=seen, on=on)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        edition, code = told.get("edition"), told.get("code")
        if edition and code:
            told["other"] = competency_called(code, version=edition)
            if told["other"] is None:
                self.add_error(
                    "code",
                    _("There is no competency %(code)s in %(edition)s")
                    % {"code": code, "edition": edition.label},
                )
        return told
