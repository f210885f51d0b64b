"""Saying something about an edition or a part of it, answering, and marking it as dealt with."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Conflict, Forbidden
from notifications.services.notices import notify
from pathways.models import Comment, Competency, Domain, FrameworkVersion
from pathways.policies.authoring import may_discuss_framework
from pathways.selectors.collaborators import parts_of
from pathways.services.doers import doer, put_doer


@transaction.atomic
def comment_on(
    *,
    version: FrameworkVersion,
    about: Domain | Competency | None,
    text: str,
    by: Actor,
    now: datetime,
) -> Comment:
    """Say ``text`` about a part of ``version``, or about the whole of it.

    Refuses: ``may_not_discuss``, ``not_of_this_edition``.
    """
    _refuse_unless_may_discuss(version, by=by, now=now)
    if about is not None and about.version_id != version.pk:
        raise Conflict(_("This is not part of the edition."), code="not_of_this_edition")
    comment = Comment.objects.create(
        version=version,
        domain=about if isinstance(about, Domain) else None,
        competency=about if isinstance(about, Competency) else None,
        text=text,
        written_at=now,
        **doer("author", by),
    )
    _record(comment, verb="comment_on_framework", by=by, now=now)
    return comment


@transaction.atomic
def reply_to(*, comment: Comment, text: str, by: Actor, now: datetime) -> Comment:
    """Answer ``comment`` (or the one that it answers); whoever wrote that is told.

    Refuses: ``may_not_discuss``.
    """
    first = comment.reply_to or comment
    _refuse_unless_may_discuss(first.version, by=by, now=now)
    reply = Comment.objects.create(
        version=first.version,
        domain_id=first.domain_id,
        competency_id=first.competency_id,
        reply_to=first,
        text=text,
        written_at=now,
        **doer("author", by),
    )
    _record(reply, verb="comment_on_framework", by=by, now=now)
    if first.author is not None and first.author != by:
        notify(
            recipient=first.author,
            rule="pathways.comment_answered",
            subject_key=f"comment:{reply.pk}",
            url=reverse("pathways:comment_list", args=[first.version_id]),
            now=now,
            facts={"framework": first.version.framework.title, "person": str(by)},
        )
    return reply


@transaction.atomic
def settle(*, comment: Comment, by: Actor, now: datetime) -> Comment:
    """Mark ``comment`` as dealt with. Doing it again changes nothing.

    Refuses: ``may_not_discuss``.
    """
    held = Comment.objects.select_for_update(of=("self",)).get(pk=comment.pk)
    _refuse_unless_may_discuss(held.version, by=by, now=now)
    if held.resolved_at is None:
        held.resolved_at, doers = now, put_doer(held, "resolved_by", by)
        held.save(update_fields=["resolved_at", *doers])
        _record(held, verb="settle_comment", by=by, now=now)
    return held


def _refuse_unless_may_discuss(version: FrameworkVersion, *, by: Actor, now: datetime) -> None:
    if not may_discuss_framework(parts_of(by, version.framework, on=london_date(now))):
        raise Forbidden(
            _("Only those who write or review this framework can comment on it."),
            code="may_not_discuss",
        )


def _record(comment: Comment, *, verb: str, by: Actor, now: datetime) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=comment,
        rule="may_discuss_framework",
        organisation_id=comment.version.framework.owner_id,
        facts={
            "edition": comment.version_id,
            "domain": comment.domain_id,
            "competency": comment.competency_id,
            "reply_to": comment.reply_to_id,
        },
    )
