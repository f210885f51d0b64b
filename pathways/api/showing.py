"""What people show, for HR systems: qualifications, evidence and prior learning.

Never what is written in them: no file, no address, no text of a reflection, a claim or a decision.
"""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.http import SignedInApiRequest
from common.api import KeysetPagination
from common.api.views import ApiView
from pathways.models import ClaimState, EvidenceKind, PriorLearningClaim, Qualification
from pathways.selectors.evidence import evidence_as_told
from pathways.selectors.prior_learning import claims_as_told

READ = {"GET": "evidence:read"}
MOST_ID = 2**63 - 1


class QualificationOut(serializers.Serializer[Any]):
    """A qualification or a registration that a person holds."""

    id = serializers.IntegerField()
    person_id = serializers.IntegerField()
    is_registration = serializers.BooleanField()
    title = serializers.CharField()
    awarding_body = serializers.CharField()
    level = serializers.IntegerField(
        allow_null=True, help_text="Of the Regulated Qualifications Framework, 1 to 8."
    )
    awarded_on = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)
    checked_at = serializers.DateTimeField(
        allow_null=True, help_text="When somebody saw the certificate; null: nobody has."
    )


class EvidenceOut(serializers.Serializer[Any]):
    """Something that was shown with a claim or a request; what was shown to nobody is not told."""

    id = serializers.IntegerField()
    person_id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=EvidenceKind.choices)
    title = serializers.CharField()
    happened_on = serializers.DateField(allow_null=True)
    added_at = serializers.DateTimeField()
    removed_at = serializers.DateTimeField(allow_null=True)
    competencies = serializers.SerializerMethodField(help_text="What it speaks for.")
    claims = serializers.SerializerMethodField(help_text="Claims it was shown with.")
    confirmations = serializers.SerializerMethodField(help_text="Requests it was shown with.")
    is_accepted = serializers.BooleanField(
        help_text="A level that it was shown with was accepted or confirmed."
    )

    def get_competencies(self, evidence: Any) -> list[int]:
        return sorted(use.competency_id for use in evidence.uses.all())

    def get_claims(self, evidence: Any) -> list[int]:
        return sorted({shown.claim_id for shown in evidence.claims.all()})

    def get_confirmations(self, evidence: Any) -> list[int]:
        return sorted({shown.item.request_id for shown in evidence.shown_in.all()})


class ClaimedLevelOut(serializers.Serializer[Any]):
    competency_id = serializers.IntegerField()
    rank = serializers.IntegerField(help_text="The level claimed.")
    accepted = serializers.BooleanField(allow_null=True, help_text="Null: not decided yet.")
    accepted_rank = serializers.IntegerField(allow_null=True)


class ClaimOut(serializers.Serializer[Any]):
    """A claim that something learned elsewhere counts, and what was decided of each level."""

    id = serializers.IntegerField()
    person_id = serializers.IntegerField()
    organisation_id = serializers.IntegerField(allow_null=True)
    title = serializers.CharField()
    provider = serializers.CharField()
    finished_on = serializers.DateField()
    submitted_at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=ClaimState.choices)
    assessor_id = serializers.IntegerField(
        allow_null=True, help_text="Null: the line manager of the day, or who leads learning."
    )
    decided_at = serializers.DateTimeField(allow_null=True)
    decided_by_id = serializers.IntegerField(allow_null=True)
    levels = ClaimedLevelOut(many=True)


class PersonQuery(serializers.Serializer[Any]):
    person_id = serializers.IntegerField(required=False, min_value=1, max_value=MOST_ID)


class ClaimQuery(PersonQuery):
    state = serializers.ChoiceField(required=False, choices=ClaimState.choices)


class _ShownList(ApiView):
    required_scopes = READ
    pagination_class = KeysetPagination
    query_serializer: type[serializers.Serializer[Any]] | None = PersonQuery
    ordering = ("id",)


@extend_schema(tags=["evidence"])
class QualificationList(_ShownList):
    @extend_schema(operation_id="qualification_list", responses=QualificationOut(many=True))
    def get(self, request: SignedInApiRequest) -> Response:
        """Qualifications and registrations of the people the caller sees."""
        rows = Qualification.objects.visible_to(request.user, on=timezone.localdate())
        return self.page(request, rows.filter(**self.query), QualificationOut)


@extend_schema(tags=["evidence"])
class EvidenceList(_ShownList):
    @extend_schema(operation_id="evidence_list", responses=EvidenceOut(many=True))
    def get(self, request: SignedInApiRequest) -> Response:
        """That evidence was shown, what for and whether it was accepted; never what is in it."""
        rows = evidence_as_told(actor=request.user, on=timezone.localdate())
        return self.page(request, rows.filter(**self.query), EvidenceOut)


@extend_schema(tags=["evidence"])
class ClaimList(_ShownList):
    query_serializer = ClaimQuery

    @extend_schema(operation_id="claim_list", responses=ClaimOut(many=True))
    def get(self, request: SignedInApiRequest) -> Response:
        """Claims of prior learning with what was decided; deciding them is a person's act."""
        seen = PriorLearningClaim.objects.visible_to(request.user, on=timezone.localdate())
        return self.page(request, claims_as_told(seen).filter(**self.query), ClaimOut)
