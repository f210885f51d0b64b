"""The same answer to several requests: each is judged by itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from common.errors import DomainError
from courses.models import Enrolment
from courses.services.approvals import Because
from courses.services.clashes import hold_people
from courses.services.enrolment import approve, refuse
from courses.services.seats import lock_sessions


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one of several; ``refusal`` is the sentence why nothing did."""

    enrolment: Enrolment
    refusal: str = ""


@transaction.atomic
def decide_together(
    *, enrolments: Iterable[Enrolment], because: Because | None, by: Actor, now: datetime
) -> list[Outcome]:
    """Approve each of ``enrolments``, or refuse each for the reason given.

    One that cannot be decided is left as it was and says why; the others go on. All sessions and
    then all people are locked first, in the order of their ids: money is committed after that
    alone, so nobody who has a session and waits for money is waited for here.
    """
    ordered = sorted(enrolments, key=lambda row: (row.session_id, row.pk))
    lock_sessions(row.session_id for row in ordered)
    hold_people(row.person_id for row in ordered)
    return [_decide(row, because, by=by, now=now) for row in ordered]


def _decide(row: Enrolment, because: Because | None, *, by: Actor, now: datetime) -> Outcome:
    try:
        # What one refusal has begun is taken back, and nothing of the others.
        with transaction.atomic():
            if because is None:
                return Outcome(approve(enrolment=row, by=by, now=now))
            return Outcome(
                refuse(enrolment=row, reason=because.reason, text=because.text, by=by, now=now)
            )
    except DomainError as refusal:
        return Outcome(row, refusal.message)
