"""Releasing a place for somebody who cannot give it up themselves any more."""

from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from accounts.services.ledger import record
from common.dates import long_moment
from common.errors import Conflict
from courses.models import ENROLMENT_WORKFLOW, Enrolment, EnrolmentState
from courses.services.consequences import given_up
from courses.services.notices import tell_person
from courses.services.seats import (
    lock_enrolment,
    promote_from_waiting_list,
    refuse_when_settled,
)
from courses.services.sessions import refuse_unless_runs


class ReleaseReason(models.TextChoices):
    """Why, without what is nobody's business: who is ill need not say so."""

    CANNOT_COME = "CANNOT_COME", gettext_lazy("They told us that they cannot come")
    SERVICE = "SERVICE", gettext_lazy("Their service needs them on that day")
    LEFT = "LEFT", gettext_lazy("They no longer work there")
    MISTAKE = "MISTAKE", gettext_lazy("The place was taken by mistake")
    OTHER = "OTHER", gettext_lazy("Another reason")


@transaction.atomic
def release_place(
    *, enrolment: Enrolment, reason: ReleaseReason, text: str, by: Actor, now: datetime
) -> Enrolment:
    """Release a place after the last moment to withdraw: it goes to whoever waits first, the person
    is told why, and the organisation is charged as the host's rule has it for late withdrawals.

    Refuses: ``may_not_run``, ``stale_state``, ``reason_missing``, ``still_theirs`` while the person
    can withdraw themselves, ``session_not_open``, ``session_started``.
    """
    enrolment = lock_enrolment(enrolment.pk)
    session = enrolment.session
    refuse_unless_runs(session.offering, by=by, now=now)
    refuse_when_settled(session, now=now)
    if enrolment.state != EnrolmentState.CONFIRMED:
        raise Conflict(
            _("Only a place that is confirmed can be released. Nothing was changed."),
            code="stale_state",
        )
    if now < session.withdrawal_ends_at:
        raise Conflict(
            _("Until %(when)s only %(name)s can give this place up.")
            % {
                "when": long_moment(session.withdrawal_ends_at),
                "name": enrolment.person.full_name,
            },
            code="still_theirs",
        )
    if not text.strip():
        raise Conflict(
            _("Enter what happened, so that it can be understood."), code="reason_missing"
        )
    enrolment.state = ENROLMENT_WORKFLOW.target("withdraw", current=enrolment.state)
    enrolment.seat, enrolment.ended_at, enrolment.start_then = None, now, session.starts_at
    enrolment.save(update_fields=["state", "seat", "ended_at", "start_then"])
    _record(enrolment, reason=reason, text=text, by=by, now=now)
    given_up([enrolment], by=by, now=now)
    released = {"host": session.offering.host.name, "reason": str(reason)}
    tell_person(enrolment, rule="courses.place_released", session=session, now=now, facts=released)
    promote_from_waiting_list(session=session, by=by, now=now)
    return enrolment


def _record(
    enrolment: Enrolment, *, reason: ReleaseReason, text: str, by: Actor, now: datetime
) -> None:
    record(
        by=by,
        now=now,
        verb="release_place",
        about=enrolment,
        rule="may_run",
        organisation_id=enrolment.organisation_id,
        subject_id=enrolment.person_id,
        facts={"session": enrolment.session_id, "reason": str(reason)},
        private={"text": text},
    )
