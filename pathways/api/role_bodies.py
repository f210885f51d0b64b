"""What programs send to write role profiles and the steps between them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.models import Band, StaffGroup
from accounts.models.posts import BAND_RANK
from common.api import InSerializer, LineIn, TextIn, YesNoIn
from pathways.api.writing import IdIn, refuse_field
from pathways.models import Background, ConditionKind, Operator, StepKind
from pathways.services.pathways import StepParticulars
from pathways.services.role_condition_trees import GroupTree
from pathways.services.role_conditions import ConditionParticulars, GroupParticulars
from pathways.services.role_profiles import Particulars
from pathways.services.role_requirements import Asked

MOST_LEVELS = 200
MOST_IN_A_GROUP = 20
MOST_MONTHS = 480


class RoleParticularsIn(InSerializer):
    title = LineIn(max_length=160)
    summary = TextIn(max_length=2_000, allow_blank=True, default="")
    family = LineIn(max_length=60, allow_blank=True, default="")
    stage = serializers.IntegerField(min_value=1, max_value=12)
    band = serializers.ChoiceField(choices=Band.choices, allow_blank=True, default="")
    top_band = serializers.ChoiceField(choices=Band.choices, allow_blank=True, default="")
    staff_groups = serializers.ListField(
        child=serializers.ChoiceField(choices=StaffGroup.choices),
        max_length=len(StaffGroup.choices),
        default=list,
        help_text="None at all: the role is open to everybody.",
    )


class ChangesIn(InSerializer):
    """Only what is to change; what is left out stays."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, partial=True, **kwargs)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs:
            raise serializers.ValidationError(_("Send what is to change."), code="nothing_sent")
        return attrs


class RoleChangesIn(ChangesIn, RoleParticularsIn):
    """Particulars of a role profile that change."""


class RoleDraftIn(RoleParticularsIn):
    """A new role profile; only those who write it see it until it is published."""

    code = LineIn(max_length=36, help_text="A short name that stays; used once by everybody.")
    organisation_id = IdIn(help_text="Which organisation owns it; a program's own.")
    framework = IdIn(help_text="The edition whose levels it asks for.")
    is_family = YesNoIn(default=False, help_text="Other roles take their levels from it.")


class AskedLevelIn(InSerializer):
    competency_id = IdIn()
    rank = serializers.IntegerField(
        min_value=1, max_value=7, allow_null=True, help_text="Null: not asked for any more."
    )
    is_essential = YesNoIn(default=False, help_text="Needed from the first day.")


