"""Editions as those who write them see them, for programs: started, described, followed."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.http import SignedInApiRequest
from accounts.models import Organisation
from common.api import DayIn, InSerializer, KeysetPagination, LineIn, TextIn
from common.api.views import ApiView
from pathways.api.writing import (
    MOST_REVISION,
    MOST_TEXT,
    READ,
    WRITE,
    IdIn,
    RevisionIn,
    edition_written,
    refuse_field,
)
from pathways.models import CountingRule, FrameworkVersion, Scale, VersionState
from pathways.selectors.authoring import editions_written, scales
from pathways.selectors.collaborators import organisations_authored
from pathways.selectors.reviews import hurdles
from pathways.services.editions import draft_edition
from pathways.services.frameworks import (
    EditionParticulars,
    Particulars,
    describe_edition,
    describe_framework,
    start_framework,
)

NATIONS = ("England", "Northern Ireland", "Scotland", "Wales", "United Kingdom")
DRAFTS = (VersionState.DRAFT, VersionState.IN_REVIEW)


class WrittenEditionOut(serializers.Serializer[Any]):
    """An edition of a framework that the caller writes, in whatever state."""

    id = serializers.IntegerField()
    framework_id = serializers.IntegerField()
    organisation_id = serializers.IntegerField(source="framework.owner_id", allow_null=True)
    code = serializers.CharField(source="framework.code")
    title = serializers.CharField(source="framework.title")
    edition = serializers.CharField(source="label")
    state = serializers.ChoiceField(choices=VersionState.choices)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)
    change_summary = serializers.CharField()
    based_on = serializers.IntegerField(source="based_on_id", allow_null=True)
    scale = serializers.IntegerField(source="scale_id")
    revision = serializers.IntegerField(help_text="Counts the changes; send it with the next.")
    changed_at = serializers.DateTimeField(allow_null=True)
    domains = serializers.IntegerField(source="domain_count")
    competencies = serializers.IntegerField(source="competency_count")
    open_comments = serializers.IntegerField(source="open_comment_count")


class HurdleOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    detail = serializers.CharField(source="sentence")


class WrittenEditionDetailOut(WrittenEditionOut):
    """The same with what its framework says of itself, and what is left before it is published."""

    publisher = serializers.CharField(source="framework.publisher")
    nation = serializers.CharField(source="framework.nation")
    audience = serializers.CharField(source="framework.audience")
    licence = serializers.CharField(source="framework.licence")
    counting_rule = serializers.ChoiceField(
        source="framework.counting_rule", choices=CountingRule.choices
    )
    framework_revision = serializers.IntegerField(
        source="framework.revision", help_text="Counts how often the framework was described anew."
    )
    hurdles = serializers.SerializerMethodField(help_text="Empty once nothing is in the way.")

    @extend_schema(responses=HurdleOut(many=True))
    def get_hurdles(self, version: FrameworkVersion) -> list[dict[str, str]]:
        found = hurdles(version) if version.state in DRAFTS else []
        return [{"code": one.code, "detail": one.sentence} for one in found]


class WrittenQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(required=False, choices=VersionState.choices)


class FrameworkIn(InSerializer):
    """What a framework says of itself in all its editions, and its first draft."""

    organisation_id = IdIn(help_text="Who owns it: for a program, its own organisation.")
    code = LineIn(max_length=20, help_text="A short name that no other framework has.")
    title = LineIn(max_length=200)
    publisher = LineIn(max_length=200, required=False, allow_blank=True, default="")
    nation = serializers.ChoiceField(choices=NATIONS, required=False, default="England")
    audience = LineIn(max_length=200, required=False, allow_blank=True, default="")
    licence = LineIn(max_length=300, required=False, allow_blank=True, default="")
    counting_rule = serializers.ChoiceField(
        choices=CountingRule.choices, required=False, default=CountingRule.LATEST
    )
    scale_id = IdIn(help_text="One of the list of scales; how its levels are called.")
    edition = LineIn(max_length=30, help_text="What the first edition is called, like 2027.")
    valid_from = DayIn(help_text="From when it is meant to be in use.")


class EditionIn(RevisionIn):
    """What is left out stays as it is."""

    edition = LineIn(max_length=30, required=False)
    valid_from = DayIn(required=False)
    change_summary = TextIn(max_length=MOST_TEXT, required=False, allow_blank=True)


class AboutIn(InSerializer):
    """What is left out stays as it is."""

    framework_revision = serializers.IntegerField(
        min_value=0, max_value=MOST_REVISION, help_text="As you last read it."
    )
    code = LineIn(max_length=20, required=False)
    title = LineIn(max_length=200, required=False)
    publisher = LineIn(max_length=200, required=False, allow_blank=True)
    nation = serializers.ChoiceField(choices=NATIONS, required=False)
    audience = LineIn(max_length=200, required=False, allow_blank=True)
    licence = LineIn(max_length=300, required=False, allow_blank=True)
    counting_rule = serializers.ChoiceField(choices=CountingRule.choices, required=False)


class NextEditionIn(InSerializer):
    edition = LineIn(max_length=30, help_text="What it is called, like 2028.")


@extend_schema(tags=["framework writing"])
class WrittenEditionList(ApiView):
    required_scopes = {"GET": READ, "POST": WRITE}
    pagination_class = KeysetPagination
    query_serializer = WrittenQuery
    ordering = ("id",)

    @extend_schema(operation_id="authoring_list", responses=WrittenEditionOut(many=True))
    def get(self, request: SignedInApiRequest) -> Response:
        """Every edition of the frameworks that the caller writes or reviews, drafts included."""
        state = self.query.get("state", "")
        rows = editions_written(request.user, on=timezone.localdate(), state=state)
        return self.page(request, rows, WrittenEditionOut)

    @extend_schema(
        operation_id="authoring_start",
        request=FrameworkIn,
        responses={201: WrittenEditionDetailOut},
    )
    def post(self, request: SignedInApiRequest) -> Response:
        """Start a framework, with an empty draft."""
        given = self.body(request, FrameworkIn)
        version = start_framework(
            owner=_owner(request, given["organisation_id"]),
            particulars=Particulars(*(given[name] for name in Particulars._fields)),
            edition=EditionParticulars(given["edition"], given["valid_from"]),
            scale=scale_or_refuse(given["scale_id"]),
            by=request.user,
            now=timezone.now(),
        )
        return _created(request, version)


@extend_schema(tags=["framework writing"])
class WrittenEditionDetail(ApiView):
    required_scopes = {"GET": READ, "PATCH": WRITE}

    @extend_schema(operation_id="authoring_show", responses=WrittenEditionDetailOut)
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """An edition with what is left to do before it can be published."""
        return Response(shown(request, pk))

    @extend_schema(
        operation_id="authoring_describe", request=EditionIn, responses=WrittenEditionDetailOut
    )
    def patch(self, request: SignedInApiRequest, pk: int) -> Response:
        """Name a draft, say from when it is meant to be in use and what is new."""
        version = edition_written(request, pk)
        given = self.body(request, EditionIn)
        describe_edition(
            version=version,
            particulars=EditionParticulars(
                given.get("edition", version.label),
                given.get("valid_from", version.valid_from),
                given.get("change_summary", version.change_summary),
            ),
            revision=given["revision"],
            by=request.user,
            now=timezone.now(),
        )
        return Response(shown(request, pk))


@extend_schema(tags=["framework writing"])
class FrameworkAbout(ApiView):
    required_scopes = {"POST": WRITE}

    @extend_schema(
        operation_id="authoring_about",
        request=AboutIn,
        responses={200: WrittenEditionDetailOut},
    )
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Say anew what a framework is, in all its editions."""
        version = edition_written(request, pk)
        given = self.body(request, AboutIn)
        revision = given.pop("framework_revision")
        framework = version.framework
        said = Particulars(*(getattr(framework, name) for name in Particulars._fields))
        describe_framework(
            version=version,
            particulars=said._replace(**given),
            revision=revision,
            by=request.user,
            now=timezone.now(),
        )
        return Response(shown(request, pk))


