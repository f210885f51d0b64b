"""The parts of a draft, for programs: domains, competencies and what their levels look like."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.http import SignedInApiRequest
from common.api import InSerializer, KeysetPagination, LineIn, TextIn, YesNoIn
from common.api.views import ApiView
from pathways.api.authoring import scale_or_refuse
from pathways.api.frameworks import DescriptorOut
from pathways.api.writing import (
    MOST_TEXT,
    READ,
    WRITE,
    IdIn,
    RevisionIn,
    edition_written,
    refuse_field,
)
from pathways.models import Competency, Domain
from pathways.selectors.alike import alike
from pathways.selectors.authoring import competencies_written, domains_written, with_levels
from pathways.services.items import (
    MOST_INDICATORS,
    CompetencyText,
    DomainText,
    LevelText,
    describe_levels,
    write_competency,
    write_domain,
)

MOST_LEVELS = 8


class WrittenDomainOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    framework = serializers.IntegerField(source="version_id", help_text="The edition.")
    code = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    position = serializers.IntegerField()
    revision = serializers.IntegerField(source="version.revision", help_text="The draft's.")


class AlikeOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    framework = serializers.IntegerField(source="version_id")
    code = serializers.CharField()
    title = serializers.CharField()


class WrittenCompetencyOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    framework = serializers.IntegerField(source="version_id", help_text="The edition.")
    domain = serializers.IntegerField(source="domain_id")
    parent = serializers.IntegerField(  # type: ignore[assignment]
        source="parent_id", allow_null=True, help_text="The competency it is a part of."
    )
    code = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    scale = serializers.IntegerField(
        source="scale_id", allow_null=True, help_text="Null for that of the edition."
    )
    is_assessable = serializers.BooleanField()
    position = serializers.IntegerField()
    levels = DescriptorOut(many=True, source="descriptors")
    revision = serializers.IntegerField(source="version.revision", help_text="The draft's.")


class SavedCompetencyOut(WrittenCompetencyOut):
    """A competency with others that are called much the same, where its title is new."""

    alike = AlikeOut(many=True)


class DomainIn(RevisionIn):
    code = LineIn(max_length=60)
    title = LineIn(max_length=200)
    summary = TextIn(max_length=MOST_TEXT, required=False, allow_blank=True, default="")


class DomainChangeIn(RevisionIn):
    """What is left out stays as it is."""

    code = LineIn(max_length=60, required=False)
    title = LineIn(max_length=200, required=False)
    summary = TextIn(max_length=MOST_TEXT, required=False, allow_blank=True)


class CompetencyIn(RevisionIn):
    parent_id = IdIn(required=False, allow_null=True, default=None)
    code = LineIn(max_length=60, help_text="Words with dots between them, like 1.10.")
    title = LineIn(max_length=200)
    summary = TextIn(max_length=MOST_TEXT, required=False, allow_blank=True, default="")
    scale_id = IdIn(
        required=False, allow_null=True, default=None, help_text="Null for that of the edition."
    )
    is_assessable = YesNoIn(
        required=False, default=True, help_text="False for what only groups others."
    )


class CompetencyChangeIn(RevisionIn):
    """What is left out stays as it is."""

    code = LineIn(max_length=60, required=False)
    title = LineIn(max_length=200, required=False)
    summary = TextIn(max_length=MOST_TEXT, required=False, allow_blank=True)
    scale_id = IdIn(required=False, allow_null=True)
    is_assessable = YesNoIn(required=False)


class LevelTextIn(InSerializer):
    level_id = IdIn()
    text = TextIn(max_length=MOST_TEXT, allow_blank=True)
    indicators = serializers.ListField(child=LineIn(max_length=1_000), max_length=MOST_INDICATORS)


class DescribeLevelsIn(RevisionIn):
    """Levels that are not named stay as they are; an empty text takes a description away."""

    levels = serializers.ListField(child=LevelTextIn(), min_length=1, max_length=MOST_LEVELS)


@extend_schema(tags=["framework writing"])
class DomainList(ApiView):
    required_scopes = {"GET": READ, "POST": WRITE}
    pagination_class = KeysetPagination
    ordering = ("position", "id")

    @extend_schema(operation_id="domain_list", responses=WrittenDomainOut(many=True))
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """The domains of an edition in their order."""
        version = edition_written(request, pk)
        rows = domains_written(request.user, on=timezone.localdate()).filter(version=version)
        return self.page(request, rows, WrittenDomainOut)

    @extend_schema(operation_id="domain_add", request=DomainIn, responses={201: WrittenDomainOut})
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Add a domain at the end of a draft."""
        version = edition_written(request, pk)
        given = self.body(request, DomainIn)
        revision = given.pop("revision")
        row = write_domain(
            version=version,
            domain=None,
            text=DomainText(**given),
            revision=revision,
            by=request.user,
            now=timezone.now(),
        )
        address = reverse("v1:domain_show", args=[row.pk])
        told = WrittenDomainOut(domain_written(request, row.pk)).data
        return Response(told, status=201, headers={"Location": address})


