"""Asking a colleague to swap places, and answering."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import forms
from common.dates import long_moment
from courses.models import Session


class OtherSessionField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return _("%(when)s, %(place)s") % {
            "when": long_moment(obj.starts_at),
            "place": obj.place,
        }


class SwapForm(forms.NHSForm):
    mark_optional = False

    session = OtherSessionField(
        label=gettext_lazy("Which session is your colleague on?"),
        missing=gettext_lazy("Select the session that your colleague is on"),
        queryset=None,
        empty_label=gettext_lazy("Select a session"),
    )
    email = forms.EmailField(
        label=gettext_lazy("Your colleague's e-mail address"),
        hint=gettext_lazy("They read your name and which place you would like to swap."),
        missing=gettext_lazy("Enter your colleague's e-mail address"),
    )

    def __init__(self, *args: Any, sessions: QuerySet[Session], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["session"].queryset = sessions  # type: ignore[attr-defined]
        self.fields["email"].widget.attrs["autocomplete"] = "off"


class SwapAnswerForm(forms.NHSForm):
    mark_optional = False

    answer = forms.ChoiceField(
        label=gettext_lazy("Do you want to swap?"),
        label_size="m",
        missing=gettext_lazy("Select whether you want to swap"),
        choices=[
            ("AGREE", gettext_lazy("Yes, swap our places")),
            ("DECLINE", gettext_lazy("No, I keep my place")),
        ],
    )
