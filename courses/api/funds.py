"""What finance systems read: what each fund has left."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.http import SignedInApiRequest
from common.api import KeysetPagination
from common.api.views import ApiView
from courses.models import Fund, FundKind

READS_MONEY = {"GET": "funds:read"}


class FundOut(serializers.Serializer[Any]):
    """A fund and its balance. Nobody who was paid for is named."""

    id = serializers.IntegerField()
    organisation_id = serializers.IntegerField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(choices=FundKind.choices)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(help_text="The last day.")
    amount_pence = serializers.IntegerField(help_text="The budget.")
    reserved_pence = serializers.IntegerField(help_text="For places that are still to come.")
    spent_pence = serializers.IntegerField()
    left_pence = serializers.IntegerField(source="left")
    owed_pence = serializers.IntegerField(
        help_text="What it should have spent beside that, and had too little left for."
    )


class FundsQuery(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(required=False, choices=FundKind.choices)
    on = serializers.DateField(required=False, help_text="Those that pay on this day.")


@extend_schema(tags=["funds"])
class FundList(ApiView):
    """Funds of the caller's organisations, with what is reserved, spent and left of each."""

    required_scopes = READS_MONEY
    pagination_class = KeysetPagination
    query_serializer = FundsQuery
    ordering = ("id",)

    @extend_schema(operation_id="funds_list", responses=FundOut(many=True))
    def get(self, request: SignedInApiRequest) -> Response:
        rows = Fund.objects.visible_to(request.user, on=timezone.localdate()).with_owed()
        if "on" in self.query:
            rows = rows.on(self.query["on"])
        if "kind" in self.query:
            rows = rows.filter(kind=self.query["kind"])
        return self.page(request, rows, FundOut)
