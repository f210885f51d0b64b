"""Planning an intake, and deciding about applications."""

from datetime import date, datetime, time
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import forms
from common.dates import LONDON, london_date, london_midnight
from courses.forms.times import TimeField, london_moment
from courses.models import APPLICATION_WORKFLOW, Application, Intake
from courses.services.selection_intakes import IntakePlan

MOST_QUESTIONS = 5
MOST_CRITERIA = 4
_DECIDING = ("shortlist", "not_shortlist", "offer", "reserve", "not_choose")


def _question(number: int) -> forms.CharField:
    return forms.CharField(
        # Filled in when it is read: "%" would translate it once, when the module is loaded.
        label=format_lazy(gettext_lazy("Question {number}"), number=number),
        missing=gettext_lazy("Enter the question"),
        required=number == 1,
        max_length=200,
    )


def _criterion(number: int) -> forms.CharField:
    return forms.CharField(
        label=format_lazy(gettext_lazy("Criterion {number} of the panel"), number=number),
        missing=gettext_lazy("Enter the criterion"),
        required=False,
        max_length=200,
    )


def _weight(number: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=format_lazy(gettext_lazy("How much criterion {number} counts"), number=number),
        hint=gettext_lazy("From 1 to 5. It is 1 if you enter nothing."),
        required=False,
        min_value=1,
        max_value=5,
        width=2,
    )


class IntakeForm(forms.NHSForm):
    """When people can apply for the places of a session, and what they are asked."""

    guidance = forms.TextField(
        label=gettext_lazy("What it is about and who should apply"),
        missing=gettext_lazy("Enter what it is about and who should apply"),
        max_words=500,
        rows=6,
    )
    places = forms.IntegerField(
        label=gettext_lazy("Places to offer"),
        missing=gettext_lazy("Enter the places to offer"),
        min_value=1,
        max_value=2_000,
        width=4,
    )
    opens_on = forms.DateField(
        label=gettext_lazy("First day to apply"),
        missing=gettext_lazy("Enter the first day to apply"),
        hint=gettext_lazy("For example, 7 3 2027"),
    )
    closes_on = forms.DateField(
        label=gettext_lazy("Last day to apply"),
        missing=gettext_lazy("Enter the last day to apply"),
    )
    closes_time = TimeField(
        label=gettext_lazy("Time at which applications close on the last day"),
        missing=gettext_lazy("Enter the time at which applications close"),
        hint=gettext_lazy("For example, 10am. Nothing can be sent from that moment on."),
    )
    decided_on = forms.DateField(
        label=gettext_lazy("Day by which people are told"),
        missing=gettext_lazy("Enter the day by which people are told"),
    )
    offer_days = forms.IntegerField(
        label=gettext_lazy("Days to accept an offer"),
        missing=gettext_lazy("Enter the days to accept an offer"),
        hint=gettext_lazy("After that the place goes to the next on the reserve list."),
        min_value=1,
        max_value=31,
        width=2,
    )
    question_1 = _question(1)
    question_2 = _question(2)
    question_3 = _question(3)
    question_4 = _question(4)
    question_5 = _question(5)
    most_words = forms.IntegerField(
        label=gettext_lazy("Most words of each answer"),
        missing=gettext_lazy("Enter the most words of each answer"),
        min_value=20,
        max_value=2_000,
        width=4,
    )
    asks_sponsor = forms.BooleanField(
        label=gettext_lazy("Applicants can name a sponsor who writes about them"),
        required=False,
    )
    quorum = forms.IntegerField(
        label=gettext_lazy("Least members of the panel"),
        hint=gettext_lazy(
            "How many members of a panel have to score and vote before anything is decided."
            " Leave it empty if no panel chooses, and the leads of the course do."
        ),
        required=False,
        min_value=2,
        max_value=12,
        width=2,
    )
    criterion_1 = _criterion(1)
    weight_1 = _weight(1)
    criterion_2 = _criterion(2)
    weight_2 = _weight(2)
    criterion_3 = _criterion(3)
    weight_3 = _weight(3)
    criterion_4 = _criterion(4)
    weight_4 = _weight(4)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if self.errors:
            return given
        closes_at = self._closing(given["closes_on"], given["closes_time"])
        if given["closes_on"] < given["opens_on"]:
            self.add_error("closes_on", _("Last day to apply must not be before the first day"))
        if given["decided_on"] < given["closes_on"]:
            self.add_error("decided_on", _("People are told after applications have closed"))
        self._refuse_half_a_panel(given)
        if not self.errors and closes_at:
            self._plan = self._planned(given, closes_at)
        return given

    def plan(self) -> IntakePlan:
        return self._plan

    def _refuse_half_a_panel(self, given: dict[str, Any]) -> None:
        has_criteria = bool(self._criteria(given))
        if given["quorum"] and not has_criteria:
            self.add_error("criterion_1", _("Enter at least one criterion by which it scores"))
        if has_criteria and not given["quorum"]:
            self.add_error("quorum", _("Enter the least members of the panel that scores"))

    def _criteria(self, given: dict[str, Any]) -> list[tuple[str, int]]:
        numbers = range(1, MOST_CRITERIA + 1)
        entered = [(given[f"criterion_{n}"], given[f"weight_{n}"] or 1) for n in numbers]
        return [(words, weight) for words, weight in entered if words]

    def _closing(self, day: date, clock: time) -> datetime | None:
        try:
            return london_moment(day, clock)
        except forms.ValidationError as mistake:
            self.add_error("closes_time", mistake)
            return None

    def _planned(self, given: dict[str, Any], closes_at: datetime) -> IntakePlan:
        asked = [given[f"question_{number}"] for number in range(1, MOST_QUESTIONS + 1)]
        return IntakePlan(
            opens_at=london_midnight(given["opens_on"]),
            closes_at=closes_at,
            decided_on=given["decided_on"],
            places=given["places"],
            offer_days=given["offer_days"],
            guidance=given["guidance"],
            questions=[(words, given["most_words"]) for words in asked if words],
            quorum=given["quorum"],
            asks_sponsor=given["asks_sponsor"],
            criteria=self._criteria(given),
        )


