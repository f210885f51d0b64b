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


def _level_field(question: Question) -> forms.ChoiceField:
    levels = [(_value(level.rank), level) for level in question.levels]
    choices = [(value, level.label) for value, level in levels]
    if NO_CHANCE not in dict(choices):
        choices.append((NO_CHANCE, str(_("No chance to demonstrate"))))
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
