"""Recording a course that somebody took elsewhere; who checks it is told."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Person
from accounts.services.ledger import record
from common.errors import Conflict
from courses.models import ExternalLearning
from pathways.services.prior_learning import Claimed, submit_claim


@transaction.atomic
def record_external_learning(
    *,
    person: Person,
    claimed: Claimed,
    started_on: date,
    hours: int,
    by: Actor,
    now: datetime,
) -> ExternalLearning:
    """Put a course taken elsewhere on the record of ``person``, with the levels they claim by it.

    It is a claim of prior learning with the days and hours of a course: whoever decides the claim
    checks the course, and what they accept counts.
    Refuses: ``ends_before_it_began``, and what ``submit_claim`` refuses.
    """
    if started_on > claimed.finished_on:
        raise Conflict(
            _("The course ended before it began. Enter the first day again."),
            code="ends_before_it_began",
        )
    claim = submit_claim(person=person, claimed=claimed, by=by, now=now)
    learning = ExternalLearning.objects.create(claim=claim, started_on=started_on, hours=hours)
    record(
        by=by,
        now=now,
        verb="record_external_learning",
        about=learning,
        rule="may_claim_prior_learning",
        organisation_id=claim.organisation_id,
        subject_id=person.pk,
        facts={"claim": claim.pk, "started_on": started_on.isoformat(), "hours": hours},
    )
    return learning