@extend_schema(tags=["framework writing"])
class DomainDetail(ApiView):
    required_scopes = {"GET": READ, "PATCH": WRITE}

    @extend_schema(operation_id="domain_show", responses=WrittenDomainOut)
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """One domain."""
        return Response(WrittenDomainOut(domain_written(request, pk)).data)

    @extend_schema(operation_id="domain_change", request=DomainChangeIn, responses=WrittenDomainOut)
    def patch(self, request: SignedInApiRequest, pk: int) -> Response:
        """Change what a domain of a draft says."""
        domain = domain_written(request, pk)
        given = self.body(request, DomainChangeIn)
        revision = given.pop("revision")
        before = DomainText(domain.code, domain.title, domain.summary)
        write_domain(
            version=domain.version,
            domain=domain,
            text=before._replace(**given),
            revision=revision,
            by=request.user,
            now=timezone.now(),
        )
        return Response(WrittenDomainOut(domain_written(request, pk)).data)


@extend_schema(tags=["framework writing"])
class CompetencyList(ApiView):
    required_scopes = {"GET": READ}
    pagination_class = KeysetPagination
    ordering = ("domain__position", "position", "id")

    @extend_schema(operation_id="competency_list", responses=WrittenCompetencyOut(many=True))
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """The competencies of an edition in their order, with what their levels look like."""
        version = edition_written(request, pk)
        rows = competencies_written(request.user, on=timezone.localdate()).filter(version=version)
        return self.page(request, with_levels(rows), WrittenCompetencyOut)


@extend_schema(tags=["framework writing"])
class DomainCompetencies(ApiView):
    required_scopes = {"POST": WRITE}

    @extend_schema(
        operation_id="competency_add",
        request=CompetencyIn,
        responses={201: SavedCompetencyOut},
    )
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Add a competency to a domain, or to another competency of it, behind what is there."""
        domain = domain_written(request, pk)
        given = self.body(request, CompetencyIn)
        revision, parent = (
            given.pop("revision"),
            parent_or_refuse(request, domain, given.pop("parent_id")),
        )
        row = write_competency(
            domain=domain,
            competency=None,
            parent=parent,
            text=CompetencyText(scale=_scale(given.pop("scale_id")), **given),
            revision=revision,
            by=request.user,
            now=timezone.now(),
        )
        address = reverse("v1:competency_show", args=[row.pk])
        told = _saved(request, row.pk, is_new_title=True)
        return Response(told, status=201, headers={"Location": address})


@extend_schema(tags=["framework writing"])
class CompetencyDetail(ApiView):
    required_scopes = {"GET": READ, "PATCH": WRITE}

    @extend_schema(operation_id="competency_show", responses=WrittenCompetencyOut)
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """One competency, with what its levels look like."""
        return Response(WrittenCompetencyOut(competency_written(request, pk)).data)

    @extend_schema(
        operation_id="competency_change",
        request=CompetencyChangeIn,
        responses=SavedCompetencyOut,
    )
    def patch(self, request: SignedInApiRequest, pk: int) -> Response:
        """Change what a competency of a draft says."""
        row = competency_written(request, pk)
        given = self.body(request, CompetencyChangeIn)
        revision = given.pop("revision")
        if "scale_id" in given:
            given["scale"] = _scale(given.pop("scale_id"))
        before = CompetencyText(row.code, row.title, row.summary, row.scale, row.is_assessable)
        write_competency(
            domain=row.domain,
            competency=row,
            text=before._replace(**given),
            revision=revision,
            by=request.user,
            now=timezone.now(),
        )
        is_new_title = given.get("title", row.title) != row.title
        return Response(_saved(request, pk, is_new_title=is_new_title))


@extend_schema(tags=["framework writing"])
class CompetencyLevels(ApiView):
    required_scopes = {"POST": WRITE}

    @extend_schema(
        operation_id="competency_levels",
        request=DescribeLevelsIn,
        responses={200: WrittenCompetencyOut},
    )
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Say what a competency looks like at some of its levels."""
        row = competency_written(request, pk)
        given = self.body(request, DescribeLevelsIn)
        levels: dict[int, LevelText] = {}
        for told in given["levels"]:
            if told["level_id"] in levels:
                refuse_field("levels", _("Name each level once."), code="repeated")
            lines = tuple(dict.fromkeys(told["indicators"]))
            levels[told["level_id"]] = LevelText(told["text"], lines)
        describe_levels(
            competency=row,
            levels=levels,
            revision=given["revision"],
            by=request.user,
            now=timezone.now(),
        )
        return Response(WrittenCompetencyOut(competency_written(request, pk)).data)


def domain_written(request: SignedInApiRequest, pk: int) -> Domain:
    return get_object_or_404(domains_written(request.user, on=timezone.localdate()), pk=pk)


def competency_written(request: SignedInApiRequest, pk: int) -> Competency:
    rows = competencies_written(request.user, on=timezone.localdate())
    return get_object_or_404(with_levels(rows), pk=pk)


def _saved(request: SignedInApiRequest, pk: int, *, is_new_title: bool) -> dict[str, Any]:
    row = competency_written(request, pk)
    others: list[Competency] = []
    if is_new_title:
        today = timezone.localdate()
        others = alike(row.title, version=row.version, besides=pk, actor=request.user, on=today)
    return {**WrittenCompetencyOut(row).data, "alike": AlikeOut(others, many=True).data}


def _scale(pk: int | None) -> Any:
    return None if pk is None else scale_or_refuse(pk)


def parent_or_refuse(
    request: SignedInApiRequest, domain: Domain, pk: int | None
) -> Competency | None:
    if pk is None:
        return None
    rows = competencies_written(request.user, on=timezone.localdate())
    parent = rows.filter(domain=domain, pk=pk).first()
    if parent is None:
        sentence = _("Enter the id of a competency of this domain.")
        refuse_field("parent_id", sentence, code="unknown_competency")
    return parent
