"""Who has completed a session, in whole or in part, and what it takes."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import forms
from courses.selectors.completion import Standing
from courses.services.completion import Needed
from pathways.models import Competency

WHOLE, PART = "WHOLE", "PART"


class CompletionForm(forms.NHSForm):
    """Who of those that meet what it takes has completed; everybody is ticked to begin with."""

    prefix = "completed"
    mark_optional = False

    people = forms.MultipleChoiceField(
        label=gettext_lazy("Who has completed the course?"),
        label_size="m",
        missing=gettext_lazy("Select who has completed the course"),
        hint=gettext_lazy("Everybody who meets what it takes is ticked. Untick who does not."),
    )

    def __init__(self, *args: Any, standings: Iterable[Standing], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["people"]
        people.choices = [
            (str(one.enrolment.pk), one.enrolment.person.full_name) for one in standings
        ]
        people.initial = [key for key, _name in people.choices]

    def ticked(self) -> set[int]:
        """The ids of the enrolments that were ticked."""
        return {int(key) for key in self.cleaned_data["people"]}


class OneCompletionForm(forms.NHSForm):
    """What one person has reached: all of it, or some of what the course brings."""

    how = forms.ChoiceField(
        label=gettext_lazy("What has the person reached?"),
        missing=gettext_lazy("Select what the person has reached"),
    )
    competencies = forms.MultipleChoiceField(
        label=gettext_lazy("What was reached in part"),
        hint=gettext_lazy("It counts from today. The rest counts when they complete."),
        required=False,
    )
    reason = forms.CharField(
        label=gettext_lazy("Why it counts as completed all the same"),
        hint=gettext_lazy("The person can read it."),
        required=False,
        max_length=300,
    )

    def __init__(
        self,
        *args: Any,
        standing: Standing,
        outcomes: Mapping[Competency, int],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.standing = standing
        fields: dict[str, Any] = self.fields
        choices = [(WHOLE, _("Everything: the course is completed"))]
        if outcomes and standing.enrolment.state == "ATTENDED":
            choices.append((PART, _("A part of it")))
        fields["how"].choices = choices
        fields["competencies"].choices = [
            (str(competency.pk), _("%(title)s to level %(rank)d") % told)
            for competency, rank in outcomes.items()
            if (told := {"title": competency.title, "rank": rank})
        ]
        if len(choices) == 1:
            del fields["competencies"]
        if standing.meets_rule:
            del fields["reason"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        how = given.get("how")
        if how == PART and not given.get("competencies"):
            self.add_error("competencies", _("Select what was reached"))
        if how == WHOLE and not self.standing.meets_rule and not given.get("reason"):
            self.add_error("reason", _("Enter why it counts as completed all the same"))
        return given

    @property
    def reached(self) -> set[int]:
        return {int(key) for key in self.cleaned_data["competencies"]}


class CompletionRuleForm(forms.NHSForm):
    least_share = forms.IntegerField(
        label=gettext_lazy("Least attendance, in per cent of the meetings"),
        hint=gettext_lazy(
            "100 for every meeting, 0 for one at least. Meetings that somebody was excused from "
            "do not count."
        ),
        missing=gettext_lazy("Enter the least attendance in per cent"),
        max_value=100,
        width=3,
    )
    needs_evaluation = forms.BooleanField(
        label=gettext_lazy("Whoever is asked how it was has to answer"),
        hint=gettext_lazy("What they answer stays without their name."),
        required=False,
    )
    needs_result = forms.BooleanField(
        label=gettext_lazy("There has to be a result that is not failed"),
        hint=gettext_lazy("Results are brought in from the page of each session."),
        required=False,
    )
    least_result = forms.IntegerField(
        label=gettext_lazy("Least result, in per cent"),
        hint=gettext_lazy("Leave it empty where only passed or not passed is told."),
        missing=gettext_lazy("Enter the least result in per cent"),
        required=False,
        max_value=100,
        width=3,
    )
    starts_on = forms.DateField(
        label=gettext_lazy("For sessions that end from this day on"),
        missing=gettext_lazy("Enter the day from which it holds"),
        hint=gettext_lazy("For example, 7 3 2027"),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        starts_on: Any = self.fields["starts_on"]
        starts_on.earliest = today

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("least_result") is not None and not given.get("needs_result"):
            self.add_error("needs_result", _("Select this as well, or leave the least result out"))
        return given

    @property
    def result(self) -> Needed:
        return Needed(self.cleaned_data["needs_result"], self.cleaned_data["least_result"])
