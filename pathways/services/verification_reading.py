"""Writing down that somebody but the two parties read a request to confirm levels."""

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from accounts.services.reading import record_reading
from pathways.models import VerificationRequest


@transaction.atomic
def note_reading(*, request: VerificationRequest, by: Actor, now: datetime) -> None:
    """Record that ``by`` opened ``request``, once a day; whoever asked, was asked or answered
    leaves no trace. A line manager who reads what an assessor was asked does."""
    answers = request.assessor_id or (None if by.actor_kind != "person" else by.pk)
    record_reading(
        parties=(request.subject_id, answers, request.decided_by_id),
        by=by,
        now=now,
        verb="read_verification",
        about=request,
        organisation_id=request.organisation_id,
        subject_id=request.subject_id,
        rule="visible_to",
    )
