"""Answering the offer of a place, and moving to another session."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import forms
from common.dates import long_moment
from courses.models import Session


class SessionChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        words = {"when": long_moment(obj.starts_at), "place": obj.place}
        if obj.places_left > 0 and not obj.waiting:
            return _("%(when)s, %(place)s, places left") % words
        return _("%(when)s, %(place)s, full") % words


class MoveForm(forms.NHSForm):
    mark_optional = False

    session = SessionChoiceField(
        label=gettext_lazy("Which session do you want instead?"),
        label_size="m",
        missing=gettext_lazy("Select a session"),
        queryset=None,
        empty_label=gettext_lazy("Select a session"),
    )

    def __init__(self, *args: Any, sessions: QuerySet[Session], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["session"].queryset = sessions  # type: ignore[attr-defined]


class AnswerForm(forms.NHSForm):
    mark_optional = False

    answer = forms.ChoiceField(
        label=gettext_lazy("Do you want the place?"),
        label_size="m",
        missing=gettext_lazy("Select whether you want the place"),
        choices=[
            ("ACCEPT", gettext_lazy("Yes, I take it")),
            ("DECLINE", gettext_lazy("No, it can go to whoever waits next")),
        ],
    )
