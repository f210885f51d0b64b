"""Role profiles for HR systems: what each asks for, how it came to be, and where it leads."""

from typing import Any

from django.db.models import F
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.http import SignedInApiRequest
from accounts.models import Band, StaffGroup
from common.api import KeysetPagination
from common.api.views import ApiView
from pathways.models import Background, ConditionKind, Operator, RoleProfile, StepKind
from pathways.selectors.conditions import condition_groups
from pathways.selectors.role_page import nested
from pathways.selectors.role_profiles import role_profiles, steps_in, steps_on, with_requirements

READ = {"GET": "frameworks:read"}
MOST_ID = 2**63 - 1


class RoleProfileOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    code = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    family = serializers.CharField()
    band = serializers.CharField(help_text="The usual band; empty when there is none.")
    top_band = serializers.CharField(help_text="The highest band; empty: the usual one.")
    staff_groups = serializers.ListField(
        child=serializers.ChoiceField(choices=StaffGroup.choices),
        help_text="None at all: the role is open to everybody.",
    )
    stage = serializers.IntegerField(help_text="How far along the pathway, from 1.")
    framework = serializers.IntegerField(
        source="version_id", help_text="The edition whose levels the role asks for."
    )
    organisation_id = serializers.IntegerField(
        source="owner_id", allow_null=True, help_text="Null: a national role."
    )
    in_use_from = serializers.DateField(allow_null=True)
    replaces = serializers.IntegerField(
        source="replaces_id", allow_null=True, help_text="The role whose place this one took."
    )


class FromFamilyOut(serializers.Serializer[Any]):
    rank = serializers.IntegerField()
    is_essential = serializers.BooleanField()


class RequirementOut(serializers.Serializer[Any]):
    """A level, essential from the first day or desirable; and what the family asks for here."""

    competency = serializers.IntegerField(source="competency_id")
    code = serializers.CharField(source="competency.code")
    title = serializers.CharField(source="competency.title")
    domain = serializers.CharField(source="competency.domain.code")
    rank = serializers.IntegerField()
    level = serializers.CharField(source="level_label", allow_null=True)
    is_essential = serializers.BooleanField()
    from_family = FromFamilyOut(
        source="inherited_from", allow_null=True, help_text="Null: the role's own."
    )
    is_override = serializers.BooleanField(help_text="Differs from what the family asks for.")


class ConditionOut(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=ConditionKind.choices)
    title = serializers.CharField()
    awarding_body = serializers.CharField()
    level = serializers.IntegerField(
        allow_null=True, help_text="Of the Regulated Qualifications Framework, 1 to 8."
    )
    months = serializers.IntegerField(allow_null=True, help_text="Months of experience.")
    staff_group = serializers.CharField(help_text="Empty: in any staff group.")
    in_management = serializers.BooleanField()


class InnermostGroupOut(serializers.Serializer[Any]):
    operator = serializers.ChoiceField(source="group.operator", choices=Operator.choices)
    background = serializers.ChoiceField(
        source="group.background",
        choices=Background.choices,
        help_text="Only people who come from there are asked for it.",
    )
    is_essential = serializers.BooleanField(source="group.is_essential")
    conditions = ConditionOut(source="group.conditions", many=True)


class InnerGroupOut(InnermostGroupOut):
    groups = InnermostGroupOut(many=True)


class ConditionGroupOut(InnermostGroupOut):
    """Conditions and groups of them, of which all or any have to be met; three deep at most."""

    groups = InnerGroupOut(many=True)


class StepOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    role_profile = serializers.IntegerField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(choices=StepKind.choices)
    usual_months = serializers.IntegerField(
        allow_null=True, help_text="Months usually spent in the role the step leads from."
    )
    adds = serializers.CharField(help_text="What the step adds, in its author's words.")
    note = serializers.CharField(help_text="What helps to take it.")


class StepBeforeOut(StepOut):
    role_profile = serializers.IntegerField(source="from_role_id")
    title = serializers.CharField(source="from_role.title")


class StepAfterOut(StepOut):
    role_profile = serializers.IntegerField(source="to_role_id")
    title = serializers.CharField(source="to_role.title")


class RoleProfileDetailOut(RoleProfileOut):
    """A role with what it asks for, the roles before it and the roles after it."""

    requirements = RequirementOut(many=True)
    conditions = ConditionGroupOut(many=True)
    comes_from = StepBeforeOut(many=True)
    leads_to = StepAfterOut(many=True)


class RoleProfileQuery(serializers.Serializer[Any]):
    words = serializers.CharField(
        required=False, max_length=100, help_text="Words of the title, the summary or the family."
    )
    band = serializers.ChoiceField(required=False, choices=Band.choices)
    family = serializers.CharField(required=False, max_length=60)
    staff_group = serializers.ChoiceField(
        required=False, choices=StaffGroup.choices, help_text="Roles open to this staff group."
    )
    replaces = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_ID,
        help_text="The role that took the place of this one.",
    )


@extend_schema(tags=["role profiles"])
class RoleProfileList(ApiView):
    required_scopes = READ
    pagination_class = KeysetPagination
    ordering = ("id",)
    query_serializer = RoleProfileQuery

    @extend_schema(operation_id="role_profile_list", responses=RoleProfileOut(many=True))
    def get(self, request: SignedInApiRequest) -> Response:
        """Role profiles, national and of the caller's own organisations."""
        rows = role_profiles(actor=request.user, on=timezone.localdate(), **self.query)
        names = ("id", "code", "title", "summary", "family", "band", "top_band", "staff_groups")
        found = rows.values(*names, "stage", "in_use_from", "replaces")
        more = found.annotate(framework=F("version_id"), organisation_id=F("owner_id"))
        return self.page(request, more)


@extend_schema(tags=["role profiles"])
class RoleProfileDetail(ApiView):
    required_scopes = READ

    @extend_schema(operation_id="role_profile_show", responses=RoleProfileDetailOut)
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """One role profile: levels, conditions, and the steps to it and on from it."""
        reader, today = request.user, timezone.localdate()
        roles = RoleProfile.objects.visible_to(reader, on=today)
        role = get_object_or_404(with_requirements(roles=roles), pk=pk)
        before = steps_in(role=role, actor=reader, on=today)
        after = steps_on(role=role, actor=reader, on=today)
        return Response(
            {
                **RoleProfileOut(role).data,
                **what_it_asks_for(role),
                "comes_from": StepBeforeOut(before, many=True).data,
                "leads_to": StepAfterOut(after, many=True).data,
            }
        )


def what_it_asks_for(role: RoleProfile) -> dict[str, Any]:
    """The levels (``role`` is read ``with_requirements``) and the tree of conditions."""
    groups = nested(condition_groups(role=role))
    return {
        "requirements": RequirementOut(role.requirements.all(), many=True).data,
        "conditions": ConditionGroupOut(groups, many=True).data,
    }