class PutOffForm(forms.NHSForm):
    """Until when people can apply, once somebody has started to."""

    mark_optional = False

    closes_on = forms.DateField(
        label=gettext_lazy("Last day to apply"),
        missing=gettext_lazy("Enter the last day to apply"),
    )
    closes_time = TimeField(
        label=gettext_lazy("Time at which applications close on the last day"),
        missing=gettext_lazy("Enter the time at which applications close"),
    )
    decided_on = forms.DateField(
        label=gettext_lazy("Day by which people are told"),
        missing=gettext_lazy("Enter the day by which people are told"),
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                given["closes_at"] = london_moment(given["closes_on"], given["closes_time"])
            except forms.ValidationError as mistake:
                self.add_error("closes_time", mistake)
        return given


def as_planned(intake: Intake | None, *, today: date) -> dict[str, Any]:
    """What the form says before anything is typed."""
    if intake is None:
        return {"opens_on": today, "closes_time": "10:00", "offer_days": 7, "most_words": 300}
    questions = list(intake.questions.order_by("position"))
    asked: dict[str, Any] = {
        f"question_{question.position}": question.words for question in questions
    }
    for criterion in intake.criteria.order_by("position"):
        asked[f"criterion_{criterion.position}"] = criterion.words
        asked[f"weight_{criterion.position}"] = criterion.weight
    return {
        "guidance": intake.guidance,
        "places": intake.places,
        "opens_on": london_date(intake.opens_at),
        "closes_on": london_date(intake.closes_at),
        "closes_time": f"{intake.closes_at.astimezone(LONDON):%H:%M}",
        "decided_on": intake.decided_on,
        "offer_days": intake.offer_days,
        "most_words": questions[0].most_words,
        "quorum": intake.quorum,
        "asks_sponsor": intake.asks_sponsor,
        **asked,
    }


class JudgementForm(forms.NHSForm):
    mark_optional = False

    step = forms.ChoiceField(
        label=gettext_lazy("What do you decide?"),
        label_size="m",
        missing=gettext_lazy("Select what you decide"),
        choices=[],
    )
    reasons = forms.TextField(
        label=gettext_lazy("Your reasons"),
        label_size="m",
        hint=gettext_lazy("The applicant reads them. Say what would help next time."),
        missing=gettext_lazy("Enter your reasons"),
        max_words=300,
        rows=6,
    )

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        steps = APPLICATION_WORKFLOW.available(current=application.state)
        self.fields["step"].choices = [  # type: ignore[attr-defined]
            (step, APPLICATION_WORKFLOW.label(step)) for step in steps if step in _DECIDING
        ]
