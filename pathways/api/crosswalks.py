"""What became of competencies, for programs: said, confirmed, and how far it has come."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.http import SignedInApiRequest
from common.api import InSerializer, KeysetPagination, NothingIn, TextIn
from common.api.views import ApiView
from pathways.api.editions import CrosswalkOut
from pathways.api.writing import MOST_REVISION, READ, WRITE, IdIn, edition_read, refuse_field
from pathways.models import Competency, CrosswalkKind, FrameworkVersion
from pathways.selectors.crosswalks import (
    competencies_of,
    competencies_read,
    fates_of,
    rule_of,
    rules_of,
    state_of,
    with_what_became,
)
from pathways.services.crosswalks import (
    confirm_crosswalk,
    confirm_what_stayed,
    say_it_stands_for,
    say_what_became_of,
)

MOST_HEIRS, MOST_RANKS, MOST_REASON = 20, 7, 2_000
# What authors say; that something stayed is seen from its lineage, or confirmed.
_SAID = [
    (kind.value, kind.label)
    for kind in (
        CrosswalkKind.REPLACED,
        CrosswalkKind.SPLIT,
        CrosswalkKind.MERGED,
        CrosswalkKind.RETIRED,
    )
]


class FateOut(serializers.Serializer[Any]):
    """A competency of the edition before, and what became of it."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    title = serializers.CharField()
    goes_on_as = serializers.IntegerField(
        allow_null=True, help_text="The same competency in this edition, by its lineage."
    )
    seen = serializers.SerializerMethodField(
        help_text="What was said of it so far; send it to say something else."
    )
    rules = CrosswalkOut(many=True, source="rules_told")

    def get_seen(self, competency: Any) -> str:
        return state_of(competency.rules_told)


class ProgressOut(serializers.Serializer[Any]):
    """How many competencies of the edition before still need something."""

    competencies = serializers.IntegerField()
    unsaid = serializers.IntegerField(help_text="Nobody said what became of them.")
    stayed = serializers.IntegerField(help_text="They go on, and no rule carries levels yet.")
    unconfirmed = serializers.IntegerField(help_text="Which level stands for which is open.")
    confirmed = serializers.IntegerField()
    carried = serializers.IntegerField(help_text="Levels were carried over by a rule.")


class BecameIn(InSerializer):
    """What became of one competency, in place of what was said of it before."""

    before_id = IdIn(help_text="A competency of the edition before.")
    after_ids = serializers.ListField(
        child=IdIn(), max_length=MOST_HEIRS, help_text="Of this edition; empty for RETIRED."
    )
    kind = serializers.ChoiceField(choices=_SAID)
    reason = TextIn(max_length=MOST_REASON, help_text="People whose role asked for it read this.")
    seen = TextIn(
        max_length=1_000,
        required=False,
        allow_blank=True,
        default="",
        help_text="What was said so far, as you read it; empty while nothing was.",
    )


class EquivalentIn(InSerializer):
    before_id = IdIn(help_text="A competency of another framework.")
    after_id = IdIn(help_text="The one of this edition that its levels stand for.")
    reason = TextIn(max_length=MOST_REASON, required=False, allow_blank=True, default="")


class RankIn(InSerializer):
    rank = serializers.IntegerField(min_value=1, max_value=MOST_RANKS)
    becomes = serializers.IntegerField(min_value=1, max_value=MOST_RANKS)


class ConfirmIn(InSerializer):
    revision = serializers.IntegerField(
        min_value=0, max_value=MOST_REVISION, help_text="The rule's as you last read it."
    )
    levels = serializers.ListField(
        child=RankIn(),
        required=False,
        min_length=1,
        max_length=MOST_RANKS,
        help_text="Without it, on one scale, each level stands for itself. A rank that is left out"
        " is not carried over.",
    )


class ConfirmedOut(serializers.Serializer[Any]):
    confirmed = serializers.IntegerField(help_text="Rules that were made by this.")


