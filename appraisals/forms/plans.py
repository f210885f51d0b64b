"""The form for an action of a development plan."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy

from accounts.models import Person
from appraisals.models import ActionKind, DevelopmentPlan
from appraisals.selectors.plans import competencies_asked_for
from appraisals.services.plan_actions import NewAction
from common import forms
from courses.models import Programme


class ActionForm(forms.NHSForm):
    """What the person will do, for which competency, and by when."""

    # Whether a course or words are needed depends on the kind, so neither is called optional.
    mark_optional = False

    kind = forms.ChoiceField(
        label=gettext_lazy("What kind of action is it?"),
        choices=ActionKind.choices,
        missing=gettext_lazy("Select what kind of action it is"),
    )
    programme = forms.ModelChoiceField(
        label=gettext_lazy("Course"),
        missing=gettext_lazy("Select the course"),
        hint=gettext_lazy("Only if the action is a course"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("No course"),
    )
    title = forms.CharField(
        label=gettext_lazy("What will you do?"),
        hint=gettext_lazy(
            "For example, shadow the duty manager for a week. A course needs no words."
        ),
        missing=gettext_lazy("Enter what you will do"),
        required=False,
    )
    competency = forms.ModelChoiceField(
        label=gettext_lazy("Which competency is it for? (optional)"),
        missing=gettext_lazy("Select which competency it is for"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("None in particular"),
    )
    due_on = forms.DateField(
        label=gettext_lazy("Day to finish by"),
        hint=gettext_lazy("For example, 31 3 2027"),
        missing=gettext_lazy("Enter the day to finish by"),
    )

    def __init__(
        self, *args: Any, plan: DevelopmentPlan, reader: Person, on: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        programmes = Programme.objects.visible_to(reader, on=on)
        fields["programme"].queryset = programmes.order_by("title", "pk")
        fields["competency"].queryset = competencies_asked_for(plan)
        fields["due_on"].earliest = on

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind = cleaned.get("kind")
        if kind == ActionKind.COURSE:
            self._require("programme")
        elif kind:
            cleaned["programme"] = None
            self._require("title")
        return cleaned

    def _require(self, name: str) -> None:
        """Ask for what only this kind of action needs, unless something else is wrong with it."""
        if not self.cleaned_data.get(name) and not self.has_error(name):
            sentence = self.fields[name].error_messages["required"]
            self.add_error(name, forms.ValidationError(sentence, code="required"))

    def action(self) -> NewAction:
        """The action that was described; to be called once the form is right."""
        cleaned = self.cleaned_data
        programme = cleaned["programme"]
        return NewAction(
            kind=ActionKind(cleaned["kind"]),
            title=cleaned["title"] or programme.title,
            due_on=cleaned["due_on"],
            competency=cleaned["competency"],
            programme=programme,
        )
