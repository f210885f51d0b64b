"""Role profiles written by programs of the organisation that owns them, from draft to successor.

The same services as behind the pages: what a role in use asks for never changes, so a successor is
drafted, changed and published.
"""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.http import SignedInApiRequest
from common.api import KeysetPagination, NothingIn
from common.api.views import ApiView
from common.errors import Forbidden
from pathways.api.role_bodies import (
    PARTICULARS,
    AskedLevelsIn,
    ConditionsIn,
    RoleChangesIn,
    RoleDraftIn,
    RoleFamilyIn,
    SuccessorIn,
    WithdrawalIn,
    asked_levels,
    particulars,
    trees,
)
from pathways.api.role_profiles import (
    ConditionGroupOut,
    RequirementOut,
    RoleProfileList,
    RoleProfileOut,
    StepAfterOut,
    what_it_asks_for,
)
from pathways.api.writing import refuse_field
from pathways.models import FrameworkVersion, RoleProfile
from pathways.models.roles import ROLE_WRITING
from pathways.selectors.role_page import role_to_write
from pathways.selectors.role_profiles import with_requirements
from pathways.selectors.role_writing import (
    families_for,
    owners_of_new,
    replacements_for,
    written_roles,
)
from pathways.services.role_condition_trees import say_conditions
from pathways.services.role_editions import draft_successor
from pathways.services.role_profiles import (
    describe_role,
    discard_role,
    draft_role,
    publish_role,
    withdraw_role,
)
from pathways.services.role_requirements import ask_for, follow_family

GET = {"GET": ROLE_WRITING}
POST = {"POST": ROLE_WRITING}


class WrittenRoleOut(RoleProfileOut):
    """A role profile as those who write it see it, drafts and families among them."""

    is_published = serializers.BooleanField(help_text="In use.")
    is_family = serializers.BooleanField()
    family_profile = serializers.IntegerField(
        source="parent_id", allow_null=True, help_text="The family that it takes levels from."
    )
    withdrawn_on = serializers.DateField(allow_null=True)


class LeftBehindOut(serializers.Serializer[Any]):
    """A level of the role before that no confirmed rule carried to this edition."""

    competency = serializers.IntegerField(source="competency_id")
    code = serializers.CharField(source="competency.code")
    rank = serializers.IntegerField()


class WrittenRoleDetailOut(WrittenRoleOut):
    requirements = RequirementOut(many=True)
    conditions = ConditionGroupOut(many=True)
    leads_to = StepAfterOut(many=True)
    left_behind = LeftBehindOut(many=True)


def role_written(request: SignedInApiRequest, pk: int) -> RoleProfile:
    """The role asked for, where the caller writes it; else it is not there."""
    roles = written_roles(actor=request.user, on=timezone.localdate())
    return get_object_or_404(with_requirements(roles=roles), pk=pk)


def told(request: SignedInApiRequest, pk: int, *, status: int = 200) -> Response:
    """The role as it is now."""
    role = role_written(request, pk)
    page = role_to_write(role=role)
    return Response(
        {
            **WrittenRoleOut(role).data,
            **what_it_asks_for(role),
            "leads_to": StepAfterOut(page.steps, many=True).data,
            "left_behind": LeftBehindOut(page.left_behind, many=True).data,
        },
        status=status,
        headers=_found_at(pk) if status == 201 else None,
    )


def _found_at(pk: int) -> dict[str, str]:
    return {"Location": reverse("v1:written_role_show", args=[pk])}


def edition_named(request: SignedInApiRequest, pk: int) -> FrameworkVersion:
    """The edition in the field ``framework`` of a body."""
    seen = FrameworkVersion.objects.visible_to(request.user, on=timezone.localdate())
    version = seen.select_related("framework").filter(pk=pk).first()
    if version is None:
        refuse_field("framework", _("There is no such edition."), code="unknown_edition")
    return version


@extend_schema(tags=["role profiles"])
class RoleProfiles(RoleProfileList):
    """The list that everybody reads, and where a new profile begins."""

    required_scopes = {**RoleProfileList.required_scopes, **POST}

    @extend_schema(
        operation_id="role_draft",
        tags=["writing roles"],
        request=RoleDraftIn,
        responses={201: WrittenRoleDetailOut},
    )
    def post(self, request: SignedInApiRequest) -> Response:
        """Begin a role profile of one's organisation; nobody else sees it until it is in use."""
        sent, today = self.body(request, RoleDraftIn), timezone.localdate()
        owners = {one.pk: one for one in owners_of_new(actor=request.user, on=today)}
        if not owners:
            raise Forbidden(
                _("Only framework authors write role profiles."), code="may_not_write_role"
            )
        if sent["organisation_id"] not in owners:
            sentence = _("You write role profiles for no such organisation.")
            refuse_field("organisation_id", sentence, code="unknown_organisation")
        role = draft_role(
            code=sent["code"],
            particulars=particulars(sent),
            version=edition_named(request, sent["framework"]),
            owner=owners[sent["organisation_id"]],
            is_family=sent["is_family"],
            by=request.user,
            now=timezone.now(),
        )
        return told(request, role.pk, status=201)


