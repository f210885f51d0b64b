"""Claiming what was learned elsewhere, and deciding about it level by level."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import forms
from pathways.models import (
    AssessorAppointment,
    ClaimedLevel,
    Competency,
    Evidence,
    Level,
    PriorLearningClaim,
)
from pathways.services.prior_learning import Claimed, Decision

MANAGER = "manager"
NOT_ACCEPTED = "none"


class ClaimForm(forms.NHSForm):
    title = forms.CharField(
        label=gettext_lazy("What you learned"),
        hint=gettext_lazy(
            "For example, Diploma in management, or Two years as a charity's trustee"
        ),
        missing=gettext_lazy("Enter what you learned"),
    )
    provider = forms.CharField(label=gettext_lazy("Where"), required=False)
    finished_on = forms.DateField(
        label=gettext_lazy("When you finished"), hint=gettext_lazy("For example, 7 3 2024")
    )
    statement = forms.TextField(
        label=gettext_lazy("What it taught you"),
        hint=gettext_lazy("Say how it shows each level that you claim."),
        missing=gettext_lazy("Enter what it taught you"),
        rows=8,
    )
    to = forms.ChoiceField(
        label=gettext_lazy("Who decides?"), missing=gettext_lazy("Select who decides")
    )
    evidence = forms.MultipleChoiceField(
        label=gettext_lazy("Evidence to show"),
        hint=gettext_lazy("Whoever decides can open it."),
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        claimable: Iterable[tuple[Competency, list[Level]]],
        assessors: Iterable[AssessorAppointment],
        evidence: Iterable[Evidence],
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.assessors = {str(held.pk): held for held in assessors}
        fields: dict[str, Any] = self.fields
        fields["finished_on"].latest = today
        fields["to"].choices = [
            (MANAGER, _("My line manager, or a learning lead where I have none")),
            *((key, held.assessor.full_name) for key, held in self.assessors.items()),
        ]
        fields["evidence"].choices = [(str(row.pk), row.title) for row in evidence]
        if not fields["evidence"].choices:
            del fields["evidence"]
        for competency, levels in claimable:
            self.fields[f"level_{competency.pk}"] = _level_field(competency, levels)

    @property
    def level_fields(self) -> list[Any]:
        return [field for field in self if field.name.startswith("level_")]

    @property
    def other_fields(self) -> list[Any]:
        return [field for field in self if not field.name.startswith("level_")]

    @property
    def claimed(self) -> Claimed:
        given = self.cleaned_data
        return Claimed(
            title=given["title"],
            provider=given["provider"],
            finished_on=given["finished_on"],
            statement=given["statement"],
            ranks={
                int(name.removeprefix("level_")): int(value)
                for name, value in given.items()
                if name.startswith("level_") and value
            },
            evidence=[int(key) for key in given.get("evidence", ())],
            appointment=self.assessors.get(given["to"]),
        )


def _level_field(competency: Competency, levels: list[Level]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=competency.title,
        required=False,
        widget=forms.Select,
        choices=[("", _("Not claimed")), *((str(one.rank), one.label) for one in levels)],
    )


class DecideForm(forms.NHSForm):
    """For each level of a claim which one is accepted, and why where it is not the one claimed."""

    mark_optional = False

    def __init__(
        self,
        *args: Any,
        claim: PriorLearningClaim,
        levels: Iterable[tuple[ClaimedLevel, list[Level]]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.levels = {level.pk: level for level, _scale in levels}
        for level, scale in levels:
            self.fields[f"accept_{level.pk}"] = _accept_field(level, scale)
            self.fields[f"reason_{level.pk}"] = forms.TextField(
                label=_("Reason"),
                hint=_("Needed unless you accept the level as it was claimed."),
                required=False,
                rows=2,
            )
        self.fields["valid_to"] = forms.DateField(
            label=_("Last day on which these levels count"),
            hint=_("Leave it empty where they do not run out."),
            required=False,
            earliest=claim.finished_on,
        )
        self.fields["statement"] = forms.TextField(
            label=_("What you say of the claim"), required=False
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for pk, level in self.levels.items():
            accepted = given.get(f"accept_{pk}")
            is_as_claimed = accepted == str(level.rank)
            if accepted and not is_as_claimed and not given.get(f"reason_{pk}"):
                self.add_error(f"reason_{pk}", _("Enter why you decide so"))
        return given

    @property
    def decisions(self) -> dict[int, Decision]:
        given = self.cleaned_data
        return {
            pk: Decision(
                rank=None if (key := given[f"accept_{pk}"]) == NOT_ACCEPTED else int(key),
                reason=given[f"reason_{pk}"],
            )
            for pk in self.levels
        }


def _accept_field(level: ClaimedLevel, scale: list[Level]) -> forms.ChoiceField:
    words = {one.rank: one.label for one in scale}
    claimed = words.get(level.rank, str(level.rank))
    return forms.ChoiceField(
        label=level.competency.title,
        label_size="m",
        hint=_("Claimed: %(level)s") % {"level": claimed},
        missing=_("Select a level, or that none is accepted, for %(competency)s")
        % {"competency": level.competency.title},
        choices=[
            *((str(rank), label) for rank, label in words.items()),
            (NOT_ACCEPTED, _("No level is accepted")),
        ],
    )
