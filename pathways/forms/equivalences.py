"""Saying which competency of another framework stands for one of an edition."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from common import forms
from pathways.forms.associations import EditionField
from pathways.models import Competency, FrameworkVersion
from pathways.selectors.associations import competency_called
from pathways.selectors.frameworks import framework_versions


class EquivalenceForm(forms.NHSForm):
    edition = EditionField(
        label=gettext_lazy("Edition of the other framework"),
        missing=gettext_lazy("Select the edition of the other framework"),
        queryset=None,
        empty_label=gettext_lazy("Select an edition"),
    )
    before = forms.CharField(
        label=gettext_lazy("Code of the competency there"),
        hint=gettext_lazy("As it stands in that edition, like 2.1"),
        max_length=60,
        width=10,
    )
    after = forms.CharField(
        label=gettext_lazy("Code of the competency here that it stands for"),
        max_length=60,
        width=10,
    )
    reason = forms.TextField(label=gettext_lazy("Reason"), rows=3, max_length=2000, required=False)

    def __init__(
        self, *args: Any, version: FrameworkVersion, reader: Person, on: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.version = version
        others = framework_versions(actor=reader, on=on).in_public()
        fields: dict[str, Any] = self.fields
        fields["edition"].queryset = others.exclude(framework=version.framework_id)

    def clean_after(self) -> Competency:
        return self._found("after", self.version)

    def clean_before(self) -> Competency | None:
        edition = self.cleaned_data.get("edition")
        return self._found("before", edition) if edition else None

    def _found(self, name: str, edition: FrameworkVersion) -> Competency:
        code = self.cleaned_data[name]
        found = competency_called(code, version=edition)
        if found is None:
            raise forms.ValidationError(
                _("There is no competency %(code)s in %(edition)s")
                % {"code": code, "edition": edition.label}
            )
        return found
