"""What finance systems read of either side: statements of charges and their lines."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.http import SignedInApiRequest
from common.api import KeysetPagination
from common.api.views import ApiView
from courses.api.funds import READS_MONEY
from courses.api.serializers import MOST_ID
from courses.models import ChargeReason, Statement, StatementKind, StatementState
from courses.selectors.statements import with_totals


class StatementOut(serializers.Serializer[Any]):
    """A statement or credit note; drafts are told to the organisation that charges alone."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=StatementKind.choices)
    state = serializers.ChoiceField(choices=StatementState.choices)
    reference = serializers.CharField(help_text="Empty for a draft.")
    host_id = serializers.IntegerField(help_text="The organisation that charges.")
    payer_id = serializers.IntegerField(help_text="The organisation that is charged.")
    corrects_id = serializers.IntegerField(
        allow_null=True, help_text="Of a credit note, the statement it credits."
    )
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    issued_at = serializers.DateTimeField(allow_null=True)
    total_pence = serializers.IntegerField(help_text="Of a credit note, what is credited.")
    places = serializers.IntegerField(help_text="How many lines there are.")


class StatementLineOut(serializers.Serializer[Any]):
    """One place. Nobody is named: the reference is that of the enrolment."""

    id = serializers.IntegerField()
    reference = serializers.CharField()
    programme = serializers.CharField()
    session_on = serializers.DateField()
    reason = serializers.ChoiceField(choices=ChargeReason.choices)
    price_pence = serializers.IntegerField()
    pence = serializers.IntegerField()
    corrects_id = serializers.IntegerField(allow_null=True)
    is_credited = serializers.BooleanField(help_text="Whether a credit note took it back.")


class StatementsQuery(serializers.Serializer[Any]):
    host_id = serializers.IntegerField(required=False, min_value=1, max_value=MOST_ID)
    payer_id = serializers.IntegerField(required=False, min_value=1, max_value=MOST_ID)
    state = serializers.ChoiceField(required=False, choices=StatementState.choices)


@extend_schema(tags=["funds"])
class StatementList(ApiView):
    """What the caller's organisations charge, and what they are charged once it is issued."""

    required_scopes = READS_MONEY
    pagination_class = KeysetPagination
    query_serializer = StatementsQuery
    ordering = ("id",)

    @extend_schema(operation_id="statements_list", responses=StatementOut(many=True))
    def get(self, request: SignedInApiRequest) -> Response:
        rows = Statement.objects.visible_to(request.user, on=timezone.localdate())
        return self.page(request, with_totals(rows.filter(**self.query)), StatementOut)


@extend_schema(tags=["funds"])
class StatementLines(ApiView):
    """The lines of one statement."""

    required_scopes = READS_MONEY
    pagination_class = KeysetPagination
    ordering = ("id",)

    @extend_schema(operation_id="statement_lines_list", responses=StatementLineOut(many=True))
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        rows = Statement.objects.visible_to(request.user, on=timezone.localdate())
        statement = get_object_or_404(rows, pk=pk)
        return self.page(request, statement.lines.all(), StatementLineOut)
