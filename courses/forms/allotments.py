"""How many seats of a session are kept for an organisation, and until when."""

from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from accounts.models import Organisation
from common import forms


class SeatsForm(forms.NHSForm):
    organisation = forms.ModelChoiceField(
        label=gettext_lazy("Organisation"),
        missing=gettext_lazy("Select an organisation"),
        hint=gettext_lazy("Those whose people may be on this session."),
        label_size="s",
        queryset=None,
        empty_label=gettext_lazy("Select an organisation"),
    )
    seats = forms.IntegerField(
        label=gettext_lazy("Seats to keep"),
        missing=gettext_lazy("Enter how many seats to keep"),
        hint=gettext_lazy("0 to keep none any more."),
        label_size="s",
        max_value=2_000,
        width=4,
    )
    releases_on = forms.DateField(
        label=gettext_lazy("Day on which unused seats are open to everybody"),
        missing=gettext_lazy("Enter the day on which unused seats are open to everybody"),
        hint=gettext_lazy("For example, 7 1 2027"),
        label_size="s",
    )

    def __init__(
        self,
        *args: Any,
        organisations: QuerySet[Organisation],
        first: date,
        last: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["organisation"].queryset = organisations
        fields["releases_on"].earliest, fields["releases_on"].latest = first, last
        fields["releases_on"].initial = max(first, last - timedelta(days=14))
