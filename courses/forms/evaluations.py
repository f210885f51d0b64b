"""What somebody thinks of a session: a few questions, each of which may be left out."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from common import forms
from courses.models import EvaluationKind, EvaluationQuestion

LONGEST_ANSWER = 500


class EvaluationAnswerForm(forms.NHSForm):
    mark_optional = False

    def __init__(self, *args: Any, questions: Iterable[EvaluationQuestion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in questions:
            self.fields[question.key] = _field(question)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not self.errors and not any(given.values()):
            self.add_error(None, _("Answer at least one question"))
        return given

    @property
    def answers(self) -> dict[str, str]:
        return {key: answer for key, answer in self.cleaned_data.items() if answer}


def _field(question: EvaluationQuestion) -> Any:
    told: dict[str, Any] = {
        "label": question.words,
        "label_size": "m",
        "required": False,
        "missing": _("Answer the question"),
    }
    if question.kind == EvaluationKind.TEXT:
        told["hint"] = _("Do not name anybody, and nothing that only you would know.")
        return forms.TextField(max_length=LONGEST_ANSWER, rows=3, **told)
    if question.kind == EvaluationKind.SCALE:
        ends = {"1": _("1, not at all"), "5": _("5, very much")}
        choices = [(str(number), ends.get(str(number), str(number))) for number in range(1, 6)]
        return forms.ChoiceField(choices=choices, **told)
    return forms.ChoiceField(choices=[(one, one) for one in question.choices], **told)
