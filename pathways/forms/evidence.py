"""A piece of evidence: a file, a link or a reflection, and what it speaks for."""

from collections.abc import Iterable
from copy import deepcopy
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import forms
from pathways.models import Competency, Evidence, EvidenceKind
from pathways.services.evidence import Words

_MOST_ADDRESS = 500


class EvidenceForm(forms.NHSForm):
    """What every kind has. Fields of the kind itself stand first."""

    field_order = ("file", "title", "url", "text", "happened_on", "competencies")

    title = forms.CharField(
        label=gettext_lazy("Name"),
        hint=gettext_lazy("For example, Rota review of ward 7"),
        missing=gettext_lazy("Enter a name for this evidence"),
    )
    text = forms.TextField(
        label=gettext_lazy("What it shows"),
        hint=gettext_lazy("What you did, and what came of it. Leave out names of patients."),
        required=False,
    )
    happened_on = forms.DateField(
        label=gettext_lazy("When it happened"),
        hint=gettext_lazy("For example, 7 3 2026"),
        required=False,
    )
    competencies = forms.MultipleChoiceField(
        label=gettext_lazy("Competencies it speaks for"),
        hint=gettext_lazy("Select all that apply"),
        required=False,
    )

    def __init__(
        self, *args: Any, competencies: Iterable[Competency], today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        happened_on: Any = self.fields["happened_on"]
        happened_on.latest = today
        offered: Any = self.fields["competencies"]
        offered.choices = [(str(row.pk), row.title) for row in competencies]
        if not offered.choices:
            del self.fields["competencies"]

    @property
    def words(self) -> Words:
        given = self.cleaned_data
        return Words(
            title=given["title"],
            text=given["text"],
            url=given.get("url", ""),
            happened_on=given["happened_on"],
            competency_ids=[int(key) for key in given.get("competencies", [])],
        )


class FileForm(EvidenceForm):
    file = forms.FileField(
        label=gettext_lazy("File"),
        hint=gettext_lazy(
            "A PDF, PNG, JPEG, TXT, CSV, DOCX, XLSX, PPTX or ODT file of 10 MB or smaller"
        ),
        missing=gettext_lazy("Select a file"),
    )

    def _clean_form(self) -> None:
        super()._clean_form()  # type: ignore[misc]
        # Browsers never send a file twice of their own accord.
        if self.errors and "file" not in self.errors:
            self.add_error("file", _("Select the file again. It was not kept."))


class LinkForm(EvidenceForm):
    url = forms.CharField(
        label=gettext_lazy("Address"),
        hint=gettext_lazy("For example, https://www.example.nhs.uk/report"),
        missing=gettext_lazy("Enter the address of the page"),
        max_length=_MOST_ADDRESS,
    )

    def clean_url(self) -> str:
        return checked_address(self.cleaned_data["url"])


class ReflectionForm(EvidenceForm):
    text = forms.TextField(
        label=gettext_lazy("Reflection"),
        hint=gettext_lazy(
            "What you did, what came of it, and what you would do next time. Leave out names of"
            " patients."
        ),
        missing=gettext_lazy("Enter your reflection"),
        rows=12,
    )


FORMS: dict[str, type[EvidenceForm]] = {
    EvidenceKind.FILE: FileForm,
    EvidenceKind.LINK: LinkForm,
    EvidenceKind.REFLECTION: ReflectionForm,
}


class ChangeForm(EvidenceForm):
    """The words alone: a file and an address stay what they were when somebody judged by them."""

    def __init__(self, *args: Any, evidence: Evidence, **kwargs: Any) -> None:
        initial = {
            "title": evidence.title,
            "text": evidence.text,
            "happened_on": evidence.happened_on,
            "competencies": [str(use.competency_id) for use in evidence.uses.all()],
        }
        super().__init__(*args, initial=initial, **kwargs)
        if evidence.kind == EvidenceKind.REFLECTION:
            self.fields["text"] = deepcopy(ReflectionForm.base_fields["text"])


def checked_address(address: str) -> str:
    """``address`` if it is one of the web, with nothing of anybody's sign-in in it."""
    try:
        django_forms.URLField(assume_scheme="https").clean(address)
        parts = urlsplit(address)
        is_web = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.username
    except (ValidationError, ValueError):
        is_web = False
    if not is_web:
        raise ValidationError(
            _("Enter an address that begins with https:// or http://"), code="not_an_address"
        )
    return address
