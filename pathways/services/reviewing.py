"""Asking for a review of a draft, answering it, and taking the draft back to change it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Person
from accounts.services.ledger import record
from common.dates import london_date
from common.errors import Conflict, Forbidden
from notifications.services.notices import notify
from pathways.models import FrameworkVersion, Review, ReviewOutcome
from pathways.models.authoring import REVIEW_WORKFLOW
from pathways.models.frameworks import VERSION_WORKFLOW, VersionState
from pathways.policies.authoring import may_answer_review
from pathways.selectors.collaborators import parts_of, reviewers_of
from pathways.services.doers import doer
from pathways.services.writing import hold_draft, hold_version

SIGN_OFF, CHANGES = "sign_off", "ask_for_changes"


@transaction.atomic
def ask_for_review(
    *,
    version: FrameworkVersion,
    reviewers: Sequence[Person],
    message: str,
    revision: int,
    by: Actor,
    now: datetime,
) -> list[Review]:
    """Ask ``reviewers`` about the draft as it stands; until it is taken back it does not change.

    Refuses what ``hold_draft`` refuses, ``nothing_to_review`` and ``not_a_reviewer``.
    """
    held = hold_draft(version.pk, revision=revision, by=by, now=now)
    if not held.domains.filter(competencies__isnull=False).exists():
        raise Conflict(
            _("There is no competency in this draft yet. Write one first."),
            code="nothing_to_review",
        )
    able = {person.pk for person in reviewers_of(held.framework, besides=by, on=london_date(now))}
    if not reviewers or not {person.pk for person in reviewers} <= able:
        raise Conflict(
            _("Select reviewers of this framework other than yourself."), code="not_a_reviewer"
        )
    held.state = VERSION_WORKFLOW.target("ask_for_review", current=held.state)
    held.save(update_fields=["state"])
    rows = [
        Review.objects.create(
            version=held,
            reviewer=person,
            asked_at=now,
            message=message,
            revision=held.revision,
            **doer("asked_by", by),
        )
        for person in reviewers
    ]
    for row in rows:
        _record(row, verb="ask_for_review", rule="may_write_framework", by=by, now=now)
        _tell(row, row.reviewer, rule="pathways.review_asked", who=by, now=now)
    return rows


@transaction.atomic
def answer_review(
    *, review: Review, step: str, statement: str, by: Person, now: datetime
) -> Review:
    """Sign the draft off, or ask for changes (``step``), with a ``statement``; who asked is told.

    Who asks for changes sends the draft back to its authors, and other requests are withdrawn.
    Refuses: ``may_not_review``, ``stale_state``, ``statement_missing``.
    """
    version = _locked(review.version_id)
    held = Review.objects.select_for_update(of=("self",)).get(pk=review.pk)
    parts = parts_of(by, version.framework, on=london_date(now))
    is_asked, has_asked = held.reviewer_id == by.pk, held.asked_by_id == by.pk
    if not may_answer_review(parts, is_asked=is_asked, has_asked=has_asked):
        raise Forbidden(
            _("Only the reviewer who was asked, and still is one, can answer."),
            code="may_not_review",
        )
    if step == CHANGES and not statement:
        raise Conflict(_("Say what should change."), code="statement_missing")
    held.outcome = REVIEW_WORKFLOW.target(step, current=held.outcome)
    held.statement, held.decided_at = statement, now
    held.save(update_fields=["outcome", "statement", "decided_at"])
    verb = "sign_off_framework" if step == SIGN_OFF else "ask_for_changes"
    _record(held, verb=verb, rule="may_answer_review", by=by, now=now)
    # A program that asked reads the answer when it comes to look for it.
    if held.asked_by is not None:
        _tell(held, held.asked_by, rule="pathways.review_answered", who=by, now=now)
    if step == CHANGES and version.state == VersionState.IN_REVIEW:
        _back_to_writing(version, who=by, now=now)
    return held


@transaction.atomic
def take_back(*, version: FrameworkVersion, by: Actor, now: datetime) -> FrameworkVersion:
    """Take a draft out of review to change it: requests that wait are withdrawn, and told so.

    Refuses: ``may_not_write_framework``, ``stale_state``.
    """
    held = hold_version(version.pk, by=by, now=now)
    _back_to_writing(held, who=by, now=now)
    record(
        by=by,
        now=now,
        verb="take_back_draft",
        about=held,
        rule="may_write_framework",
        organisation_id=held.framework.owner_id,
        facts={"revision": held.revision},
    )
    return held


def _locked(version_id: int) -> FrameworkVersion:
    rows = FrameworkVersion.objects.select_for_update(of=("self",))
    return rows.select_related("framework").get(pk=version_id)


def _back_to_writing(version: FrameworkVersion, *, who: Actor, now: datetime) -> None:
    version.state = VERSION_WORKFLOW.target("back_to_writing", current=version.state)
    version.save(update_fields=["state"])
    waiting = version.reviews.filter(outcome=ReviewOutcome.ASKED).select_related("reviewer")
    for row in waiting:
        row.outcome, row.decided_at = ReviewOutcome.WITHDRAWN, now
        row.save(update_fields=["outcome", "decided_at"])
        _tell(row, row.reviewer, rule="pathways.review_withdrawn", who=who, now=now)


def _tell(row: Review, recipient: Person, *, rule: str, who: Actor, now: datetime) -> None:
    notify(
        recipient=recipient,
        rule=rule,
        subject_key=f"review:{row.pk}",
        url=reverse("pathways:review_show", args=[row.pk]),
        now=now,
        facts={
            "framework": row.version.framework.title,
            "edition": row.version.label,
            "person": str(who),
            "outcome": row.outcome,
        },
    )


def _record(row: Review, *, verb: str, rule: str, by: Actor, now: datetime) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=row,
        rule=rule,
        organisation_id=row.version.framework.owner_id,
        subject_id=row.reviewer_id,
        facts={"edition": row.version_id, "revision": row.revision, "outcome": row.outcome},
    )
