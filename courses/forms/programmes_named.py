"""A programme that is chosen by typing its title or code: catalogues are too long to list."""

from typing import Any

from django.utils.translation import gettext as _

from common import forms
from courses.models import Programme, ProgrammeQuerySet
from courses.selectors.offerings import named, programmes_called


class ProgrammeNamedField(forms.CharField):
    """Cleaned, it is the one programme of ``rows`` with the title, the code or the words. The form
    that has it sets ``rows``, narrowed with ``visible_to``."""

    rows: ProgrammeQuerySet

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=250, **options)

    def clean(self, value: Any) -> Programme | None:
        typed = super().clean(value)
        if not typed:
            return None
        found = programmes_called(typed, self.rows)
        if not found:
            raise forms.ValidationError(
                _("No programme has this title. Enter words of its title, or its code."),
                code="no_such_programme",
            )
        if len(found) > 1:
            told = "; ".join(named(programme) for programme in found)
            raise forms.ValidationError(
                _("Several programmes have these words: %(named)s. Enter one of them.")
                % {"named": told},
                code="several_programmes",
            )
        return found[0]
