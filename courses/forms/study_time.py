"""Saying what becomes of protected time: which hours, how many of them, and when."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import forms
from common.dates import long_date, spoken_minutes
from courses.models import BACKFILL_WORKFLOW, TIME_TAKEN_BACK, Account, MoveReason
from courses.selectors.study_time import Pocket
from courses.services.study_time import Why


def _key(pocket: Pocket) -> str:
    return f"{pocket.account}:{pocket.on.isoformat() if pocket.on else ''}"


def _words(pocket: Pocket) -> str:
    time, day = spoken_minutes(pocket.minutes), long_date(pocket.on) if pocket.on else ""
    words = {"time": time, "day": day}
    if pocket.account == Account.OWED:
        return _("%(time)s owed since %(day)s") % words
    if not pocket.on:
        return _("%(time)s not planned for a day yet") % words
    if pocket.account == Account.DELIVERED:
        return _("%(time)s had on %(day)s") % words
    return _("%(time)s planned for %(day)s") % words


class PocketForm(forms.NHSForm):
    """Which hours, and how many of them: all, where nothing is said."""

    mark_optional = False

    which = forms.ChoiceField(
        label=gettext_lazy("Which hours?"),
        label_size="s",
        missing=gettext_lazy("Select which hours"),
    )
    hours = forms.DecimalField(
        label=gettext_lazy("How many hours?"),
        hint=gettext_lazy("For example 1.5. Leave empty for all of them."),
        label_size="s",
        missing=gettext_lazy("Enter how many hours"),
        width=5,
        required=False,
        max_value=2_000,
    )

    def __init__(self, *args: Any, pockets: Sequence[Pocket], today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self._pockets = {_key(pocket): pocket for pocket in pockets}
        which: Any = self.fields["which"]
        which.choices = [(key, _words(pocket)) for key, pocket in self._pockets.items()]
        which.initial = next(iter(self._pockets), None)
        self.today = today

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        pocket, hours = self._pockets.get(given.get("which", "")), given.get("hours")
        if pocket is None or hours is None:
            return given
        if not 1 <= _minutes(hours) <= pocket.minutes:
            most = {"most": spoken_minutes(pocket.minutes)}
            self.add_error("hours", _("Enter more than nothing, and %(most)s or less") % most)
        return given

    def pocket(self) -> Pocket:
        """What was chosen, with as many of its minutes as were asked for."""
        chosen = self._pockets[self.cleaned_data["which"]]
        hours = self.cleaned_data["hours"]
        return chosen if hours is None else Pocket(chosen.account, chosen.on, _minutes(hours))

    def refuse(self, sentence: str, *, code: str) -> None:
        """Show what the service refused beside the field that it is about."""
        about = {"day_of_the_session", "day_in_the_past", "day_to_come", "same_day"}
        names = ("day", "had_on") if code in about else ("hours",)
        field = next((name for name in names if name in self.fields), "which")
        self.add_error(field, sentence)


def _minutes(hours: Decimal) -> int:
    return round(60 * hours)


class NewDayForm(PocketForm):
    """Which hours, and the day they are planned for from now on."""

    day = forms.DateField(
        label=gettext_lazy("Which day?"),
        hint=gettext_lazy("For example, 27 3 2027"),
        label_size="s",
        missing=gettext_lazy("Enter the day"),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        day: Any = self.fields["day"]
        day.earliest = self.today


class ConfirmForm(PocketForm):
    """Which hours were had, and on which day."""

    had_on = forms.DateField(
        label=gettext_lazy("When did you have them?"),
        hint=gettext_lazy("Leave empty for the day they were planned for."),
        label_size="s",
        missing=gettext_lazy("Enter the day on which you had them"),
        required=False,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        had_on: Any = self.fields["had_on"]
        had_on.latest = self.today

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        pocket = self._pockets.get(given.get("which", ""))
        if pocket is None or given.get("had_on") or "had_on" in self.errors:
            return given
        if pocket.account == Account.OWED or pocket.on is None:
            self.add_error("had_on", _("Enter the day on which you had them"))
        return given

    def had(self) -> date:
        chosen = self._pockets[self.cleaned_data["which"]]
        return self.cleaned_data["had_on"] or chosen.on or self.today


class TakeBackForm(PocketForm):
    """Which hours, the reason from the list, and an explanation for the person."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why does the service need them?"),
        label_size="s",
        missing=gettext_lazy("Select why the service needs them"),
        choices=[(code, MoveReason(code).label) for code in TIME_TAKEN_BACK],
    )
    text = forms.TextField(
        label=gettext_lazy("Explain it"),
        hint=gettext_lazy("The person reads this, and so does your line manager."),
        label_size="s",
        missing=gettext_lazy("Enter an explanation"),
        max_length=1_000,
        rows=4,
    )

    def why(self) -> Why:
        return Why(self.cleaned_data["reason"], self.cleaned_data["text"])


_STEPS = {
    "arrange": gettext_lazy("Cover is arranged"),
    "not_found": gettext_lazy("No cover was found"),
    "not_needed": gettext_lazy("No cover is needed any more"),
    "work": gettext_lazy("Cover was worked"),
}


class SettleCoverForm(PocketForm):
    """The day whose cover it is about, and what became of it."""

    step = forms.ChoiceField(
        label=gettext_lazy("What became of the cover?"),
        label_size="s",
        missing=gettext_lazy("Select what became of the cover"),
        choices=[(name, _STEPS[name]) for name in BACKFILL_WORKFLOW.names],
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        which: Any = self.fields["which"]
        which.label = gettext_lazy("Cover for which hours?")
        # Cover stands or falls as a whole.
        del self.fields["hours"]

    def day(self) -> date | None:
        return self._pockets[self.cleaned_data["which"]].on