@extend_schema(tags=["framework editions"])
class FateList(ApiView):
    required_scopes = {"GET": READ, "POST": WRITE}
    pagination_class = KeysetPagination
    ordering = ("domain__position", "position", "id")

    @extend_schema(operation_id="crosswalk_fates", responses=FateOut(many=True))
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """The competencies of the edition before, each with what became of it."""
        return self.page(request, with_what_became(edition_read(request, pk)), FateOut)

    @extend_schema(operation_id="crosswalk_say", request=BecameIn, responses={200: FateOut})
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Say what became of one of them, or say something else."""
        version = edition_read(request, pk)
        given = self.body(request, BecameIn)
        before = _competency(version.based_on_id, given["before_id"], field="before_id")
        if bool(given["after_ids"]) == (given["kind"] == CrosswalkKind.RETIRED):
            sentence = _("Name what followed it, and nothing for what is left out.")
            refuse_field("after_ids", sentence, code="wrong_number")
        say_what_became_of(
            version=version,
            before=before,
            after=[_competency(version.pk, one, field="after_ids") for one in given["after_ids"]],
            kind=CrosswalkKind(given["kind"]),
            reason=given["reason"],
            seen=given["seen"],
            by=request.user,
            now=timezone.now(),
        )
        return Response(FateOut(with_what_became(version).get(pk=before.pk)).data)


@extend_schema(tags=["framework editions"])
class CrosswalkProgress(ApiView):
    required_scopes = {"GET": READ}

    @extend_schema(operation_id="crosswalk_progress", responses=ProgressOut)
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """How far an edition has come with what became of the one before."""
        fates = fates_of(edition_read(request, pk))
        told = {
            "competencies": len(fates),
            "unsaid": sum(not fate.is_accounted_for for fate in fates),
            "stayed": sum(fate.same is not None and not fate.rules for fate in fates),
            "unconfirmed": sum(bool(fate.rules) and not fate.is_confirmed for fate in fates),
            "confirmed": sum(fate.is_confirmed for fate in fates),
            "carried": sum(any(rule.carried_at for rule in fate.rules) for fate in fates),
        }
        return Response(ProgressOut(told).data)


@extend_schema(tags=["framework editions"])
class CrosswalkStayed(ApiView):
    required_scopes = {"POST": WRITE}

    @extend_schema(
        operation_id="crosswalk_confirm_stayed", request=None, responses={200: ConfirmedOut}
    )
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Confirm that each level of what stayed, on the same scale, stands for itself."""
        version = edition_read(request, pk)
        self.body(request, NothingIn)
        made = confirm_what_stayed(version=version, by=request.user, now=timezone.now())
        return Response(ConfirmedOut({"confirmed": made}).data)


@extend_schema(tags=["framework editions"])
class EquivalentAdd(ApiView):
    required_scopes = {"POST": WRITE}

    @extend_schema(
        operation_id="crosswalk_equivalent", request=EquivalentIn, responses={201: CrosswalkOut}
    )
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Say that levels of a competency of another framework stand for levels of this one."""
        version = edition_read(request, pk)
        given = self.body(request, EquivalentIn)
        elsewhere = competencies_read(request.user, on=timezone.localdate())
        before = elsewhere.filter(pk=given["before_id"]).first()
        if before is None:
            sentence = _("Enter the id of a competency of a framework you can read.")
            refuse_field("before_id", sentence, code="unknown_competency")
        rule = say_it_stands_for(
            version=version,
            before=before,
            after=_competency(version.pk, given["after_id"], field="after_id"),
            reason=given["reason"],
            by=request.user,
            now=timezone.now(),
        )
        return Response(CrosswalkOut(rules_of(version).get(pk=rule.pk)).data, status=201)


@extend_schema(tags=["framework editions"])
class CrosswalkConfirm(ApiView):
    required_scopes = {"POST": WRITE}

    @extend_schema(
        operation_id="crosswalk_confirm", request=ConfirmIn, responses={200: CrosswalkOut}
    )
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Confirm which level before stands for which level after."""
        editions = FrameworkVersion.objects.visible_to(request.user, on=timezone.localdate())
        rule: Any = get_object_or_404(rule_of(editions), pk=pk)
        given = self.body(request, ConfirmIn)
        rule.revision = given["revision"]
        version = rule.after.version
        confirm_crosswalk(
            version=version,
            rule=rule,
            levels=_levels(given.get("levels")),
            by=request.user,
            now=timezone.now(),
        )
        return Response(CrosswalkOut(rules_of(version).get(pk=pk)).data)


def _competency(version_id: int | None, pk: int, *, field: str) -> Competency:
    row = competencies_of(version_id).select_related("version").filter(pk=pk).first()
    if row is None:
        sentences = {
            "before_id": _("Enter the id of a competency of the edition before."),
            "after_ids": _("Enter ids of competencies of this edition."),
            "after_id": _("Enter the id of a competency of this edition."),
        }
        refuse_field(field, sentences[field], code="unknown_competency")
    return row


def _levels(given: list[dict[str, int]] | None) -> dict[int, int] | None:
    if given is None:
        return None
    levels = {one["rank"]: one["becomes"] for one in given}
    if len(levels) < len(given):
        refuse_field("levels", _("Name each level once."), code="repeated")
    return levels
