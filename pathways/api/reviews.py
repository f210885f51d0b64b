"""Reviews of drafts, publication and retirement, for programs.

A program asks, publishes what people have signed off, and retires. It never signs off: a review is
answered by the person who was asked.
"""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.http import SignedInApiRequest
from accounts.models import Person
from common.api import DayIn, InSerializer, KeysetPagination, NothingIn, TextIn, YesNoIn
from common.api.views import ApiView
from pathways.api.authoring import WrittenEditionDetailOut, shown
from pathways.api.writing import READ, WRITE, IdIn, RevisionIn, edition_written, refuse_field
from pathways.models import FrameworkVersion, Review, ReviewOutcome
from pathways.selectors.collaborators import reviewers_of
from pathways.selectors.reviews import counts, editions_before, reviews_seen
from pathways.services.publishing import publish_edition, retire_edition
from pathways.services.reviewing import ask_for_review, take_back

MOST_REVIEWERS = 20
MOST_MESSAGE, MOST_REASON = 2_000, 500


class ReviewerOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField(source="full_name")


class ReviewOut(serializers.Serializer[Any]):
    """One person was asked about a draft as it stood at `revision`."""

    id = serializers.IntegerField()
    reviewer = ReviewerOut()
    asked_by = serializers.CharField(source="asker")
    asked_at = serializers.DateTimeField()
    message = serializers.CharField()
    revision = serializers.IntegerField()
    outcome = serializers.ChoiceField(choices=ReviewOutcome.choices)
    decided_at = serializers.DateTimeField(allow_null=True)
    statement = serializers.CharField()
    counts = serializers.SerializerMethodField(
        help_text="Whether it is a sign-off of the draft as it stands now."
    )

    def get_counts(self, review: Review) -> bool:
        return counts(review, version=review.version)


class AskedOut(serializers.Serializer[Any]):
    reviews = ReviewOut(many=True)


class ReviewIn(RevisionIn):
    reviewer_ids = serializers.ListField(
        child=IdIn(), min_length=1, max_length=MOST_REVIEWERS, help_text="Of the list of reviewers."
    )
    message = TextIn(max_length=MOST_MESSAGE, required=False, allow_blank=True, default="")


class PublicationIn(RevisionIn):
    valid_from = DayIn()
    ends_before = YesNoIn(
        required=False, default=True, help_text="Editions in use end on the day before."
    )


class RetirementIn(InSerializer):
    reason = TextIn(max_length=MOST_REASON, help_text="Everybody who is measured by it reads this.")
    replacement_id = IdIn(
        required=False,
        allow_null=True,
        default=None,
        help_text="An edition of the framework in use; needed while role profiles ask for levels.",
    )


@extend_schema(tags=["framework reviews"])
class ReviewerList(ApiView):
    required_scopes = {"GET": READ}
    pagination_class = KeysetPagination
    ordering = ("family_name", "given_name", "id")

    @extend_schema(operation_id="framework_reviewers", responses=ReviewerOut(many=True))
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """Who can be asked to review, by name."""
        return self.page(request, _able(request, edition_written(request, pk)), ReviewerOut)


@extend_schema(tags=["framework reviews"])
class ReviewList(ApiView):
    required_scopes = {"GET": READ, "POST": WRITE}
    pagination_class = KeysetPagination
    ordering = ("-id",)

    @extend_schema(operation_id="framework_reviews", responses=ReviewOut(many=True))
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """What reviewers were asked and said of an edition, the newest first."""
        return self.page(request, _reviews(request, edition_written(request, pk)), ReviewOut)

    @extend_schema(operation_id="framework_review_ask", request=ReviewIn, responses={201: AskedOut})
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Ask people to review a draft, which then does not change until it is taken back."""
        version = edition_written(request, pk)
        given = self.body(request, ReviewIn)
        asked = ask_for_review(
            version=version,
            reviewers=_reviewers(request, version, given["reviewer_ids"]),
            message=given["message"],
            revision=given["revision"],
            by=request.user,
            now=timezone.now(),
        )
        rows = _reviews(request, version).filter(pk__in=[review.pk for review in asked])
        told = AskedOut({"reviews": rows.order_by("reviewer__family_name", "pk")}).data
        return Response(told, status=201)


@extend_schema(tags=["framework reviews"])
class DraftTakeBack(ApiView):
    required_scopes = {"POST": WRITE}

    @extend_schema(
        operation_id="framework_take_back",
        request=None,
        responses={200: WrittenEditionDetailOut},
    )
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Take a draft out of review to change it; requests that wait are withdrawn."""
        version = edition_written(request, pk)
        self.body(request, NothingIn)
        take_back(version=version, by=request.user, now=timezone.now())
        return Response(shown(request, pk))


@extend_schema(tags=["framework reviews"])
class Publication(ApiView):
    required_scopes = {"POST": WRITE}

    @extend_schema(
        operation_id="framework_publish",
        request=PublicationIn,
        responses={200: WrittenEditionDetailOut},
    )
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Put a draft to use that people have signed off as it stands; it never changes again.

        What is in the way is refused with 409, and `hurdles` of the edition tells it before.
        """
        version = edition_written(request, pk)
        given = self.body(request, PublicationIn)
        publish_edition(version=version, **given, by=request.user, now=timezone.now())
        return Response(shown(request, pk))


@extend_schema(tags=["framework reviews"])
class Retirement(ApiView):
    required_scopes = {"POST": WRITE}

    @extend_schema(
        operation_id="framework_retire",
        request=RetirementIn,
        responses={200: WrittenEditionDetailOut},
    )
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Take an edition out of use, with a reason that those measured by it are told."""
        version = edition_written(request, pk)
        given = self.body(request, RetirementIn)
        retire_edition(
            version=version,
            reason=given["reason"],
            replacement=_replacement(version, given["replacement_id"]),
            by=request.user,
            now=timezone.now(),
        )
        return Response(shown(request, pk))


def _able(request: SignedInApiRequest, version: FrameworkVersion) -> QuerySet[Person]:
    return reviewers_of(version.framework, besides=request.user, on=timezone.localdate())


def _reviews(request: SignedInApiRequest, version: FrameworkVersion) -> QuerySet[Review]:
    return reviews_seen(request.user, on=timezone.localdate()).filter(version=version)


def _reviewers(
    request: SignedInApiRequest, version: FrameworkVersion, ids: list[int]
) -> list[Person]:
    found = list(_able(request, version).filter(pk__in=ids))
    if len(found) < len(set(ids)):
        sentence = _("Enter ids of people who can review this framework.")
        refuse_field("reviewer_ids", sentence, code="not_a_reviewer")
    return found


def _replacement(version: FrameworkVersion, pk: int | None) -> FrameworkVersion | None:
    if pk is None:
        return None
    found = editions_before(version).filter(pk=pk).first()
    if found is None:
        sentence = _("Enter the id of an edition of this framework that is in use.")
        refuse_field("replacement_id", sentence, code="not_a_replacement")
    return found
