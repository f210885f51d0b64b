"""The questions. All are optional, and each can be declined."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.equality.cipher import Answer, Answers
from accounts.models import Attribute, CodeKind, MonitoringCode
from common import forms

Codes = dict[Attribute, list[MonitoringCode]]


class AnswersForm(forms.NHSForm):
    """One group of radio buttons for each attribute; what is not touched is not answered."""

    mark_optional = False

    def __init__(self, *args: Any, codes: Codes, answers: Answers, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._codes = {str(code.pk): code for found in codes.values() for code in found}
        for attribute, found in codes.items():
            self.fields[attribute.value] = forms.ChoiceField(
                label=_QUESTIONS[attribute](),
                required=False,
                label_size="m",
                choices=[(str(code.pk), _label(code)) for code in found],
                initial=_chosen(answers.get(attribute), found),
            )

    def answers(self) -> Answers:
        chosen = {
            Attribute(name): self._codes[key] for name, key in self.cleaned_data.items() if key
        }
        return {name: Answer(code.system, code.code) for name, code in chosen.items()}


_QUESTIONS = {
    Attribute.ETHNIC_CATEGORY: lambda: _("What is your ethnic group?"),
    Attribute.DISABILITY: lambda: _("Do you have a disability or a long-term health condition?"),
    Attribute.GENDER_IDENTITY: lambda: _("How do you describe your gender?"),
    Attribute.SEXUAL_ORIENTATION: lambda: _("How do you describe your sexual orientation?"),
    Attribute.BIRTH_DECADE: lambda: _("When were you born?"),
}


def _label(code: MonitoringCode) -> str:
    return _("Prefer not to say") if code.kind == CodeKind.NOT_STATED else code.label


def _chosen(answer: Answer | None, codes: list[MonitoringCode]) -> str:
    if answer is None:
        return ""
    return next(
        (str(c.pk) for c in codes if (c.system, c.code) == (answer.system, answer.code)), ""
    )
