"""What a sponsor writes about somebody who applies."""

from django.utils.translation import gettext_lazy

from common import forms
from courses.models import MOST_STATEMENT_WORDS


class StatementForm(forms.NHSForm):
    mark_optional = False

    text = forms.TextField(
        label=gettext_lazy("Your statement"),
        label_size="m",
        hint=gettext_lazy(
            "Say what you have seen them do, what this course would let them do next, and how you"
            " will support them while they are on it."
        ),
        missing=gettext_lazy("Enter your statement"),
        max_words=MOST_STATEMENT_WORDS,
        rows=10,
    )
