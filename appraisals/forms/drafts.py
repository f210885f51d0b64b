"""The form one side writes its part in, made from the questions and the role's requirements."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appraisals.models import AnswerKind, Draft, FormQuestion, Side
from appraisals.selectors.reading import Desk
from appraisals.selectors.sheet import CompetencyLine, Sheet
from common import forms

NO_CHANCE = "none"
ROWS_PER_ANSWER = 6


@dataclass(frozen=True, slots=True)
class Row:
    """A field as the page draws it; ``saved`` is what another window kept, where that differs."""

    field: Any
    saved: str | None


@dataclass(frozen=True, slots=True)
class FieldGroup:
    title: str
    rows: tuple[Row, ...]


class DraftForm(forms.NHSForm):
    """Nothing is required: a draft may be as unfinished as the thought behind it."""

    mark_optional = False

    version = forms.IntegerField(label=gettext_lazy("Version"), widget=forms.HiddenInput)

    def __init__(self, *args: Any, desk: Desk, **options: Any) -> None:
        self.desk = desk
        self.questions = desk.sheet.asked_of(desk.side)
        super().__init__(*args, initial=_typed(desk.draft, desk.sheet), **options)
        for question in self.questions:
            self.fields[_answer_name(question)] = _question_field(question)
        for line in desk.sheet.lines:
            self.fields[_level_name(line)] = _level_field(line, desk.sheet)

    def answers(self) -> dict[str, str]:
        given = {row.key: self.cleaned_data[_answer_name(row)] for row in self.questions}
        return {key: text for key, text in given.items() if text}

    def levels(self) -> dict[str, int | None]:
        given = {row.key: self.cleaned_data[_level_name(row)] for row in self.desk.sheet.lines}
        return {
            key: None if chosen == NO_CHANCE else int(chosen)
            for key, chosen in given.items()
            if chosen
        }

    def groups(self, *, saved: Draft | None = None) -> Iterator[FieldGroup]:
        """Yield the fields as the page draws them; with ``saved``, each beside what was kept."""
        kept = _typed(saved, self.desk.sheet) if saved else {}
        sections: dict[str, list[str]] = {}
        for question in self.questions:
            sections.setdefault(question.section, []).append(_answer_name(question))
        if self.desk.sheet.lines:
            names = [_level_name(line) for line in self.desk.sheet.lines]
            sections[self._levels_title()] = names
        for title, names in sections.items():
            yield FieldGroup(title, tuple(self._row(name, kept, saved) for name in names))

    def _row(self, name: str, kept: dict[str, Any], saved: Draft | None) -> Row:
        if saved is None:
            return Row(self[name], None)
        there = str(kept.get(name, ""))
        here = str(self[name].value() or "").replace("\r\n", "\n").strip()
        differs = there != here
        return Row(self[name], _in_words(self.fields[name], there) if differs else None)

    def _levels_title(self) -> str:
        if self.desk.side == Side.SUBJECT:
            return _("How you see yourself")
        return _("The levels you have seen")


def _answer_name(question: FormQuestion) -> str:
    return f"answer-{question.key}"


def _level_name(line: CompetencyLine) -> str:
    return f"level-{line.key}"


def _typed(draft: Draft, sheet: Sheet) -> dict[str, Any]:
    """A draft as the form's fields would have it typed."""
    typed: dict[str, Any] = {f"answer-{key}": text for key, text in draft.answers.items()}
    for key, rank in draft.levels.items():
        typed[f"level-{key}"] = NO_CHANCE if rank is None else str(rank)
    return {**typed, "version": draft.version}


def _in_words(field: Any, value: str) -> str:
    return str(dict(getattr(field, "choices", ())).get(value, value))


def _question_field(question: FormQuestion) -> forms.CharField | forms.ChoiceField:
    if question.kind == AnswerKind.CHOICE:
        return forms.ChoiceField(
            label=question.title,
            hint=question.hint,
            choices=[tuple(choice) for choice in question.choices],
            required=False,
            label_size="s",
        )
    return forms.TextField(
        label=question.title,
        hint=question.hint,
        max_words=question.max_words,
        rows=ROWS_PER_ANSWER,
        required=False,
        label_size="s",
    )


def _level_field(line: CompetencyLine, sheet: Sheet) -> forms.ChoiceField:
    levels = [(str(rank), label) for rank, label in sheet.labels.items() if rank is not None]
    return forms.ChoiceField(
        label=line.title,
        hint=_("The role asks for: %(level)s") % {"level": line.required_label},
        choices=[("", _("No view yet")), *levels, (NO_CHANCE, sheet.labels[None])],
        widget=forms.Select,
        required=False,
        label_size="s",
    )
