"""Frameworks for HR systems."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.http import SignedInApiRequest
from common.api import DayIn, KeysetPagination
from common.api.views import ApiView
from pathways.models import LevelDescriptor, VersionState
from pathways.selectors.edition_changes import edition_on
from pathways.selectors.frameworks import framework_tree, framework_versions, levels_of

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


class FrameworkQuery(serializers.Serializer[Any]):
    on = DayIn(required=False, help_text="The edition in use on this day; 404 when none was.")


class FrameworkDetailOut(FrameworkOut):
    """An edition with its scale, and its domains down to what one sees a person do."""

    scale = LevelOut(many=True)
    domains = DomainOut(many=True)


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
    query_serializer = FrameworkQuery

    @extend_schema(operation_id="framework_show", responses=FrameworkDetailOut)
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """One edition as a tree; asked for a day, the edition of its framework in use then."""
        today = timezone.localdate()
        version = get_object_or_404(framework_versions(actor=request.user, on=today), pk=pk)
        if day := self.query.get("on"):
            found = edition_on(version.framework_id, actor=request.user, on=day, today=today)
            if found is None:
                raise Http404
            version = found
        return Response(
            {
                **FrameworkOut(version).data,
                "scale": LevelOut(levels_of(version=version), many=True).data,
                "domains": DomainOut(framework_tree(version=version), many=True).data,
            }
        )
