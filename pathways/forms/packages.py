"""CASE packages that are fetched from an address, and frameworks that start from a package."""

from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from common import forms
from common.http.outgoing import LONGEST, Unreachable, read_address
from pathways.selectors.authoring import scales
from pathways.selectors.case.incoming import MOST_BYTES
from pathways.selectors.collaborators import organisations_authored
from pathways.services.case.fetching import Source
from pathways.services.case.starting import Beginning
from pathways.services.frameworks import EditionParticulars
from pathways.services.imports import Upload


class _AddressForm(forms.NHSForm):
    address = forms.CharField(
        label=gettext_lazy("Address of the package"),
        hint=gettext_lazy("It begins with https:// and usually ends with CFPackages/ and a UUID"),
        max_length=LONGEST,
    )
    token = forms.PasswordField(
        label=gettext_lazy("Token"),
        hint=gettext_lazy(
            "Only if the server asks for one. We keep it sealed for 15 minutes at the most."
        ),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["token"].widget.attrs["autocomplete"] = "off"

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"]
        if address:
            try:
                read_address(address, inside=settings.CASE_SERVERS_INSIDE)
            except Unreachable as refusal:
                raise forms.ValidationError(refusal.message) from None
        return address

    def clean_token(self) -> str:
        token: str = self.cleaned_data["token"].strip()
        if not token.isascii() or not all(map(str.isprintable, token)) or " " in token:
            raise forms.ValidationError(_("Enter the token as the server gave it to you"))
        return token

    @property
    def source(self) -> Source:
        return Source(self.cleaned_data["address"], self.cleaned_data["token"])


class FetchForm(_AddressForm):
    """Where a package for a draft lies."""


class PackageStartForm(_AddressForm):
    """A package, whose the new framework is, and what its first draft is called."""

    file = forms.FileField(
        label=gettext_lazy("Package file"),
        hint=gettext_lazy("A CASE 1.1 package (.json)"),
        required=False,
    )
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Owner"),
        missing=gettext_lazy("Select the organisation that owns it"),
        hint=gettext_lazy("It is seen there and in the organisations below"),
        queryset=None,
        empty_label=gettext_lazy("Select an organisation"),
    )
    code = forms.CharField(
        label=gettext_lazy("Code"),
        hint=gettext_lazy("A short name that no other framework has, like TRUST-LEAD"),
        max_length=20,
        width=10,
    )
    title = forms.CharField(
        label=gettext_lazy("Title"),
        hint=gettext_lazy("Leave it empty to take the title of the package"),
        required=False,
    )
    scale = forms.ModelChoiceField(
        label=gettext_lazy("Scale"),
        missing=gettext_lazy("Select a scale"),
        hint=gettext_lazy("By which competencies are measured for which the package tells none"),
        queryset=None,
        empty_label=gettext_lazy("Select a scale"),
    )
    label = forms.CharField(
        label=gettext_lazy("Name of the first edition"),
        missing=gettext_lazy("Enter a name for the first edition"),
        hint=gettext_lazy("For example, 2027"),
        max_length=30,
        width=10,
    )
    valid_from = forms.DateField(
        label=gettext_lazy("Meant to be in use from"),
        missing=gettext_lazy("Enter the day from which it is meant to be in use"),
        label_size="s",
    )
    field_order = ("file", "address", "token")

    def __init__(self, *args: Any, reader: Person, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["address"].required = False
        fields["owner"].queryset = organisations_authored(reader, on=on)
        fields["scale"].queryset = scales()

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        if "address" in self.errors or "file" in self.errors:
            return told
        if told.get("file") and told.get("address"):
            self.add_error("address", _("Select a file or enter an address, not both"))
        elif not told.get("file") and not told.get("address"):
            self.add_error("file", _("Select a file, or enter an address"))
        return told

    @property
    def upload(self) -> Upload | None:
        """The file; of one that is too large only as much as shows that."""
        file = self.cleaned_data["file"]
        return Upload(file.name, file.read(MOST_BYTES + 1)) if file else None

    @property
    def beginning(self) -> Beginning:
        told = self.cleaned_data
        edition = EditionParticulars(told["label"], told["valid_from"])
        return Beginning(told["owner"], told["code"], told["title"], edition, told["scale"])
