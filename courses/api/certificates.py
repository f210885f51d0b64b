"""The endpoint that tells HR systems which certificates people have."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.http import SignedInApiRequest
from common.api import KeysetPagination
from common.api.views import ApiView
from courses.api.serializers import MOST_ID
from courses.models import CertificateState, RevocationReason
from courses.selectors.certificates import certificates_for_api


class CertificateOut(serializers.Serializer[Any]):
    """A certificate as it was issued. What it says does not change."""

    id = serializers.UUIDField(source="public_id")
    person_id = serializers.IntegerField()
    organisation_id = serializers.IntegerField(help_text="For which the person went.")
    serial = serializers.CharField(help_text="The number on the certificate.")
    title = serializers.CharField()
    person_name = serializers.CharField(help_text="The name as the certificate says it.")
    issuer = serializers.CharField(source="issuer_name")
    programme = serializers.CharField(source="programme_title")
    level = serializers.CharField()
    body = serializers.CharField()
    accreditation = serializers.CharField()
    hours = serializers.IntegerField(allow_null=True)
    credits = serializers.IntegerField(allow_null=True)
    completed_on = serializers.DateField()
    issued_on = serializers.DateField()
    expires_on = serializers.DateField(allow_null=True, help_text="The last day it counts.")
    state = serializers.ChoiceField(choices=CertificateState.choices)
    ended_at = serializers.DateTimeField(allow_null=True)
    end_reason = serializers.ChoiceField(choices=[("", ""), *RevocationReason.choices])
    replaces = serializers.UUIDField(source="replaces.public_id", allow_null=True, default=None)


class AwardsQuery(serializers.Serializer[Any]):
    person_id = serializers.IntegerField(required=False, min_value=1, max_value=MOST_ID)
    state = serializers.ChoiceField(required=False, choices=CertificateState.choices)
    expires_until = serializers.DateField(
        required=False, help_text="Those that end on this day or before."
    )


@extend_schema(tags=["awards"])
class AwardList(ApiView):
    """Certificates of the people the caller sees, newest row last."""

    required_scopes = {"GET": "awards:read"}
    pagination_class = KeysetPagination
    query_serializer = AwardsQuery

    @extend_schema(operation_id="awards_list", responses=CertificateOut(many=True))
    def get(self, request: SignedInApiRequest) -> Response:
        rows = certificates_for_api(request.user, on=timezone.localdate())
        asked = dict(self.query)
        until = asked.pop("expires_until", None)
        rows = rows.filter(**asked)
        return self.page(
            request, rows.filter(expires_on__lte=until) if until else rows, CertificateOut
        )
