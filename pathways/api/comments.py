"""What is said about drafts, for programs: comments, answers, and that they were dealt with."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.http import SignedInApiRequest
from common.api import InSerializer, KeysetPagination, NothingIn, TextIn
from common.api.views import ApiView
from pathways.api.writing import READ, WRITE, IdIn, edition_written, refuse_field
from pathways.models import Comment, Competency, Domain, FrameworkVersion
from pathways.selectors.comments import comments_seen, threads
from pathways.selectors.crosswalks import competencies_of
from pathways.services.commenting import comment_on, reply_to, settle

MOST_COMMENT = 2_000
OPEN, SETTLED = "OPEN", "SETTLED"


class ReplyOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    text = serializers.CharField()
    written_by = serializers.CharField(source="writer")
    written_at = serializers.DateTimeField()


class CommentOut(ReplyOut):
    """What somebody said about an edition, or about one part of it, with the answers."""

    framework = serializers.IntegerField(source="version_id", help_text="The edition.")
    domain = serializers.IntegerField(source="domain_id", allow_null=True)
    competency = serializers.IntegerField(source="competency_id", allow_null=True)
    settled_at = serializers.DateTimeField(source="resolved_at", allow_null=True)
    settled_by = serializers.SerializerMethodField()
    replies = ReplyOut(many=True)

    def get_settled_by(self, comment: Comment) -> str:
        return comment.resolver if comment.resolved_at else ""


class CommentQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(
        required=False,
        choices=[(OPEN, OPEN), (SETTLED, SETTLED)],
        help_text="Those that wait, or those that were dealt with.",
    )


class CommentIn(InSerializer):
    """About a domain or a competency; about the whole edition where neither is named."""

    text = TextIn(max_length=MOST_COMMENT)
    domain_id = IdIn(required=False, allow_null=True, default=None)
    competency_id = IdIn(required=False, allow_null=True, default=None)


class ReplyIn(InSerializer):
    text = TextIn(max_length=MOST_COMMENT)


@extend_schema(tags=["framework reviews"])
class CommentList(ApiView):
    required_scopes = {"GET": READ, "POST": WRITE}
    pagination_class = KeysetPagination
    query_serializer = CommentQuery
    ordering = ("-written_at", "-id")

    @extend_schema(operation_id="framework_comments", responses=CommentOut(many=True))
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """The comments on an edition with their answers, the newest first."""
        version = edition_written(request, pk)
        rows = comments_seen(request.user, on=timezone.localdate()).filter(version=version)
        if state := self.query.get("state"):
            rows = rows.filter(resolved_at__isnull=state == OPEN)
        return self.page(request, threads(rows), CommentOut)

    @extend_schema(operation_id="framework_comment", request=CommentIn, responses={201: CommentOut})
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Comment on an edition, or on a part of it."""
        version = edition_written(request, pk)
        given = self.body(request, CommentIn)
        comment = comment_on(
            version=version,
            about=_part(version, given),
            text=given["text"],
            by=request.user,
            now=timezone.now(),
        )
        return _created(request, comment)


@extend_schema(tags=["framework reviews"])
class CommentDetail(ApiView):
    required_scopes = {"GET": READ}

    @extend_schema(operation_id="framework_comment_show", responses=CommentOut)
    def get(self, request: SignedInApiRequest, pk: int) -> Response:
        """One comment with its answers."""
        return Response(_shown(request, pk))


@extend_schema(tags=["framework reviews"])
class CommentReplies(ApiView):
    required_scopes = {"POST": WRITE}

    @extend_schema(
        operation_id="framework_comment_reply", request=ReplyIn, responses={201: CommentOut}
    )
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Answer a comment; the person who wrote it is told."""
        comment = _thread(request, pk)
        text = self.body(request, ReplyIn)["text"]
        reply_to(comment=comment, text=text, by=request.user, now=timezone.now())
        return _created(request, comment)


@extend_schema(tags=["framework reviews"])
class CommentSettle(ApiView):
    required_scopes = {"POST": WRITE}

    @extend_schema(
        operation_id="framework_comment_settle", request=None, responses={200: CommentOut}
    )
    def post(self, request: SignedInApiRequest, pk: int) -> Response:
        """Mark a comment as dealt with. Once more changes nothing."""
        comment = _thread(request, pk)
        self.body(request, NothingIn)
        settle(comment=comment, by=request.user, now=timezone.now())
        return Response(_shown(request, pk))


def _thread(request: SignedInApiRequest, pk: int) -> Comment:
    rows = threads(comments_seen(request.user, on=timezone.localdate()))
    return get_object_or_404(rows.select_related("version__framework"), pk=pk)


def _shown(request: SignedInApiRequest, pk: int) -> Any:
    return CommentOut(_thread(request, pk)).data


def _created(request: SignedInApiRequest, comment: Comment) -> Response:
    address = reverse("v1:framework_comment_show", args=[comment.pk])
    return Response(_shown(request, comment.pk), status=201, headers={"Location": address})


def _part(version: FrameworkVersion, given: dict[str, Any]) -> Domain | Competency | None:
    domain_id, competency_id = given["domain_id"], given["competency_id"]
    if domain_id is not None and competency_id is not None:
        sentence = _("Name a domain or a competency, not both.")
        refuse_field("competency_id", sentence, code="two_parts")
    if domain_id is not None:
        domain = version.domains.filter(pk=domain_id).first()
        if domain is None:
            sentence = _("Enter the id of a domain of this edition.")
            refuse_field("domain_id", sentence, code="unknown_domain")
        return domain
    if competency_id is None:
        return None
    competency = competencies_of(version.pk).filter(pk=competency_id).first()
    if competency is None:
        sentence = _("Enter the id of a competency of this edition.")
        refuse_field("competency_id", sentence, code="unknown_competency")
    return competency
