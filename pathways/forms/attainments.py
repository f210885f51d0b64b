"""The day as of which something is read, and ending a level."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from common import forms


class AsOfForm(forms.NHSForm):
    """Reads a page as of a day; without one, as of today."""

    mark_optional = False

    on = forms.DateField(
        label=_("As of"), hint=_("For example, 7 3 2026. Leave it empty for today."), required=False
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        day: Any = self.fields["on"]
        day.latest = today
        self._today = today

    @property
    def day(self) -> date:
        """The day that was asked for; today where none was, or none that there is."""
        asked: date | None = self.cleaned_data.get("on") if self.is_valid() else None
        return asked or self._today


class CloseForm(forms.NHSForm):
    last_day = forms.DateField(
        label=_("Last day on which it counts"), hint=_("For example, 7 3 2026")
    )
    reason = forms.TextField(
        label=_("Reason"),
        hint=_("The person can read it."),
        missing=_("Enter why the level no longer counts"),
    )

    def __init__(self, *args: Any, attained_on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        day: Any = self.fields["last_day"]
        day.earliest = attained_on
