"""The register of a meeting, one person a row, and why somebody was not there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import forms
from courses.models import MOST_MINUTES_LATE, AbsenceReason, Enrolment, Mark, MeetingMark
from courses.services.registers import Marked, words_of_mark

_AWAY = (Mark.ABSENT, Mark.EXCUSED)
_REASONS = [("", gettext_lazy("No reason given")), *AbsenceReason.choices]


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One person on the register with the fields about them."""

    enrolment: Enrolment
    mark: Any
    more: tuple[Any, ...]
    hidden: tuple[Any, ...]
    says_more: bool


class RegisterForm(forms.NHSForm):
    """Some of the people of one meeting. A row that says what it said before is left alone.

    ``seen`` is the version of a mark that the page showed, and ``was`` what it said, so that what
    nobody touched is not taken for an answer.
    """

    mark_optional = False

    def __init__(
        self,
        *args: Any,
        enrolments: Iterable[Enrolment],
        marks: Mapping[int, MeetingMark],
        only: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people = list(enrolments)
        self.only = only
        for enrolment in self.people:
            self._add(enrolment, marks.get(enrolment.pk))

    def rows(self) -> list[RegisterRow]:
        return [self._row(enrolment) for enrolment in self.people]

    def marked(self) -> dict[int, Marked]:
        """What was touched on the page: enrolment -> mark."""
        found = {}
        for key in self._asked():
            said = self._said(key)
            if said and self._look(said) != self.cleaned_data[f"was_{key}"]:
                found[key] = said
        return found

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        asked = self._asked()
        if self.only and not asked:
            sentence = _("Somebody you marked has no place on this session. Load the page again.")
            self.add_error(None, sentence)
        for key in asked:
            self._check(key, given)
        return given

    def show_others(self, current: Mapping[int, MeetingMark]) -> None:
        """Say beside each row what somebody else marked, and let the next save be knowing."""
        typed: Any = self.data
        data = typed.copy()
        for key, row in current.items():
            self.add_error(f"mark_{key}", words_of_mark(row))
            data[self.add_prefix(f"seen_{key}")] = str(row.version)
        self.data = data

    def _asked(self) -> list[int]:
        return [row.pk for row in self.people if self.only in ("", str(row.pk))]

    def _add(self, enrolment: Enrolment, row: MeetingMark | None) -> None:
        key, name = enrolment.pk, enrolment.person.full_name
        fields: dict[str, Any] = self.fields
        fields[f"mark_{key}"] = forms.ChoiceField(
            label=name,
            label_size="s",
            required=False,
            choices=Mark.choices,
            widget=forms.Radios(inline=True),
            initial=row.mark if row else "",
            missing=_("Select how %(person)s was there") % {"person": name},
        )
        fields[f"minutes_{key}"] = forms.IntegerField(
            label=_("Minutes late"),
            required=False,
            min_value=1,
            max_value=MOST_MINUTES_LATE,
            width=3,
            initial=row.minutes_late if row else None,
        )
        fields[f"reason_{key}"] = forms.ChoiceField(
            label=_("Reason for being away"),
            required=False,
            choices=_REASONS,
            widget=forms.Select,
            initial=row.reason if row else "",
        )
        fields[f"text_{key}"] = forms.CharField(
            label=_("More about the reason"),
            required=False,
            max_length=300,
            initial=row.reason_text if row else "",
        )
        was = self._look(_marked_as(row)) if row else ""
        self._hide(f"seen_{key}", str(row.version if row else 0))
        self._hide(f"was_{key}", was)

    def _hide(self, name: str, value: str) -> None:
        self.fields[name] = forms.CharField(
            label=name, required=False, widget=forms.HiddenInput, initial=value, max_length=500
        )

    def _row(self, enrolment: Enrolment) -> RegisterRow:
        key = enrolment.pk
        more = tuple(self[f"{name}_{key}"] for name in ("minutes", "reason", "text"))
        return RegisterRow(
            enrolment=enrolment,
            mark=self[f"mark_{key}"],
            more=more,
            hidden=(self[f"seen_{key}"], self[f"was_{key}"]),
            says_more=any(field.errors or field.value() for field in more),
        )

    def _said(self, key: int) -> Marked | None:
        given = self.cleaned_data
        if not given.get(f"mark_{key}"):
            return None
        mark, seen = given[f"mark_{key}"], given[f"seen_{key}"]
        is_away = mark in _AWAY
        return Marked(
            mark=mark,
            minutes_late=given[f"minutes_{key}"] if mark == Mark.LATE else None,
            reason=given[f"reason_{key}"] if is_away else "",
            reason_text=given[f"text_{key}"] if is_away else "",
            seen=int(seen) if seen.isdecimal() and len(seen) < 10 else 0,
        )

    @staticmethod
    def _look(said: Marked) -> str:
        parts = (said.mark, said.minutes_late or "", said.reason, said.reason_text)
        return "|".join(map(str, parts))

    def _check(self, key: int, given: Mapping[str, Any]) -> None:
        """The details fit the mark: minutes with late, a reason with being away."""
        mark, was = given.get(f"mark_{key}"), given.get(f"was_{key}")
        minutes, reason = given.get(f"minutes_{key}"), given.get(f"reason_{key}")
        if was and not mark:
            asked: Any = self.fields[f"mark_{key}"]
            self.add_error(f"mark_{key}", asked.missing)
        if mark == Mark.LATE and not minutes and not self.errors.get(f"minutes_{key}"):
            self.add_error(f"minutes_{key}", _("Enter how many minutes late"))
        if mark != Mark.LATE and minutes and self._is_typed(f"minutes_{key}"):
            self.add_error(f"minutes_{key}", _("Empty the minutes, or select Late"))
        if mark not in _AWAY and reason and self._is_typed(f"reason_{key}"):
            sentence = _("Select No reason given, or Absent or Excused")
            self.add_error(f"reason_{key}", sentence)
        if mark in _AWAY and given.get(f"text_{key}") and not reason:
            self.add_error(f"reason_{key}", _("Select a reason"))

    def _is_typed(self, name: str) -> bool:
        """Whether it was put in on this page: what was kept goes with the mark it was for."""
        return bool(self.cleaned_data[name] != self.fields[name].initial)


def _marked_as(row: MeetingMark) -> Marked:
    return Marked(row.mark, row.minutes_late, row.reason, row.reason_text)


class AbsenceForm(forms.NHSForm):
    reason = forms.ChoiceField(
        label=gettext_lazy("Why were you not there?"),
        missing=gettext_lazy("Select why you were not there"),
        choices=AbsenceReason.choices,
    )
    text = forms.CharField(
        label=gettext_lazy("Anything to add"),
        hint=gettext_lazy("Do not write about your health in detail."),
        required=False,
        max_length=300,
    )
