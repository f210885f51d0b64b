"""Endpoints for development plans: what a person plans to do, never what an appraisal says."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.http import SignedInApiRequest
from appraisals.models import ActionKind, ActionState, DevelopmentPlan
from appraisals.selectors.plans import plan_rows, plans_visible_to
from appraisals.services.reading import open_listed_plans, open_plan
from common.api import KeysetPagination
from common.api.views import ApiView

READS_PLANS = {"GET": "plans:read"}


class PlanOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    person_id = serializers.IntegerField()
    title = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)
    role_profile_id = serializers.IntegerField(
        allow_null=True, help_text="The role the plan works towards."
    )
    appraisal_id = serializers.IntegerField(
        allow_null=True, help_text="The appraisal it was drafted from."
    )
    updated_at = serializers.DateTimeField()


class PlanActionOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=ActionKind.choices)
    title = serializers.CharField()
    competency_id = serializers.IntegerField(allow_null=True)
    programme_id = serializers.IntegerField(allow_null=True)
    due_on = serializers.DateField()
    state = serializers.ChoiceField(choices=ActionState.choices)


class PlanDetailOut(PlanOut):
    actions = PlanActionOut(many=True)


class PlansQuery(serializers.Serializer[Any]):
    person_id = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    on = serializers.DateField(required=False, help_text="Plans that run on this day.")


@extend_schema(tags=["plans"])
class PlanList(ApiView):
    """Development plans that the caller may see, those that are over included."""

    required_scopes = READS_PLANS
    pagination_class = KeysetPagination
    query_serializer = PlansQuery
    ordering = ("id",)

    @extend_schema(operation_id="plans_list", responses=PlanOut(many=True))
    def get(self, request: SignedInApiRequest) -> Response:
        rows = plan_rows(request.user, on=timezone.localdate())
        if "person_id" in self.query:
            rows = rows.filter(person_id=self.query["person_id"])
        if "on" in self.query:
            day = self.query["on"]
            rows = rows.filter(starts_on__lte=day, ends_on__gte=day)
        response = self.page(request, rows)
        listed = [
            DevelopmentPlan(id=r["id"], person_id=r["person_id"]) for r in response.data["results"]
        ]
        open_listed_plans(plans=listed, by=request.user, now=timezone.now())
        return response


@extend_schema(tags=["plans"])
class PlanDetail(ApiView):
    """One plan with its actions."""

    required_scopes = READS_PLANS

    @extend_schema(operation_id="plans_read", responses=PlanDetailOut)
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        plan = plans_visible_to(request.user, on=timezone.localdate()).filter(pk=pk).first()
        if plan is None:
            raise Http404
        open_plan(plan=plan, by=request.user, now=timezone.now())
        return Response(PlanDetailOut(plan).data)