@extend_schema(tags=["framework writing"])
class NextEdition(ApiView):
    required_scopes = {"POST": WRITE}

    @extend_schema(
        operation_id="authoring_next",
        request=NextEditionIn,
        responses={201: WrittenEditionDetailOut},
    )
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Draft the edition that is to follow a published one, and says what that one says."""
        based_on = edition_written(request, pk)
        label = self.body(request, NextEditionIn)["edition"]
        version = draft_edition(
            framework=based_on.framework,
            based_on=based_on,
            label=label,
            by=request.user,
            now=timezone.now(),
        )
        return _created(request, version)


def shown(request: SignedInApiRequest, pk: int) -> Any:
    return WrittenEditionDetailOut(edition_written(request, pk)).data


def scale_or_refuse(pk: int) -> Scale:
    scale = scales().filter(pk=pk).first()
    if scale is None:
        refuse_field("scale_id", _("Enter the id of a scale."), code="unknown_scale")
    return scale


def _owner(request: SignedInApiRequest, pk: int) -> Organisation:
    places = organisations_authored(request.user, on=timezone.localdate())
    owner = places.filter(pk=pk).first()
    if owner is None:
        sentence = _("Enter the id of an organisation for which you write frameworks.")
        refuse_field("organisation_id", sentence, code="unknown_organisation")
    return owner


def _created(request: SignedInApiRequest, version: FrameworkVersion) -> Response:
    address = reverse("v1:authoring_show", args=[version.pk])
    return Response(shown(request, version.pk), status=201, headers={"Location": address})
