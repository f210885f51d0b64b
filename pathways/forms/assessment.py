"""The self-assessment of one domain."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from common import forms
from pathways.selectors.assessment import Question

NO_CHANCE = "none"


class AssessmentForm(forms.NHSForm):
    """A level for each competency of a domain. Any of them may be left for another day."""

    mark_optional = False

    def __init__(self, *args: Any, questions: Iterable[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = {f"level_{one.competency.pk}": one for one in questions}
        for name, question in self.questions.items():
            self.fields[name] = _level_field(question)

    @property
    def ranks(self) -> dict[int, int | None]:
        """Competency's id -> the rank that was chosen; what was left blank is left out."""
        return {
            question.competency.pk: None if chosen == NO_CHANCE else int(chosen)
            for name, question in self.questions.items()
            if (chosen := self.cleaned_data[name])
        }


NOTE_WORDS = 250


class QuestionForm(forms.NHSForm):
    """One question on a page of its own: a level, and a note to keep with one's evidence."""

    note = forms.TextField(
        label=_("Note"),
        label_size="s",
        hint=_("What shows it. It is kept with your evidence, for you alone until you show it."),
        required=False,
        rows=3,
        max_words=NOTE_WORDS,
    )

    def __init__(self, *args: Any, question: Question, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        level = _level_field(question)
        level.required, level.label_is_heading, level.label_size = True, True, "l"
        level.error_messages["required"] = _("Select a level, or skip this question")
        self.fields = {"level": level, **self.fields}

    @property
    def rank(self) -> int | None:
        chosen = self.cleaned_data["level"]
        return None if chosen == NO_CHANCE else int(chosen)


def _level_field(question: Question) -> forms.ChoiceField:
    levels = [(_value(level.rank), level) for level in question.levels]
    choices = [(value, level.label) for value, level in levels]
    meanings = {value: question.meanings.get(level.pk, level.meaning) for value, level in levels}
    return forms.ChoiceField(
        label=question.competency.title,
        hint=question.competency.summary,
        label_size="m",
        required=False,
        choices=choices,
        hints=meanings,
        initial=_value(question.answer.rank) if question.answer else None,
    )


def _value(rank: int | None) -> str:
    return NO_CHANCE if rank is None else str(rank)
