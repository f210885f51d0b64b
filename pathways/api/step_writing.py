"""The steps that lead on from a role, written by programs of the organisation that owns it."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from accounts.http import SignedInApiRequest
from common.api import NothingIn
from common.api.views import ApiView
from pathways.api.pathway import PathwayStepOut
from pathways.api.role_bodies import (
    STEP_PARTICULARS,
    NewStepIn,
    StepChangesIn,
    step_particulars,
)
from pathways.api.role_writing import role_written
from pathways.api.writing import refuse_field
from pathways.models import PathwayStep, RoleProfile
from pathways.models.roles import ROLE_WRITING
from pathways.selectors.role_profiles import steps_between
from pathways.selectors.role_writing import written_steps
from pathways.services.pathways import add_step, change_step, remove_step


@extend_schema(tags=["writing roles"])
class RoleSteps(ApiView):
    required_scopes = {"POST": ROLE_WRITING}

    @extend_schema(operation_id="step_add", request=NewStepIn, responses={201: PathwayStepOut})
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Say that people go on from this role to another, and how."""
        role = role_written(request, pk)
        sent = self.body(request, NewStepIn)
        step = add_step(
            from_role=role,
            to_role=_role_named(request, sent["to_role"]),
            particulars=step_particulars(sent),
            by=request.user,
            now=timezone.now(),
        )
        return Response(PathwayStepOut(step).data, status=201)


@extend_schema(tags=["career pathways"])
class StepShow(ApiView):
    required_scopes = {"GET": "frameworks:read", "PATCH": ROLE_WRITING}

    @extend_schema(operation_id="pathway_step_show", responses=PathwayStepOut)
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """One step between two roles that the caller sees."""
        steps = steps_between(actor=request.user, on=timezone.localdate())
        return Response(PathwayStepOut(get_object_or_404(steps, pk=pk)).data)

    @extend_schema(
        operation_id="step_change",
        tags=["writing roles"],
        request=StepChangesIn,
        responses=PathwayStepOut,
    )
    def patch(self, request: SignedInApiRequest, pk: int) -> Response:
        """Change what a step says; it leads where it led."""
        step = _step(request, pk)
        now_said = {name: getattr(step, name) for name in STEP_PARTICULARS}
        sent = step_particulars({**now_said, **self.body(request, StepChangesIn)})
        change_step(step=step, particulars=sent, by=request.user, now=timezone.now())
        return Response(PathwayStepOut(_step(request, pk)).data)


@extend_schema(tags=["writing roles"])
class StepRemove(ApiView):
    required_scopes = {"POST": ROLE_WRITING}

    @extend_schema(operation_id="step_remove", request=NothingIn, responses=PathwayStepOut)
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Take a step off the map; the answer is what it was."""
        step = _step(request, pk)
        self.body(request, NothingIn)
        was: dict[str, Any] = PathwayStepOut(step).data
        remove_step(step=step, by=request.user, now=timezone.now())
        return Response(was)


def _step(request: SignedInApiRequest, pk: int) -> PathwayStep:
    return get_object_or_404(written_steps(actor=request.user, on=timezone.localdate()), pk=pk)


def _role_named(request: SignedInApiRequest, pk: int) -> RoleProfile:
    seen = RoleProfile.objects.visible_to(request.user, on=timezone.localdate())
    role = seen.filter(pk=pk).first()
    if role is None:
        refuse_field("to_role", _("There is no such role in use."), code="unknown_role")
    return role
