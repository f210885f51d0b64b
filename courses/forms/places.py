"""Asking for a place."""

from django.utils.translation import gettext_lazy

from common import forms


class EnrolForm(forms.NHSForm):
    """Why the person wants to go: asked only of those whose pathway does not say it for them."""

    reason = forms.TextField(
        label=gettext_lazy("Why do you want to take this course?"),
        hint=gettext_lazy("Your line manager reads this when deciding."),
        missing=gettext_lazy("Enter why you want to take this course"),
        required=False,
        max_length=1_000,
        rows=3,
    )
