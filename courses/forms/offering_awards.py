"""An award that an offering brings, written by the organisation that offers it."""

from django.utils.translation import gettext_lazy

from common import forms
from courses.forms.authoring import AwardForm
from courses.models import AwardKind
from courses.services.offering_awards import AwardWritten

_LEVELS = [(str(level), str(level)) for level in range(1, 9)]


class AddAwardForm(AwardForm):
    """One of the catalogue."""

    prefix = "added"


class WriteAwardForm(forms.NHSForm):
    prefix = "written"

    code = forms.CharField(
        label=gettext_lazy("Code"),
        missing=gettext_lazy("Enter a code"),
        hint=gettext_lazy("Short, and never changed again: programs name it by this."),
        max_length=60,
        width=20,
    )
    title = forms.CharField(
        label=gettext_lazy("Title"), missing=gettext_lazy("Enter a title"), max_length=200
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        missing=gettext_lazy("Select a kind"),
        choices=AwardKind.choices,
    )
    level = forms.ChoiceField(
        label=gettext_lazy("Level of the award"),
        required=False,
        choices=[("", gettext_lazy("None")), *_LEVELS],
    )
    criteria = forms.TextField(
        label=gettext_lazy("What it is given for"), required=False, max_length=2_000, rows=3
    )
    is_optional = forms.BooleanField(
        label=gettext_lazy("Only for those who choose it"), required=False
    )

    def wanted(self) -> AwardWritten:
        given = self.cleaned_data
        level = int(given["level"]) if given["level"] else None
        told = {name: given[name] for name in ("code", "title", "kind", "criteria")}
        return AwardWritten(level=level, is_optional=given["is_optional"], **told)
