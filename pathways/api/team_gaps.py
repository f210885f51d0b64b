"""Who in a line manager's team is missing what, for programs: the figures of the team page."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.http import SignedInApiRequest
from accounts.models import Person
from common.api import KeysetPagination
from common.api.views import ApiView
from pathways.selectors.gap_team import (
    Member,
    TeamGap,
    TeamQuestion,
    people_line_managed,
    team_gap,
    team_members,
)
from pathways.selectors.held_roles import Measure
from pathways.selectors.lights import Light

READ = {"GET": "attainments:read"}
MOST_ID = 2**63 - 1


class CountsOut(serializers.Serializer[Any]):
    """Levels asked for, by how far they are met: red and amber are missing, grey is not shown."""

    red = serializers.IntegerField()
    amber = serializers.IntegerField()
    green = serializers.IntegerField()
    grey = serializers.IntegerField()


class TeamCompetencyOut(serializers.Serializer[Any]):
    competency = serializers.IntegerField(source="competency_id")
    code = serializers.CharField()
    title = serializers.CharField()
    domain = serializers.CharField(source="domain_code")
    people = CountsOut(source="counts", help_text="How many people stand where.")


class TeamGapOut(serializers.Serializer[Any]):
    manager = serializers.IntegerField()
    on = serializers.DateField()
    people = serializers.IntegerField(help_text="How many people these figures are of.")
    competencies = TeamCompetencyOut(
        many=True, source="columns", help_text="All that anybody's role asks for."
    )


class CellOut(serializers.Serializer[Any]):
    competency = serializers.IntegerField(source="competency_id")
    required = serializers.CharField(source="required_label")  # type: ignore[assignment]
    held = serializers.CharField(source="held_label", help_text="Empty: nothing was shown.")
    is_essential = serializers.BooleanField()
    light = serializers.ChoiceField(choices=[light.value for light in Light])


class MemberOut(serializers.Serializer[Any]):
    """One person of the team beside what their role asks for."""

    person = serializers.IntegerField()
    role_profile = serializers.IntegerField(
        allow_null=True, help_text="Null: no role to measure by."
    )
    levels = CountsOut(help_text="How many levels stand where.")
    rows = CellOut(many=True)


class TeamGapQuery(serializers.Serializer[Any]):
    on = serializers.DateField(
        required=False, help_text="As of this day, for the team of today; today if left out."
    )
    measure = serializers.ChoiceField(
        choices=[one.value for one in Measure],
        default=Measure.HELD.value,
        help_text="Against the role people have, or the one they work towards.",
    )
    role = serializers.IntegerField(
        required=False, min_value=1, max_value=MOST_ID, help_text="Only who follows this role."
    )
    competency = serializers.IntegerField(
        required=False, min_value=1, max_value=MOST_ID, help_text="Only who is below in this."
    )
    essential = serializers.BooleanField(
        required=False, default=False, help_text="Only what is essential from the first day."
    )


class _TeamView(ApiView):
    """Asks the question of the query about the team of a line manager whom the caller sees."""

    required_scopes = READ
    query_serializer = TeamGapQuery

    def gap_of(self, request: SignedInApiRequest, pk: int) -> TeamGap:
        today = timezone.localdate()
        people = Person.objects.visible_to(request.user, on=today)
        manager = get_object_or_404(people, pk=pk)
        question = TeamQuestion(
            on=self.query.get("on", today),
            measure=Measure(self.query["measure"]),
            role_id=self.query.get("role"),
            competency_id=self.query.get("competency"),
            is_essential_only=self.query["essential"],
        )
        team = people_line_managed(manager=manager, actor=request.user, on=today)
        return team_gap(people=team, question=question)


@extend_schema(tags=["gaps"])
class TeamGapShow(_TeamView):
    @extend_schema(operation_id="team_gap", responses=TeamGapOut)
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """Of each competency, how many people of a line manager's team are missing it."""
        gap = self.gap_of(request, pk)
        told = {
            "manager": pk,
            "on": gap.question.on,
            "people": len(gap.person_ids),
            "columns": gap.columns,
        }
        return Response(TeamGapOut(told).data)


@extend_schema(tags=["gaps"])
class TeamGapPeople(_TeamView):
    pagination_class = KeysetPagination
    ordering = ("family_name", "given_name", "id")

    @extend_schema(operation_id="team_gap_people", responses=MemberOut(many=True))
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """The people of a line manager's team by name, each with every level of their role."""
        gap = self.gap_of(request, pk)
        chosen = Person.objects.visible_to(request.user, on=timezone.localdate())
        paginator = KeysetPagination()
        found = paginator.paginate_queryset(
            chosen.filter(pk__in=gap.person_ids), request, view=self
        )
        members = team_members(gap=gap, person_ids=[person.pk for person in found])
        return paginator.get_paginated_response(
            MemberOut([_told(gap, one) for one in members], many=True).data
        )


def _told(gap: TeamGap, member: Member) -> dict[str, Any]:
    """A person with the levels of their role in the order of the framework."""
    asked = [member.cells.get(column.competency_id) for column in gap.columns]
    return {
        "person": member.person.pk,
        "role_profile": member.role_id,
        "levels": member.counts,
        "rows": [cell for cell in asked if cell is not None],
    }
