"""Gaps of people and organisations, and what would close them."""

from collections.abc import Iterable
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.http import SignedInApiRequest
from accounts.models import Person
from common.api.views import ApiView
from common.errors import Forbidden
from pathways.api.writing import refuse_field
from pathways.models import RoleProfile
from pathways.selectors.gap import GapRow, GapState
from pathways.selectors.gap_organisation import (
    Dimension,
    OrganisationGap,
    organisation_gap,
    organisations_counted,
)
from pathways.selectors.gap_page import gap_page
from pathways.selectors.lights import Light
from pathways.selectors.signposts import SignpostKind, signposts_of

READ = {"GET": "attainments:read"}


class GapQuery(serializers.Serializer[Any]):
    role = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=2**63 - 1,
        help_text="Left out: the role worked towards, else the one held.",
    )
    on = serializers.DateField(required=False, help_text="As of this day; today if left out.")


class GapRowOut(serializers.Serializer[Any]):
    competency = serializers.IntegerField(source="competency_id")
    code = serializers.CharField()
    title = serializers.CharField()
    domain = serializers.CharField(source="domain_code")
    required = serializers.IntegerField()  # type: ignore[assignment]
    held = serializers.IntegerField(allow_null=True, help_text="Null: nothing shown, no gap.")
    is_essential = serializers.BooleanField()
    state = serializers.ChoiceField(choices=[state.value for state in GapState])
    light = serializers.ChoiceField(choices=[light.value for light in Light])
    attained_on = serializers.DateField(allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment]


class GapOut(serializers.Serializer[Any]):
    """Without a role to measure by there are no rows."""

    person = serializers.IntegerField()
    role_profile = serializers.IntegerField(allow_null=True)
    on = serializers.DateField()
    rows = GapRowOut(many=True)


class ReasonOut(serializers.Serializer[Any]):
    words = serializers.CharField()
    points = serializers.IntegerField()


class SignpostOut(serializers.Serializer[Any]):
    competency = serializers.IntegerField(source="competency_id")
    kind = serializers.ChoiceField(choices=[kind.value for kind in SignpostKind])
    title = serializers.CharField()
    href = serializers.CharField()
    note = serializers.CharField()
    score = serializers.IntegerField(help_text="The sum of the points of the reasons.")
    reasons = ReasonOut(many=True)


class SignpostsOut(serializers.Serializer[Any]):
    person = serializers.IntegerField()
    role_profile = serializers.IntegerField(allow_null=True)
    signposts = SignpostOut(many=True)


class OrganisationGapQuery(serializers.Serializer[Any]):
    by = serializers.ChoiceField(
        choices=[one.value for one in Dimension], default=Dimension.ORGANISATION.value
    )
    on = serializers.DateField(
        required=False,
        help_text="The first day of its month is counted; that of this month if left out.",
    )


class FigureOut(serializers.Serializer[Any]):
    """Shares in whole percent of what is asked, out of rounded numbers; null where too few people
    are asked."""

    domain = serializers.CharField()
    met = serializers.IntegerField(allow_null=True)
    below = serializers.IntegerField(allow_null=True)
    not_shown = serializers.IntegerField(allow_null=True)


class GroupOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    people = serializers.IntegerField()
    figures = FigureOut(many=True)


class OrganisationGapOut(serializers.Serializer[Any]):
    """Groups of fewer than ten people are left out; how many is told. Numbers of people are
    rounded to the nearest five, and shares are shares of such numbers."""

    on = serializers.DateField()
    groups = GroupOut(many=True)
    hidden_groups = serializers.IntegerField()
    hidden_people = serializers.IntegerField()


@extend_schema(tags=["gaps"])
class PersonGap(ApiView):
    required_scopes = READ
    query_serializer = GapQuery

    @extend_schema(operation_id="person_gap", responses=GapOut)
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """What a role asks for beside what a person had shown by a day."""
        today = timezone.localdate()
        person = _person(request, pk)
        role = None
        if "role" in self.query:
            roles = RoleProfile.objects.visible_to(request.user, on=today)
            role = get_object_or_404(
                roles.select_related("version__framework"), pk=self.query["role"]
            )
        page = gap_page(person=person, role=role, on=self.query.get("on", today))
        rows: Iterable[GapRow] = page.gap.rows if page.gap else ()
        return Response(
            {
                "person": person.pk,
                "role_profile": page.role.pk if page.role else None,
                "on": page.on,
                "rows": GapRowOut(rows, many=True).data,
            }
        )


@extend_schema(tags=["gaps"])
class PersonSignposts(ApiView):
    required_scopes = READ

    @extend_schema(operation_id="person_signposts", responses=SignpostsOut)
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """Courses, resources and people who coach, each with the reasons for it."""
        today = timezone.localdate()
        person = _person(request, pk)
        page = gap_page(person=person, on=today)
        rows = (
            signposts_of(gap=page.gap, person=person, actor=request.user, on=today)
            if page.gap
            else ()
        )
        found = [signpost for row in rows for signpost in row.signposts]
        return Response(
            {
                "person": person.pk,
                "role_profile": page.role.pk if page.role else None,
                "signposts": SignpostOut(found, many=True).data,
            }
        )


@extend_schema(tags=["gaps"])
class OrganisationsGap(ApiView):
    required_scopes = READ
    query_serializer = OrganisationGapQuery

    @extend_schema(operation_id="organisations_gap", responses=OrganisationGapOut)
    def get(self, request: SignedInApiRequest) -> Response:
        """How far the people of the caller's organisations are from what their roles ask for."""
        today = timezone.localdate()
        organisations = organisations_counted(actor=request.user, on=today)
        if organisations is None:
            raise Forbidden(
                _("Only learning leads and HR administrators see the gaps of an organisation."),
                code="may_not_see_organisation_gaps",
            )
        on = self.query.get("on", today)
        if on > today:
            refuse_field("on", _("Send today or an earlier day."), code="in_the_future")
        gap = organisation_gap(
            organisation_ids=organisations.values_list("pk", flat=True),
            dimension=Dimension(self.query["by"]),
            on=on,
        )
        return Response({"on": gap.on, **_figures(gap)})


def _person(request: SignedInApiRequest, pk: int) -> Person:
    people = Person.objects.visible_to(request.user, on=timezone.localdate())
    return get_object_or_404(people, pk=pk)


def _figures(gap: OrganisationGap) -> dict[str, Any]:
    groups = [
        {
            "name": group.name,
            "people": group.people,
            "figures": [
                {
                    "domain": column.code,
                    "met": None if figure.is_hidden else figure.met_share,
                    "below": None if figure.is_hidden else figure.below_share,
                    "not_shown": None if figure.is_hidden else figure.not_shown_share,
                }
                for column, figure in zip(gap.columns, group.figures, strict=True)
                if figure is not None
            ],
        }
        for group in gap.groups
    ]
    return {
        "groups": groups,
        "hidden_groups": gap.hidden_groups,
        "hidden_people": gap.hidden_people,
    }
