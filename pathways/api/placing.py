"""Where the parts of a draft stand, for programs: moving them, and taking them out."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.http import SignedInApiRequest
from common.api.views import ApiView
from pathways.api.items import (
    WrittenCompetencyOut,
    WrittenDomainOut,
    competency_written,
    domain_written,
    parent_or_refuse,
)
from pathways.api.writing import WRITE, IdIn, RevisionIn, edition_written, refuse_field
from pathways.models import Competency, Domain
from pathways.selectors.authoring import competencies_beside, domains_written
from pathways.services.moving import DOWN, UP, move_competency, move_competency_to, move_domain
from pathways.services.taking_out import remove_competency, remove_domain


class MoveIn(RevisionIn):
    """One step, or before a part beside it; with neither, behind all of them."""

    step = serializers.ChoiceField(required=False, choices=[(UP, UP), (DOWN, DOWN)], default="")
    before_id = IdIn(required=False, allow_null=True, default=None)


class MoveToIn(RevisionIn):
    domain_id = IdIn()
    parent_id = IdIn(required=False, allow_null=True, default=None)


class RemovedOut(serializers.Serializer[Any]):
    framework = serializers.IntegerField(help_text="The edition.")
    revision = serializers.IntegerField(help_text="The draft's, for the next change.")


@extend_schema(tags=["framework writing"])
class DomainMove(ApiView):
    required_scopes = {"POST": WRITE}

    @extend_schema(operation_id="domain_move", request=MoveIn, responses={200: WrittenDomainOut})
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Move a domain of a draft among the others."""
        domain = domain_written(request, pk)
        given = self.body(request, MoveIn)
        beside = domain.version.domains.exclude(pk=pk)
        move_domain(domain=domain, **_way(given, beside), by=request.user, now=timezone.now())
        return Response(WrittenDomainOut(domain_written(request, pk)).data)


@extend_schema(tags=["framework writing"])
class CompetencyMove(ApiView):
    required_scopes = {"POST": WRITE}

    @extend_schema(
        operation_id="competency_move", request=MoveIn, responses={200: WrittenCompetencyOut}
    )
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Move a competency among those beside it, with everything below it."""
        row = competency_written(request, pk)
        given = self.body(request, MoveIn)
        way = _way(given, competencies_beside(row))
        move_competency(competency=row, **way, by=request.user, now=timezone.now())
        return Response(WrittenCompetencyOut(competency_written(request, pk)).data)


@extend_schema(tags=["framework writing"])
class CompetencyMoveTo(ApiView):
    required_scopes = {"POST": WRITE}

    @extend_schema(
        operation_id="competency_move_to",
        request=MoveToIn,
        responses={200: WrittenCompetencyOut},
    )
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Move a competency behind what is in a domain, or in another competency of it."""
        row = competency_written(request, pk)
        given = self.body(request, MoveToIn)
        domain = _home(request, row, given["domain_id"])
        move_competency_to(
            competency=row,
            domain=domain,
            parent=parent_or_refuse(request, domain, given["parent_id"]),
            revision=given["revision"],
            by=request.user,
            now=timezone.now(),
        )
        return Response(WrittenCompetencyOut(competency_written(request, pk)).data)


@extend_schema(tags=["framework writing"])
class DomainRemove(ApiView):
    required_scopes = {"POST": WRITE}

    @extend_schema(operation_id="domain_remove", request=RevisionIn, responses={200: RemovedOut})
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Take a domain with all that it holds out of a draft."""
        domain = domain_written(request, pk)
        revision = self.body(request, RevisionIn)["revision"]
        remove_domain(domain=domain, revision=revision, by=request.user, now=timezone.now())
        return _removed(request, domain.version_id)


@extend_schema(tags=["framework writing"])
class CompetencyRemove(ApiView):
    required_scopes = {"POST": WRITE}

    @extend_schema(
        operation_id="competency_remove", request=RevisionIn, responses={200: RemovedOut}
    )
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Take a competency with its parts out of a draft."""
        row = competency_written(request, pk)
        revision = self.body(request, RevisionIn)["revision"]
        remove_competency(competency=row, revision=revision, by=request.user, now=timezone.now())
        return _removed(request, row.version_id)


def _way(given: dict[str, Any], beside: Any) -> dict[str, Any]:
    """Where to, in the words of the service; what it is to stand before has to be beside it."""
    before = given["before_id"]
    if before is not None and given["step"]:
        refuse_field("before_id", _("Give a step or this, not both."), code="two_ways")
    if before is not None and not beside.filter(pk=before).exists():
        refuse_field("before_id", _("Enter the id of a part beside it."), code="not_beside")
    return {"step": given["step"], "before": before, "revision": given["revision"]}


def _home(request: SignedInApiRequest, row: Competency, pk: int) -> Domain:
    rows = domains_written(request.user, on=timezone.localdate())
    domain = rows.filter(version_id=row.version_id, pk=pk).first()
    if domain is None:
        refuse_field("domain_id", _("Enter the id of a domain of this draft."), code="unknown")
    return domain


def _removed(request: SignedInApiRequest, version_id: int) -> Response:
    version = edition_written(request, version_id)
    return Response(RemovedOut({"framework": version.pk, "revision": version.revision}).data)