class AskedLevelsIn(InSerializer):
    """Competencies that are not named stay as they are."""

    levels = serializers.ListField(child=AskedLevelIn(), min_length=1, max_length=MOST_LEVELS)

    def validate_levels(self, levels: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len({one["competency_id"] for one in levels}) < len(levels):
            raise serializers.ValidationError(
                _("Name each competency once in a call."), code="repeated"
            )
        return levels


# What goes with a kind of condition alone.
_GOES_WITH: Mapping[str, frozenset[str]] = {
    ConditionKind.QUALIFICATION: frozenset({"awarding_body", "level"}),
    ConditionKind.EXPERIENCE: frozenset({"months", "staff_group", "in_management"}),
    ConditionKind.REGISTRATION: frozenset({"awarding_body"}),
}


class ConditionIn(InSerializer):
    kind = serializers.ChoiceField(choices=ConditionKind.choices)
    title = LineIn(max_length=200)
    awarding_body = LineIn(max_length=120, allow_blank=True, default="")
    level = serializers.IntegerField(min_value=1, max_value=8, allow_null=True, default=None)
    months = serializers.IntegerField(
        min_value=1, max_value=MOST_MONTHS, allow_null=True, default=None
    )
    staff_group = serializers.ChoiceField(choices=StaffGroup.choices, allow_blank=True, default="")
    in_management = YesNoIn(default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["kind"] == ConditionKind.EXPERIENCE and attrs["months"] is None:
            sentence = _("Say how many months of experience are asked for.")
            refuse_field("months", sentence, code="months_missing")
        asked = {name for name in frozenset().union(*_GOES_WITH.values()) if attrs[name]}
        for name in sorted(asked - _GOES_WITH[attrs["kind"]]):
            refuse_field(
                name, _("This does not go with this kind. Leave it out."), code="of_another_kind"
            )
        return attrs


class InnermostGroupIn(InSerializer):
    operator = serializers.ChoiceField(choices=Operator.choices)
    background = serializers.ChoiceField(choices=Background.choices, default=Background.ANY)
    is_essential = YesNoIn(default=True)
    conditions = serializers.ListField(
        child=ConditionIn(), max_length=MOST_IN_A_GROUP, default=list
    )


class InnerGroupIn(InnermostGroupIn):
    groups = serializers.ListField(
        child=InnermostGroupIn(), max_length=MOST_IN_A_GROUP, default=list
    )


class ConditionGroupIn(InnermostGroupIn):
    groups = serializers.ListField(child=InnerGroupIn(), max_length=MOST_IN_A_GROUP, default=list)


class ConditionsIn(InSerializer):
    """Everything that the role asks for beside levels, in place of what it asked for before."""

    groups = serializers.ListField(child=ConditionGroupIn(), max_length=MOST_IN_A_GROUP)


class RoleFamilyIn(InSerializer):
    family = IdIn(allow_null=True, help_text="Null: out of the family; its levels stay.")


class SuccessorIn(InSerializer):
    framework = IdIn(help_text="The edition whose levels the successor asks for.")


class WithdrawalIn(InSerializer):
    replacement = IdIn(
        allow_null=True, help_text="The role that posts and people follow from today."
    )


class StepIn(InSerializer):
    kind = serializers.ChoiceField(choices=StepKind.choices)
    usual_months = serializers.IntegerField(
        min_value=1, max_value=MOST_MONTHS, allow_null=True, help_text="Null: no time is usual."
    )
    adds = TextIn(max_length=500, allow_blank=True, default="")
    note = LineIn(max_length=300, allow_blank=True, default="")


class StepChangesIn(ChangesIn, StepIn):
    """What changes of a step."""


class NewStepIn(StepIn):
    to_role = IdIn()


PARTICULARS = ("title", "summary", "family", "stage", "band", "top_band", "staff_groups")


def particulars(sent: Mapping[str, Any]) -> Particulars:
    """All of ``PARTICULARS``; refuses bands that are not in order."""
    usual, top = sent["band"], sent["top_band"]
    if top and not usual:
        refuse_field("band", _("Give the usual band as well."), code="band_missing")
    if usual and top and BAND_RANK[top] < BAND_RANK[usual]:
        sentence = _("The highest band must not be below the usual band.")
        refuse_field("top_band", sentence, code="bands_not_in_order")
    fields = {name: sent[name] for name in PARTICULARS}
    # The same group twice is once.
    return Particulars(**{**fields, "staff_groups": tuple(dict.fromkeys(sent["staff_groups"]))})


def asked_levels(sent: Mapping[str, Any]) -> dict[int, Asked | None]:
    return {
        one["competency_id"]: Asked(one["rank"], one["is_essential"]) if one["rank"] else None
        for one in sent["levels"]
    }


def trees(groups: Iterable[Mapping[str, Any]]) -> tuple[GroupTree, ...]:
    return tuple(
        GroupTree(
            GroupParticulars(one["operator"], one["background"], one["is_essential"]),
            tuple(ConditionParticulars(**condition) for condition in one["conditions"]),
            trees(one.get("groups", ())),
        )
        for one in groups
    )


STEP_PARTICULARS = ("kind", "usual_months", "adds", "note")


def step_particulars(sent: Mapping[str, Any]) -> StepParticulars:
    return StepParticulars(**{name: sent[name] for name in STEP_PARTICULARS})
