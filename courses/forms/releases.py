"""Why a place is released for somebody."""

from django.utils.translation import gettext_lazy

from common import forms
from courses.services.releases import ReleaseReason


class ReleaseForm(forms.NHSForm):
    mark_optional = False

    reason = forms.ChoiceField(
        label=gettext_lazy("Why is the place released?"),
        label_size="m",
        missing=gettext_lazy("Select why the place is released"),
        hint=gettext_lazy("The person reads this."),
        choices=ReleaseReason.choices,
    )
    text = forms.TextField(
        label=gettext_lazy("What happened?"),
        hint=gettext_lazy(
            "For whoever asks later. Do not write about anybody's health or private life."
        ),
        missing=gettext_lazy("Enter what happened"),
        max_length=1_000,
        rows=3,
    )
