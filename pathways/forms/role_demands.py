"""The forms of what a role asks for: levels, and conditions in groups."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import StaffGroup
from common import forms
from pathways.models import Background, ConditionKind, Operator, RequirementGroup, RoleCondition
from pathways.selectors.role_writing import AskedOf
from pathways.services.role_conditions import ConditionParticulars, GroupParticulars
from pathways.services.role_requirements import Asked


class AskForm(forms.NHSForm):
    """The levels that a role asks for in one domain: a level and whether it is essential."""

    mark_optional = False

    def __init__(self, *args: Any, rows: Iterable[AskedOf], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = list(rows)
        for row in self.rows:
            key = row.competency.pk
            asked = row.requirement
            self.fields[f"level_{key}"] = forms.ChoiceField(
                label=row.competency.title,
                hint=_family_words(row),
                choices=[("", _("Not asked for"))]
                + [(str(level.rank), level.label) for level in row.levels],
                widget=forms.Select,
                required=False,
                initial=str(asked.rank) if asked else "",
                label_size="s",
            )
            self.fields[f"essential_{key}"] = forms.BooleanField(
                label=_("Essential from the first day"),
                required=False,
                initial=bool(asked and asked.is_essential),
            )

    def levels(self) -> dict[int, Asked | None]:
        found: dict[int, Asked | None] = {}
        for row in self.rows:
            key = row.competency.pk
            rank = self.cleaned_data[f"level_{key}"]
            is_essential = self.cleaned_data[f"essential_{key}"]
            found[key] = Asked(int(rank), is_essential) if rank else None
        return found


def _family_words(row: AskedOf) -> str:
    source = row.from_family
    if source is None:
        return row.competency.summary
    asked = {"level": row.label_of(source.rank)}
    if source.is_essential:
        return _("The family asks for “%(level)s”, essential from the first day.") % asked
    return _("The family asks for “%(level)s”.") % asked


class GroupForm(forms.NHSForm):
    operator = forms.ChoiceField(
        label=gettext_lazy("What has to be met?"),
        choices=Operator.choices,
        missing=gettext_lazy("Select what has to be met"),
        label_size="s",
    )
    background = forms.ChoiceField(
        label=gettext_lazy("Of whom is it asked?"),
        choices=Background.choices,
        missing=gettext_lazy("Select of whom it is asked"),
        label_size="s",
    )
    is_essential = forms.BooleanField(
        label=gettext_lazy("Essential: nobody starts without it"), required=False
    )

    def __init__(self, *args: Any, group: RequirementGroup | None = None, **kwargs: Any) -> None:
        initial = {"background": Background.ANY, "is_essential": True}
        if group:
            initial = {name: getattr(group, name) for name in (*initial, "operator")}
        super().__init__(*args, initial=initial, **kwargs)

    def particulars(self) -> GroupParticulars:
        return GroupParticulars(**self.cleaned_data)


# Only a qualification has a level of its framework, and only experience is counted in months.
_NOT_ASKED_OF: dict[str, tuple[str, ...]] = {
    ConditionKind.QUALIFICATION: ("months", "staff_group"),
    ConditionKind.EXPERIENCE: ("level", "awarding_body"),
    ConditionKind.REGISTRATION: ("level", "months", "staff_group"),
}


class ConditionForm(forms.NHSForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=ConditionKind.choices,
        missing=gettext_lazy("Select a kind"),
        label_size="s",
    )
    title = forms.CharField(
        label=gettext_lazy("What is asked for"),
        hint=gettext_lazy("For example, a degree in any subject"),
        max_length=200,
        missing=gettext_lazy("Enter what is asked for"),
    )
    awarding_body = forms.CharField(
        label=gettext_lazy("Awarding body or register"),
        hint=gettext_lazy("Only if no other will do. For example, ILM"),
        max_length=120,
        required=False,
    )
    level = forms.IntegerField(
        label=gettext_lazy("Lowest level"),
        hint=gettext_lazy(
            "For a qualification: from 1 to 8. A first degree is 6. Any subject of this level or"
            " above meets it."
        ),
        min_value=1,
        max_value=8,
        width=2,
        required=False,
    )
    months = forms.IntegerField(
        label=gettext_lazy("Months of experience"),
        hint=gettext_lazy("For experience only"),
        min_value=1,
        max_value=480,
        width=3,
        required=False,
    )
    staff_group = forms.ChoiceField(
        label=gettext_lazy("In which staff group"),
        choices=[("", gettext_lazy("Any staff group")), *StaffGroup.choices],
        widget=forms.Select,
        required=False,
    )
    in_management = forms.BooleanField(
        label=gettext_lazy("Only in posts with management responsibility"), required=False
    )

    def __init__(self, *args: Any, condition: RoleCondition | None = None, **kwargs: Any) -> None:
        names = tuple(self.base_fields)
        initial = {name: getattr(condition, name) for name in names} if condition else {}
        super().__init__(*args, initial=initial, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        is_experience = cleaned.get("kind") == ConditionKind.EXPERIENCE
        if is_experience and not cleaned.get("months") and "months" not in self.errors:
            self.add_error("months", _("Enter how many months of experience are asked for"))
        for name in _NOT_ASKED_OF.get(cleaned.get("kind", ""), ()):
            if cleaned.get(name):
                self.add_error(name, self._does_not_go_with(name))
        if cleaned.get("in_management") and not is_experience:
            self.add_error("in_management", _("Only experience can be asked for in such posts"))
        return cleaned

    def _does_not_go_with(self, name: str) -> str:
        words = {"field": self.fields[name].label}
        return _("%(field)s does not go with this kind. Leave it empty.") % words

    def particulars(self) -> ConditionParticulars:
        return ConditionParticulars(**self.cleaned_data)
