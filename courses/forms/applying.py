"""Applying for a place."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from common import forms
from courses.models import IntakeQuestion


class ApplicationForm(forms.NHSForm):
    """One answer to each question. A draft may leave some out; what is sent may not.

    ``sponsor``: the address of whoever is named, where somebody can be named and has not written
    yet."""

    mark_optional = False

    def __init__(
        self,
        *args: Any,
        questions: Iterable[IntakeQuestion],
        has_sponsor: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._numbers = {f"answer_{question.pk}": question.pk for question in questions}
        for name, question in zip(self._numbers, questions, strict=True):
            self.fields[name] = forms.TextField(
                label=question.words,
                label_size="m",
                missing=_("Answer the question"),
                required=False,
                max_words=question.most_words,
                rows=8,
            )
        if has_sponsor:
            self.fields["sponsor"] = forms.EmailField(
                label=_("E-mail address of your sponsor (if you have one)"),
                label_size="m",
                missing=_("Enter the e-mail address of your sponsor"),
                hint=_(
                    "Somebody of your organisation who knows your work. They are told when you"
                    " save, and write about you until applications close. You can send your"
                    " application before they have, and without a sponsor."
                ),
                required=False,
            )
            # Of somebody else: the browser would offer the applicant's own.
            self.fields["sponsor"].widget.attrs["autocomplete"] = "off"

    @property
    def is_sent(self) -> bool:
        return self.data.get("act") == "send"

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if self.is_sent:
            for name in self._numbers:
                if name not in self.errors and not given.get(name):
                    self.add_error(name, _("Answer the question"))
        return given

    @property
    def sponsor(self) -> str:
        """Whom the applicant names, or has named where that stays."""
        named = self.cleaned_data if "sponsor" in self.fields else self.initial
        return str(named.get("sponsor", ""))

    @property
    def answers(self) -> dict[int, str]:
        return {number: self.cleaned_data[name] for name, number in self._numbers.items()}
