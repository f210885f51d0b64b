"""Places that are offered to whoever waits first: taken, let go, or lapsed."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor, SystemJob
from accounts.models import Event
from accounts.scope import run_as
from accounts.selectors.relations import relations_to
from accounts.services.ledger import event_row, record
from common.dates import london_date, long_moment
from common.errors import Conflict, Forbidden
from courses.models import (
    ENROLMENT_WORKFLOW,
    Enrolment,
    EnrolmentQuerySet,
    EnrolmentState,
    Session,
)
from courses.policies.places import may_answer_offer
from courses.services.clashes import refuse_on_a_clash
from courses.services.consequences import given_up, seated
from courses.services.notices import tell_person
from courses.services.seats import lock_enrolment, lock_session, promote_from_waiting_list

SWEEPER = SystemJob("courses.lapse_offers", organisation_ids=None)


@transaction.atomic
def accept_offer(*, enrolment: Enrolment, by: Actor, now: datetime) -> Enrolment:
    """Take the place that is offered; it was held until now.

    Refuses: ``may_not_answer``, ``stale_state``, ``offer_over``, ``clash``.
    """
    enrolment = lock_enrolment(enrolment.pk)
    _refuse_unless_may_answer(enrolment, by=by, now=now)
    enrolment.state = ENROLMENT_WORKFLOW.target("accept", current=enrolment.state)
    _refuse_when_over(enrolment, now=now)
    refuse_on_a_clash(enrolment.session, person=enrolment.person)
    enrolment.confirmed_at = now
    enrolment.save(update_fields=["state", "confirmed_at"])
    _record(enrolment, verb="accept_offer", by=by, now=now)
    seated([enrolment], by=by, now=now)
    tell_person(enrolment, rule="courses.place_given", session=enrolment.session, now=now)
    return enrolment


@transaction.atomic
def decline_offer(*, enrolment: Enrolment, by: Actor, now: datetime) -> Enrolment:
    """Let an offered place go to whoever waits next.

    Refuses: ``may_not_answer``, ``stale_state``.
    """
    enrolment = lock_enrolment(enrolment.pk)
    _refuse_unless_may_answer(enrolment, by=by, now=now)
    enrolment.state = ENROLMENT_WORKFLOW.target("decline", current=enrolment.state)
    enrolment.seat, enrolment.ended_at = None, now
    enrolment.save(update_fields=["state", "seat", "ended_at"])
    _record(enrolment, verb="decline_offer", by=by, now=now)
    given_up([enrolment], by=by, now=now)
    promote_from_waiting_list(session=enrolment.session, by=by, now=now)
    return enrolment


def lapse_offers(*, now: datetime) -> int:
    """End every offer whose time is over, and offer each place to whoever waits next; return how
    many ended. A transaction for each session, so that one that fails keeps no other waiting."""
    over = _over(now=now)
    with run_as(SWEEPER):
        sessions = sorted(set(over.values_list("session_id", flat=True)))
    return sum(_lapse_on(session_id, now=now) for session_id in sessions)


@run_as(SWEEPER)
def _lapse_on(session_id: int, *, now: datetime) -> int:
    session = lock_session(session_id)
    lapsed = list(_over(now=now).filter(session=session).select_related("person"))
    for enrolment in lapsed:
        enrolment.state = ENROLMENT_WORKFLOW.target("lapse", current=enrolment.state)
        enrolment.seat, enrolment.ended_at, enrolment.session = None, now, session
    Enrolment.objects.bulk_update(lapsed, ["state", "seat", "ended_at"])
    _record_lapsed(lapsed, session=session, now=now)
    given_up(lapsed, by=SWEEPER, now=now)
    for enrolment in lapsed:
        tell_person(enrolment, rule="courses.offer_lapsed", session=session, now=now)
    promote_from_waiting_list(session=session, by=SWEEPER, now=now)
    return len(lapsed)


def _over(*, now: datetime) -> EnrolmentQuerySet:
    """Older than, never within a window: what one sweep missed the next one finds."""
    rows = Enrolment.objects.filter(state=EnrolmentState.OFFERED, offer_ends_at__lte=now)
    return rows.order_by("session_id", "pk")


def _refuse_unless_may_answer(enrolment: Enrolment, *, by: Actor, now: datetime) -> None:
    relations = relations_to(by, enrolment.person, on=london_date(now))
    if not may_answer_offer(relations, enrolment=enrolment):
        raise Forbidden(
            _("Only the person to whom a place is offered can answer."), code="may_not_answer"
        )


def _refuse_when_over(enrolment: Enrolment, *, now: datetime) -> None:
    ends_at = enrolment.offer_ends_at
    if ends_at and now >= ends_at:
        raise Conflict(
            _("This offer ended on %(when)s. Ask for a place again to join the waiting list.")
            % {"when": long_moment(ends_at)},
            code="offer_over",
        )


def _record(enrolment: Enrolment, *, verb: str, by: Actor, now: datetime) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=enrolment,
        rule="may_answer_offer",
        organisation_id=enrolment.organisation_id,
        subject_id=enrolment.person_id,
        facts={"session": enrolment.session_id},
    )


def _record_lapsed(lapsed: list[Enrolment], *, session: Session, now: datetime) -> None:
    Event.objects.bulk_create(
        event_row(
            by=SWEEPER,
            now=now,
            verb="lapse",
            about=enrolment,
            rule="offer_over",
            organisation_id=enrolment.organisation_id,
            subject_id=enrolment.person_id,
            facts={"session": session.pk},
        )
        for enrolment in lapsed
    )
