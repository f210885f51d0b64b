"""Career pathways for programs: the steps between roles, the map, and ways to a role."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.http import SignedInApiRequest
from accounts.models import Person, StaffGroup
from common.api import KeysetPagination
from common.api.views import ApiView
from pathways.api.role_profiles import MOST_ID, READ
from pathways.models import RoleProfile, StepKind
from pathways.models.roles import RoleProfileQuerySet
from pathways.selectors.pathway_map import Region, map_of
from pathways.selectors.role_profiles import steps_between
from pathways.selectors.roles import aspired_role, current_role
from pathways.selectors.routes import Best, Route, routes_between, steps_seen

# More than these are no map any more: a part of it is asked for.
MOST_ROLES = 500


class PathwayStepOut(serializers.Serializer[Any]):
    """People may go from one role to another."""

    id = serializers.IntegerField()
    from_role = serializers.IntegerField(source="from_role_id")
    to_role = serializers.IntegerField(source="to_role_id")
    kind = serializers.ChoiceField(choices=StepKind.choices)
    usual_months = serializers.IntegerField(
        allow_null=True, help_text="Months usually spent in the role the step leads from."
    )
    adds = serializers.CharField(help_text="What the step adds, in its author's words.")
    note = serializers.CharField(help_text="What helps to take it.")


class MapRoleOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    title = serializers.CharField()
    family = serializers.CharField()
    band = serializers.CharField()
    stage = serializers.IntegerField()


class MapOut(serializers.Serializer[Any]):
    """The roles of a part of the map, from where careers begin, and the steps between them."""

    roles = MapRoleOut(many=True)
    steps = PathwayStepOut(many=True)


class DistanceOut(serializers.Serializer[Any]):
    """What is still missing for a step, when all that the role before asks for is met."""

    asked = serializers.IntegerField(source="total", help_text="Competencies asked for.")
    met = serializers.IntegerField()
    below = serializers.IntegerField(help_text="Competencies shown below the level asked for.")
    essential_below = serializers.IntegerField()
    missing = serializers.IntegerField(help_text="Levels to climb in those.")
    not_shown = serializers.IntegerField(help_text="Competencies that are new; these are no gap.")


class RouteStepOut(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="step.pk")
    from_role = serializers.IntegerField(source="step.from_role_id")
    to_role = serializers.IntegerField(source="step.to_role_id")
    title = serializers.CharField(source="role.title", help_text="Of the role it leads to.")
    kind = serializers.ChoiceField(source="step.kind", choices=StepKind.choices)
    usual_months = serializers.IntegerField(source="step.usual_months", allow_null=True)
    adds = serializers.CharField(source="step.adds")
    gap = DistanceOut()


class RouteOut(serializers.Serializer[Any]):
    best_in = serializers.ListField(child=serializers.ChoiceField(choices=[*Best]))
    months = serializers.IntegerField(help_text="Usual months of the steps whose time is known.")
    steps_without_months = serializers.IntegerField()
    missing = serializers.IntegerField(help_text="Levels to climb over all steps.")
    essential_below = serializers.IntegerField()
    steps = RouteStepOut(many=True)


class RoutesOut(serializers.Serializer[Any]):
    """Up to three ways, the best fit first; none where nothing leads there."""

    start = serializers.IntegerField(allow_null=True)
    target = serializers.IntegerField(allow_null=True)
    routes = RouteOut(many=True)


class StepQuery(serializers.Serializer[Any]):
    role = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_ID,
        help_text="Steps to this role and on from it.",
    )
    kind = serializers.ChoiceField(required=False, choices=StepKind.choices)


class MapQuery(serializers.Serializer[Any]):
    """A part of the map: one family, what is open to one staff group, or around a role."""

    family = serializers.CharField(required=False, max_length=60)
    staff_group = serializers.ChoiceField(required=False, choices=StaffGroup.choices)
    around = serializers.IntegerField(required=False, min_value=1, max_value=MOST_ID)
    steps = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=3,
        default=1,
        help_text="How far around the role, whichever way the steps lead.",
    )


class PersonRouteQuery(serializers.Serializer[Any]):
    role = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_ID,
        help_text="The role to get to; left out, the one worked towards.",
    )


@extend_schema(tags=["career pathways"])
class PathwayStepList(ApiView):
    required_scopes = READ
    pagination_class = KeysetPagination
    ordering = ("id",)
    query_serializer = StepQuery

    @extend_schema(operation_id="pathway_step_list", responses=PathwayStepOut(many=True))
    def get(self, request: SignedInApiRequest) -> Response:
        """Typed steps between the roles that the caller sees."""
        rows = steps_between(actor=request.user, on=timezone.localdate(), **self.query)
        return self.page(request, rows, PathwayStepOut)


@extend_schema(tags=["career pathways"])
class PathwayMapShow(ApiView):
    required_scopes = READ
    query_serializer = MapQuery

    @extend_schema(operation_id="pathway_map", responses=MapOut)
    def get(self, request: SignedInApiRequest) -> Response:
        """The map as data: at most 500 roles, so of a larger one ask for a part."""
        region = Region(**self.query)
        roles, steps = map_of(actor=request.user, on=timezone.localdate(), region=region)
        if len(roles) > MOST_ROLES:
            sentence = _(
                "There are %(count)d roles. Choose a family, a staff group or a role to look"
                " around."
            ) % {"count": len(roles)}
            raise ValidationError({"family": sentence}, code="too_many_roles")
        return Response(MapOut({"roles": roles, "steps": steps}).data)


@extend_schema(tags=["career pathways"])
class RoleRoutes(ApiView):
    required_scopes = READ

    @extend_schema(operation_id="role_routes", responses=RoutesOut)
    def get(self, request: SignedInApiRequest, pk: int, start_pk: int) -> Response:
        """Ways to a role from another, for somebody who meets what that one asks for."""
        target = get_object_or_404(_roles(request), pk=pk)
        start = get_object_or_404(_roles(request), pk=start_pk)
        return _routes(request, person=None, start=start, target=target)


@extend_schema(tags=["career pathways"])
class PersonRoutes(ApiView):
    required_scopes = {"GET": "attainments:read"}
    query_serializer = PersonRouteQuery

    @extend_schema(operation_id="person_routes", responses=RoutesOut)
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """Ways from the role a person has to another, with what is missing at every step."""
        today = timezone.localdate()
        person = get_object_or_404(Person.objects.visible_to(request.user, on=today), pk=pk)
        target = aspired_role(person_id=person.pk, on=today)
        if "role" in self.query:
            target = get_object_or_404(_roles(request), pk=self.query["role"])
        start = current_role(person_id=person.pk, on=today)
        return _routes(request, person=person, start=start, target=target)


def _roles(request: SignedInApiRequest) -> RoleProfileQuerySet:
    return RoleProfile.objects.visible_to(request.user, on=timezone.localdate())


def _routes(
    request: SignedInApiRequest,
    *,
    person: Person | None,
    start: RoleProfile | None,
    target: RoleProfile | None,
) -> Response:
    today = timezone.localdate()
    found: tuple[Route, ...] = ()
    if start is not None and target is not None and start != target:
        found = routes_between(
            person_id=person.pk if person else None,
            start=start,
            target=target,
            steps=steps_seen(actor=request.user, on=today),
            on=today,
        )
    told = {
        "start": start.pk if start else None,
        "target": target.pk if target else None,
        "routes": found,
    }
    return Response(RoutesOut(told).data)
