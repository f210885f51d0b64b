"""Frameworks and role profiles for HR systems."""

from typing import Any

from django.db.models import F
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.http import SignedInApiRequest
from accounts.models import Band
from common.api import KeysetPagination
from common.api.views import ApiView
from pathways.models import LevelDescriptor, RoleProfile, VersionState
from pathways.selectors.frameworks import framework_tree, framework_versions, levels_of
from pathways.selectors.role_profiles import role_profiles, steps_in, steps_on, with_requirements

READ = {"GET": "frameworks:read"}


class FrameworkOut(serializers.Serializer[Any]):
    """One edition of a framework."""

    id = serializers.IntegerField(help_text="The edition's own number.")
    code = serializers.CharField(source="framework.code")
    title = serializers.CharField(source="framework.title")
    publisher = serializers.CharField(source="framework.publisher")
    nation = serializers.CharField(source="framework.nation")
    edition = serializers.CharField(source="label")
    state = serializers.ChoiceField(choices=VersionState.choices)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)


class LevelOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    rank = serializers.IntegerField(
        allow_null=True, help_text="From 1 up; null means not applicable, never nought."
    )
    label = serializers.CharField()  # type: ignore[assignment]
    meaning = serializers.CharField()


class DescriptorOut(serializers.Serializer[Any]):
    level = serializers.IntegerField(source="level_id")
    rank = serializers.IntegerField(source="level.rank", allow_null=True)
    text = serializers.CharField()
    indicators = serializers.SerializerMethodField()

    def get_indicators(self, descriptor: LevelDescriptor) -> list[str]:
        return [indicator.text for indicator in descriptor.indicators.all()]


class CompetencyOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    code = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    levels = DescriptorOut(many=True, source="descriptors")


class DomainOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    competencies = CompetencyOut(many=True)


class FrameworkDetailOut(FrameworkOut):
    """An edition with its scale, and its domains down to what one sees a person do."""

    scale = LevelOut(many=True)
    domains = DomainOut(many=True)


class RoleProfileOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    code = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    family = serializers.CharField()
    band = serializers.CharField(help_text="The usual band; empty when there is none.")
    stage = serializers.IntegerField(help_text="How far along the pathway, from 1.")
    framework = serializers.IntegerField(
        source="version_id", help_text="The edition whose levels the role asks for."
    )


class RequirementOut(serializers.Serializer[Any]):
    competency = serializers.IntegerField(source="competency_id")
    code = serializers.CharField(source="competency.code")
    title = serializers.CharField(source="competency.title")
    domain = serializers.CharField(source="competency.domain.code")
    rank = serializers.IntegerField()
    level = serializers.CharField(source="level_label", allow_null=True)
    is_essential = serializers.BooleanField()


class StepOut(serializers.Serializer[Any]):
    role_profile = serializers.IntegerField()
    title = serializers.CharField()
    usual_months = serializers.IntegerField(
        allow_null=True, help_text="Months usually spent in the role the step leads from."
    )


class RoleProfileDetailOut(RoleProfileOut):
    """A role with what it asks for, the roles before it and the roles after it."""

    requirements = RequirementOut(many=True)
    comes_from = StepOut(many=True)
    leads_to = StepOut(many=True)


class RoleProfileQuery(serializers.Serializer[Any]):
    words = serializers.CharField(
        required=False, max_length=100, help_text="Words of the title, the summary or the family."
    )
    band = serializers.ChoiceField(required=False, choices=Band.choices)


@extend_schema(tags=["frameworks"])
class FrameworkList(ApiView):
    required_scopes = READ
    pagination_class = KeysetPagination
    ordering = ("id",)

    @extend_schema(operation_id="framework_list", responses=FrameworkOut(many=True))
    def get(self, request: SignedInApiRequest) -> Response:
        """The editions of frameworks that are or were in use."""
        rows = framework_versions(actor=request.user, on=timezone.localdate()).in_public()
        return self.page(request, rows, FrameworkOut)


@extend_schema(tags=["frameworks"])
class FrameworkDetail(ApiView):
    required_scopes = READ

    @extend_schema(operation_id="framework_show", responses=FrameworkDetailOut)
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """One edition as a tree."""
        rows = framework_versions(actor=request.user, on=timezone.localdate())
        version = get_object_or_404(rows, pk=pk)
        return Response(
            {
                **FrameworkOut(version).data,
                "scale": LevelOut(levels_of(version=version), many=True).data,
                "domains": DomainOut(framework_tree(version=version), many=True).data,
            }
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
        names = ("id", "code", "title", "summary", "family", "band", "stage")
        return self.page(request, rows.values(*names, framework=F("version_id")))


@extend_schema(tags=["role profiles"])
class RoleProfileDetail(ApiView):
    required_scopes = READ

    @extend_schema(operation_id="role_profile_show", responses=RoleProfileDetailOut)
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """One role profile with its requirements and steps."""
        reader, today = request.user, timezone.localdate()
        roles = RoleProfile.objects.visible_to(reader, on=today)
        role = get_object_or_404(with_requirements(roles=roles), pk=pk)
        before = steps_in(role=role, actor=reader, on=today)
        after = steps_on(role=role, actor=reader, on=today)
        return Response(
            {
                **RoleProfileOut(role).data,
                "requirements": RequirementOut(role.requirements.all(), many=True).data,
                "comes_from": [_step(step.from_role, step.usual_months) for step in before],
                "leads_to": [_step(step.to_role, step.usual_months) for step in after],
            }
        )


def _step(role: RoleProfile, usual_months: int | None) -> dict[str, Any]:
    return {"role_profile": role.pk, "title": role.title, "usual_months": usual_months}
