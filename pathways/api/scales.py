"""Scales, for programs: how the levels of frameworks are called."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.http import SignedInApiRequest
from common.api import InSerializer, KeysetPagination, LineIn
from common.api.views import ApiView
from pathways.api.frameworks import LevelOut
from pathways.api.writing import READ, WRITE
from pathways.selectors.authoring import scales
from pathways.services.scales import FEWEST, MOST, LevelWords, make_scale


class ScaleOut(serializers.Serializer[Any]):
    """A set of levels, from the lowest up; what has no rank never counts."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    title = serializers.CharField()
    levels = LevelOut(many=True)


class ScaleLevelIn(InSerializer):
    label = LineIn(max_length=60)  # type: ignore[assignment]
    meaning = LineIn(max_length=300, required=False, allow_blank=True, default="")


class ScaleIn(InSerializer):
    """A scale never changes: other frameworks may use it."""

    code = LineIn(max_length=30, help_text="A short name that no other scale has.")
    title = LineIn(max_length=120)
    levels = serializers.ListField(
        child=ScaleLevelIn(), min_length=FEWEST, max_length=MOST, help_text="The lowest first."
    )
    not_applicable = LineIn(
        max_length=60,
        required=False,
        allow_blank=True,
        default="",
        help_text="The name of an answer that never counts, for or against anybody.",
    )


@extend_schema(tags=["framework writing"])
class ScaleList(ApiView):
    required_scopes = {"GET": READ, "POST": WRITE}
    pagination_class = KeysetPagination
    ordering = ("id",)

    @extend_schema(operation_id="scale_list", responses=ScaleOut(many=True))
    def get(self, request: SignedInApiRequest) -> Response:
        """Every scale with its levels."""
        return self.page(request, scales(), ScaleOut)

    @extend_schema(operation_id="scale_make", request=ScaleIn, responses={201: ScaleOut})
    def post(self, request: SignedInApiRequest) -> Response:
        """Make a scale for frameworks to measure with."""
        given = self.body(request, ScaleIn)
        scale = make_scale(
            code=given["code"],
            title=given["title"],
            levels=[LevelWords(**level) for level in given["levels"]],
            not_applicable=given["not_applicable"],
            by=request.user,
            now=timezone.now(),
        )
        return Response(ScaleOut(scales().get(pk=scale.pk)).data, status=201)
