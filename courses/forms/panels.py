"""Naming a panel; declaring an interest, scoring and voting as a member of it."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import forms
from courses.models import IntakeCriterion, PanelRole, Points
from courses.services.selection_assessing import Given


class PanelMemberForm(forms.NHSForm):
    mark_optional = False

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        hint=gettext_lazy("Of somebody who works for whoever runs the course."),
        missing=gettext_lazy("Enter the e-mail address"),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role on the panel"),
        missing=gettext_lazy("Select the role on the panel"),
        hint=gettext_lazy("The chair writes down what the panel decides."),
        choices=PanelRole.choices,
    )


class PanelInterestForm(forms.NHSForm):
    mark_optional = False

    what = forms.TextField(
        label=gettext_lazy("What ties you to the applicant?"),
        label_size="m",
        hint=gettext_lazy("For example, you have worked together, or are related."),
        missing=gettext_lazy("Enter what ties you to the applicant"),
        max_words=100,
        rows=4,
    )


class ScoresForm(forms.NHSForm):
    """Points and a reason for each criterion; all of them at once."""

    mark_optional = False

    def __init__(self, *args: Any, criteria: Iterable[IntakeCriterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._numbers = [criterion.pk for criterion in criteria]
        for criterion in criteria:
            self.fields[f"points_{criterion.pk}"] = forms.ChoiceField(
                label=criterion.words,
                label_size="m",
                missing=_("Select the points for “%(criterion)s”") % {"criterion": criterion.words},
                choices=Points.choices,
            )
            self.fields[f"reason_{criterion.pk}"] = forms.TextField(
                label=_("Reason for these points"),
                missing=_("Enter the reason for “%(criterion)s”") % {"criterion": criterion.words},
                max_words=150,
                rows=3,
            )

    @property
    def given(self) -> dict[int, Given]:
        sent = self.cleaned_data
        return {
            number: Given(int(sent[f"points_{number}"]), sent[f"reason_{number}"])
            for number in self._numbers
        }


class VoteForm(forms.NHSForm):
    mark_optional = False

    vote = forms.ChoiceField(
        label=gettext_lazy("Do you want this application to go on?"),
        label_size="m",
        missing=gettext_lazy("Select whether you want this application to go on"),
        choices=[("FOR", gettext_lazy("Yes")), ("AGAINST", gettext_lazy("No"))],
    )