@extend_schema(tags=["writing roles"])
class WrittenRoleList(ApiView):
    required_scopes = GET
    pagination_class = KeysetPagination
    ordering = ("id",)

    @extend_schema(operation_id="written_role_list", responses=WrittenRoleOut(many=True))
    def get(self, request: SignedInApiRequest) -> Response:
        """Role profiles that the caller writes: drafts, in use and withdrawn."""
        rows = written_roles(actor=request.user, on=timezone.localdate())
        return self.page(request, rows, WrittenRoleOut)


@extend_schema(tags=["writing roles"])
class WrittenRoleShow(ApiView):
    required_scopes = {"GET": ROLE_WRITING, "PATCH": ROLE_WRITING}

    @extend_schema(operation_id="written_role_show", responses=WrittenRoleDetailOut)
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """One role profile that the caller writes, with everything it asks for."""
        return told(request, pk)

    @extend_schema(
        operation_id="role_describe", request=RoleChangesIn, responses=WrittenRoleDetailOut
    )
    def patch(self, request: SignedInApiRequest, pk: int) -> Response:
        """Change what the profile says of the role; what it asks for stays."""
        role = role_written(request, pk)
        now_said = {name: getattr(role, name) for name in PARTICULARS}
        sent = particulars({**now_said, **self.body(request, RoleChangesIn)})
        describe_role(role=role, particulars=sent, by=request.user, now=timezone.now())
        return told(request, pk)


@extend_schema(tags=["writing roles"])
class RoleLevels(ApiView):
    required_scopes = POST

    @extend_schema(
        operation_id="role_levels", request=AskedLevelsIn, responses=WrittenRoleDetailOut
    )
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Say which levels a draft or a family asks for: all that is sent, or nothing."""
        role = role_written(request, pk)
        levels = asked_levels(self.body(request, AskedLevelsIn))
        ask_for(role=role, levels=levels, by=request.user, now=timezone.now())
        return told(request, pk)


@extend_schema(tags=["writing roles"])
class RoleConditions(ApiView):
    required_scopes = POST

    @extend_schema(
        operation_id="role_conditions", request=ConditionsIn, responses=WrittenRoleDetailOut
    )
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Say everything that a draft or a family asks for beside levels; the same again changes
        nothing."""
        role = role_written(request, pk)
        groups = trees(self.body(request, ConditionsIn)["groups"])
        say_conditions(role=role, groups=groups, by=request.user, now=timezone.now())
        return told(request, pk)


@extend_schema(tags=["writing roles"])
class RoleFamily(ApiView):
    required_scopes = POST

    @extend_schema(operation_id="role_family", request=RoleFamilyIn, responses=WrittenRoleDetailOut)
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Take levels from a family of the same edition; what the role asks for already stays."""
        role = role_written(request, pk)
        number = self.body(request, RoleFamilyIn)["family"]
        found = {one.pk: one for one in families_for(role=role)}
        if number is not None and number not in found:
            sentence = _("There is no such family of the same edition.")
            refuse_field("family", sentence, code="unknown_family")
        family = found[number] if number is not None else None
        follow_family(role=role, family=family, by=request.user, now=timezone.now())
        return told(request, pk)


@extend_schema(tags=["writing roles"])
class RolePublish(ApiView):
    required_scopes = POST

    @extend_schema(operation_id="role_publish", request=NothingIn, responses=WrittenRoleDetailOut)
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Bring a draft into use from today; what followed the role before follows this one."""
        role = role_written(request, pk)
        self.body(request, NothingIn)
        publish_role(role=role, by=request.user, now=timezone.now())
        return told(request, pk)


@extend_schema(tags=["writing roles"])
class RoleSucceed(ApiView):
    required_scopes = POST

    @extend_schema(
        operation_id="role_succeed", request=SuccessorIn, responses={201: WrittenRoleDetailOut}
    )
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Draft the successor of a role in use, perhaps by another edition of its framework."""
        role = role_written(request, pk)
        version = edition_named(request, self.body(request, SuccessorIn)["framework"])
        draft = draft_successor(role=role, version=version, by=request.user, now=timezone.now())
        return told(request, draft.pk, status=201)


@extend_schema(tags=["writing roles"])
class RoleWithdraw(ApiView):
    required_scopes = POST

    @extend_schema(
        operation_id="role_withdraw", request=WithdrawalIn, responses=WrittenRoleDetailOut
    )
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Take a role out of use; whoever follows it follows the one that takes its place."""
        role, today = role_written(request, pk), timezone.localdate()
        number = self.body(request, WithdrawalIn)["replacement"]
        others = replacements_for(role=role, actor=request.user, on=today)
        replacement = others.filter(pk=number).first() if number is not None else None
        if number is not None and replacement is None:
            sentence = _("There is no such role in use that could take its place.")
            refuse_field("replacement", sentence, code="unknown_role")
        withdraw_role(role=role, replacement=replacement, by=request.user, now=timezone.now())
        return told(request, pk)


@extend_schema(tags=["writing roles"])
class RoleDiscard(ApiView):
    required_scopes = POST

    @extend_schema(operation_id="role_discard", request=NothingIn, responses=WrittenRoleOut)
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Throw away a draft that was never in use; the answer is what it was."""
        role = role_written(request, pk)
        self.body(request, NothingIn)
        was = WrittenRoleOut(role).data
        discard_role(role=role, by=request.user, now=timezone.now())
        return Response(was)
