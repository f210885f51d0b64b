"""What changed between editions, and what became of competencies, for programs."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.http import SignedInApiRequest
from common.api import KeysetPagination
from common.api.views import ApiView
from pathways.models import CrosswalkKind, FrameworkVersion
from pathways.selectors.crosswalks import rules_of
from pathways.selectors.diff import ACTIONS, Change, compare
from pathways.selectors.edition_changes import other_editions, usual_other
from pathways.selectors.trees import KINDS, read_tree

READ = {"GET": "frameworks:read"}


class ChangeOut(serializers.Serializer[Any]):
    """One thing that differs: a part that came or went, a field of one, or where it stands."""

    action = serializers.ChoiceField(choices=ACTIONS)
    kind = serializers.ChoiceField(choices=KINDS, source="node.kind")
    lineage = serializers.UUIDField(
        source="node.lineage", help_text="Shared by the same part in every edition."
    )
    code = serializers.CharField(source="node.code", help_text="Empty for texts of a competency.")
    field = serializers.CharField(
        help_text="The field that changed; for MOVE whether the parent or the position did."
    )
    before = serializers.SerializerMethodField()
    after = serializers.SerializerMethodField()

    def get_before(self, change: Change) -> str:
        return change.was if change.field else _words(change.before)

    def get_after(self, change: Change) -> str:
        return change.now if change.field else _words(change.after)


def _words(node: Any) -> str:
    return (node.title or node.text) if node else ""


class EditionChangesOut(serializers.Serializer[Any]):
    before = serializers.IntegerField(help_text="The edition that is compared with.")
    after = serializers.IntegerField()
    changes = ChangeOut(many=True)


class EditionChangesQuery(serializers.Serializer[Any]):
    since = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=2**63 - 1,
        help_text="Another edition of the framework; without it the one before.",
    )


class LevelMapOut(serializers.Serializer[Any]):
    rank = serializers.IntegerField()
    becomes = serializers.IntegerField()


class CrosswalkOut(serializers.Serializer[Any]):
    """What became of a competency, or what stands for it elsewhere."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=CrosswalkKind.choices)
    before = serializers.IntegerField(source="before_id")
    before_code = serializers.CharField(source="before.code")
    before_framework = serializers.IntegerField(source="before.version_id")
    after = serializers.IntegerField(source="after_id", allow_null=True)
    after_code = serializers.CharField(source="after.code", allow_null=True, default=None)
    reason = serializers.CharField()
    confirmed_at = serializers.DateTimeField(allow_null=True)
    carried_at = serializers.DateTimeField(
        allow_null=True, help_text="When levels were first carried over by it."
    )
    levels = LevelMapOut(many=True)
    revision = serializers.IntegerField(help_text="Counts the changes; send it to confirm.")


def _editions(request: SignedInApiRequest) -> Any:
    rows = FrameworkVersion.objects.visible_to(request.user, on=timezone.localdate())
    return rows.select_related("framework")


@extend_schema(tags=["frameworks"])
class EditionChangesShow(ApiView):
    required_scopes = READ
    query_serializer = EditionChangesQuery

    @extend_schema(operation_id="edition_changes", responses=EditionChangesOut)
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """What makes an edition of an earlier one of the same framework."""
        version = get_object_or_404(_editions(request), pk=pk)
        others = other_editions(version, actor=request.user, on=timezone.localdate())
        since = usual_other(version, others)
        if "since" in self.query:
            since = get_object_or_404(others, pk=self.query["since"])
        found = compare(read_tree(since), read_tree(version)).entries if since else ()
        told = {"before": since.pk if since else version.pk, "after": version.pk, "changes": found}
        return Response(EditionChangesOut(told).data)


@extend_schema(tags=["frameworks"])
class CrosswalkList(ApiView):
    required_scopes = READ
    pagination_class = KeysetPagination
    ordering = ("id",)

    @extend_schema(operation_id="crosswalk_list", responses=CrosswalkOut(many=True))
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """The rules that lead into an edition, from the one before and from elsewhere."""
        version = get_object_or_404(_editions(request), pk=pk)
        return self.page(request, rules_of(version), CrosswalkOut)
