"""What a programme of one's own builds on, and what completing it brings."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from common import forms
from courses.forms.programmes_named import ProgrammeNamedField
from courses.models import Award, AwardQuerySet, ProgrammeQuerySet
from courses.services.brings import AwardBrought, LevelBrought
from courses.services.prerequisites import CompletedFirst, LevelFirst
from pathways.models import Competency


class _CompetencyField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Competency) -> str:
        return f"{obj.version.framework.title}: {obj.title}"


class CompletedFirstForm(forms.NHSForm):
    prefix = "first"
    mark_optional = False

    programme = ProgrammeNamedField(
        label=gettext_lazy("Programme to complete first"),
        hint=gettext_lazy("Enter words of its title, or its code."),
        missing=gettext_lazy("Enter a programme"),
    )

    def __init__(self, *args: Any, programmes: ProgrammeQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["programme"].rows = programmes  # type: ignore[attr-defined]

    def wanted(self) -> CompletedFirst:
        return CompletedFirst(self.cleaned_data["programme"])


class LevelForm(forms.NHSForm):
    """A competency and a level of it."""

    mark_optional = False

    competency = _CompetencyField(
        label=gettext_lazy("Competency"),
        missing=gettext_lazy("Select a competency"),
        queryset=None,
        empty_label=gettext_lazy("Select a competency"),
    )
    rank = forms.IntegerField(
        label=gettext_lazy("Level"),
        hint=gettext_lazy("1 is the lowest level of the scale"),
        width=2,
        min_value=1,
        max_value=7,
    )

    def __init__(self, *args: Any, competencies: QuerySet[Competency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["competency"].queryset = competencies  # type: ignore[attr-defined]


class LevelFirstForm(LevelForm):
    prefix = "level"

    def wanted(self) -> LevelFirst:
        return LevelFirst(self.cleaned_data["competency"], self.cleaned_data["rank"])


class LevelBroughtForm(LevelForm):
    prefix = "brings"

    def wanted(self) -> LevelBrought:
        return LevelBrought(self.cleaned_data["competency"], self.cleaned_data["rank"])


class _AwardField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Award) -> str:
        return f"{obj.title}, {obj.body.name}" if obj.body else obj.title


class AwardForm(forms.NHSForm):
    prefix = "award"
    mark_optional = False

    award = _AwardField(
        label=gettext_lazy("Award"),
        missing=gettext_lazy("Select an award"),
        queryset=None,
        empty_label=gettext_lazy("Select an award"),
    )
    is_optional = forms.BooleanField(
        label=gettext_lazy("Only for those who choose it"), required=False
    )

    def __init__(self, *args: Any, awards: AwardQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["award"].queryset = awards  # type: ignore[attr-defined]

    def wanted(self) -> AwardBrought:
        return AwardBrought(self.cleaned_data["award"], self.cleaned_data["is_optional"])
