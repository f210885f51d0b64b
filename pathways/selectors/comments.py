"""What was said about an edition and its parts, with the answers."""

from datetime import date

from django.db.models import F, Prefetch, QuerySet

from accounts.actors import Actor
from pathways.models import Comment
from pathways.models.authoring import CommentQuerySet


def comments_seen(actor: Actor, *, on: date) -> CommentQuerySet:
    """The comments on the frameworks that ``actor`` writes or reviews."""
    return Comment.objects.visible_to(actor, on=on).select_related("version__framework", "reply_to")


def threads(comments: QuerySet[Comment]) -> QuerySet[Comment]:
    """Those of ``comments`` that begin a thread, with their answers: what is open comes first,
    then the newest. Two statements at any size."""
    answers = Comment.objects.select_related("author", "author_client").order_by("written_at", "pk")
    return (
        comments.filter(reply_to__isnull=True)
        .select_related(
            "author", "author_client", "resolved_by", "resolved_by_client", "domain", "competency"
        )
        .prefetch_related(Prefetch("replies", queryset=answers))
        .order_by(F("resolved_at").desc(nulls_first=True), "-written_at", "-pk")
    )
