"""When people can ask for a place, and how many have to: of a session to open or one that is."""

from django.utils.translation import gettext_lazy

from common import forms
from courses.forms.times import MomentsForm, TimeField


class AskingForm(MomentsForm):
    """The fields are in the order of whoever builds on it."""

    opens_on = forms.DateField(
        label=gettext_lazy("First day to ask for a place"),
        hint=gettext_lazy("Leave this empty if people can ask at once."),
        required=False,
    )
    opens_time = TimeField(
        label=gettext_lazy("Time from which people can ask on the first day"),
        hint=gettext_lazy("Leave this empty for the beginning of the day."),
        required=False,
    )
    closes_on = forms.DateField(
        label=gettext_lazy("Last day to ask for a place"),
        missing=gettext_lazy("Enter the last day to ask for a place"),
    )
    closes_time = TimeField(
        label=gettext_lazy("Time until which people can ask on the last day"),
        hint=gettext_lazy(
            "Leave this empty for the end of that day. Nobody can ask once the session starts."
        ),
        required=False,
    )
    minimum = forms.IntegerField(
        label=gettext_lazy("People it takes to run"),
        hint=gettext_lazy(
            "If there are fewer when enrolment closes, you are asked whether it runs."
        ),
        required=False,
        min_value=1,
        max_value=2_000,
        width=4,
    )
