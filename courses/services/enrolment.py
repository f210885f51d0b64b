"""Asking for a place, deciding about it and giving it up."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor, ApiClientPrincipal
from accounts.models import Person
from accounts.selectors.relations import (
    line_manager_of,
    main_organisation_id,
    relations_to,
    roles_at,
)
from accounts.services.ledger import record
from accounts.visibility import standing
from common.dates import london_date
from common.errors import Conflict, Forbidden
from courses.models import (
    ENROLMENT_WORKFLOW,
    LIVE_STATES,
    Enrolment,
    EnrolmentBasis,
    EnrolmentState,
    Offering,
    RefusalReason,
    Session,
)
from courses.policies import may_decide, may_enrol, may_withdraw
from courses.selectors.deciders import deciders_of
from courses.selectors.entitlements import is_entitled
from courses.services.notices import tell_deciders, tell_person
from courses.services.seats import (
    give_seat_or_queue,
    lock_enrolment,
    lock_session,
    promote_from_waiting_list,
    refuse_when_settled,
)


class AlreadyEnrolled(Conflict):
    """Asked for twice. ``current`` is what the first time came to, so a retry can go on from it."""

    def __init__(self, enrolment: Enrolment) -> None:
        super().__init__(
            _("There is a place or a request on this session already."), code="already_enrolled"
        )
        self.current = {"id": enrolment.pk, "state": str(enrolment.state)}


@transaction.atomic
def enrol(
    *, session: Session, person: Person, by: Actor, now: datetime, reason: str = ""
) -> Enrolment:
    """Give ``person`` a place or the end of the waiting list if their pathway asks for the
    programme; otherwise write down a request that waits for the line manager.

    Refuses: ``may_not_enrol``, ``enrolment_closed``, ``already_enrolled``.
    """
    session = lock_session(session.pk)
    organisation_id = _refuse_unless_may_enrol(session, person, by=by, now=now)
    if not session.is_taking(now=now):
        raise Conflict(_("Enrolment for this session has closed."), code="enrolment_closed")
    known = session.enrolments.filter(person=person, state__in=LIVE_STATES).first()
    if known:
        raise AlreadyEnrolled(known)
    enrolment = Enrolment(
        session=session,
        person=person,
        organisation_id=organisation_id,
        study_hours=session.offering.study_hours,
        requested_at=now,
        requested_by_client=by.client if isinstance(by, ApiClientPrincipal) else None,
        reason=reason,
    )
    _settle_new(enrolment, session=session, by=by, now=now)
    return enrolment


@transaction.atomic
def approve(*, enrolment: Enrolment, by: Actor, now: datetime) -> Enrolment:
    """Approve a request: the person gets a place, or joins the end of the waiting list.

    Refuses: ``may_not_decide``, ``stale_state``, ``session_not_open``, ``session_started``.
    """
    enrolment = lock_enrolment(enrolment.pk)
    session = enrolment.session
    refuse_unless_may_decide(enrolment, by=by, now=now)
    ENROLMENT_WORKFLOW.target("approve", current=enrolment.state)
    refuse_when_settled(session, now=now)
    enrolment.decided_at, enrolment.decided_by = now, _as_person(by)
    give_seat_or_queue(enrolment, session=session, now=now)
    enrolment.save()
    _record(enrolment, verb="approve", rule="may_decide", by=by, now=now)
    tell_person(enrolment, rule="courses.request_approved", session=session, now=now)
    return enrolment


@transaction.atomic
def refuse(
    *, enrolment: Enrolment, reason: RefusalReason, text: str, by: Actor, now: datetime
) -> Enrolment:
    """Refuse a request, with a reason from the list and an explanation in words.

    Refuses: ``may_not_decide``, ``stale_state``, ``reason_missing``.
    """
    enrolment = lock_enrolment(enrolment.pk)
    refuse_unless_may_decide(enrolment, by=by, now=now)
    target = ENROLMENT_WORKFLOW.target("refuse", current=enrolment.state)
    if reason not in RefusalReason.values or not text.strip():
        raise Conflict(
            _("Give a reason and explain it, so that the person knows what to do next."),
            code="reason_missing",
        )
    enrolment.state, enrolment.ended_at = target, now
    enrolment.decided_at, enrolment.decided_by = now, _as_person(by)
    enrolment.refusal_reason, enrolment.refusal_text = reason, text
    enrolment.save()
    facts = {"reason": str(reason)}
    said = {"text": text}
    _record(enrolment, verb="refuse", rule="may_decide", by=by, now=now, facts=facts, private=said)
    tell_person(enrolment, rule="courses.request_refused", session=enrolment.session, now=now)
    return enrolment


@transaction.atomic
def withdraw(*, enrolment: Enrolment, by: Actor, now: datetime) -> Enrolment:
    """Give up a place, a place in the queue or a request; whoever waits first moves up.

    Refuses: ``may_not_withdraw``, ``stale_state``, and ``session_started`` for a place.
    """
    enrolment = lock_enrolment(enrolment.pk)
    session = enrolment.session
    relations = relations_to(by, enrolment.person, on=london_date(now))
    if not may_withdraw(relations, enrolment=enrolment):
        raise Forbidden(_("Only the person can give up their place."), code="may_not_withdraw")
    before = enrolment.state
    target = ENROLMENT_WORKFLOW.target("withdraw", current=before)
    if before == EnrolmentState.CONFIRMED:
        refuse_when_settled(session, now=now)
    enrolment.state, enrolment.seat, enrolment.ended_at = target, None, now
    enrolment.save()
    facts = {"from": str(before)}
    _record(enrolment, verb="withdraw", rule="may_withdraw", by=by, now=now, facts=facts)
    promote_from_waiting_list(session=session, by=by, now=now)
    return enrolment


def _refuse_unless_may_enrol(session: Session, person: Person, *, by: Actor, now: datetime) -> int:
    """Return the organisation for which the person goes."""
    today = london_date(now)
    # An HR system sends people on behalf of its own organisation, never of another employer.
    is_client = isinstance(by, ApiClientPrincipal)
    within = standing(by, on=today).organisation_ids if is_client else None
    organisation_id = main_organisation_id(person, on=today, within=within)
    offered = Offering.objects.visible_to(person, on=today).filter(pk=session.offering_id)
    relations = relations_to(by, person, on=today)
    if organisation_id is None or not may_enrol(relations, session_is_offered=offered.exists()):
        raise Forbidden(
            _("You cannot ask for a place on this session for this person."), code="may_not_enrol"
        )
    return organisation_id


def refuse_unless_may_decide(enrolment: Enrolment, *, by: Actor, now: datetime) -> None:
    """Deciding, and reading why somebody asks: that was written for whoever decides."""
    today, person = london_date(now), enrolment.person
    has_line_manager = line_manager_of(person, on=today) is not None
    relations = relations_to(by, person, on=today)
    roles = roles_at(by, enrolment.organisation_id, on=today)
    if not may_decide(relations, roles, enrolment=enrolment, has_line_manager=has_line_manager):
        raise Forbidden(
            _("Only the line manager of the person can decide about this request."),
            code="may_not_decide",
        )


def _settle_new(enrolment: Enrolment, *, session: Session, by: Actor, now: datetime) -> None:
    """Write a new enrolment down: seated or queued on entitlement, otherwise as a request."""
    person, on = enrolment.person, london_date(now)
    if is_entitled(person_id=person.pk, programme_id=session.offering.programme_id, on=on):
        enrolment.basis = EnrolmentBasis.ENTITLEMENT
        give_seat_or_queue(enrolment, session=session, now=now)
        enrolment.save(force_insert=True)
        _record(enrolment, verb="enrol", rule="entitlement", by=by, now=now)
        tell_person(enrolment, rule="courses.place_given", session=session, now=now)
        return
    enrolment.basis, enrolment.state = EnrolmentBasis.APPROVAL, EnrolmentState.REQUESTED
    enrolment.save(force_insert=True)
    _record(enrolment, verb="enrol", rule="asks_for_approval", by=by, now=now)
    deciders = deciders_of(person, organisation_id=enrolment.organisation_id, on=on)
    tell_deciders(enrolment, recipients=deciders, session=session, now=now)


def _as_person(by: Actor) -> Person | None:
    return by if isinstance(by, Person) else None


def _record(
    enrolment: Enrolment,
    *,
    verb: str,
    rule: str,
    by: Actor,
    now: datetime,
    facts: dict[str, str] | None = None,
    private: dict[str, str] | None = None,
) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=enrolment,
        rule=rule,
        organisation_id=enrolment.organisation_id,
        subject_id=enrolment.person_id,
        facts={
            "session": enrolment.session_id,
            "state": str(enrolment.state),
            **(facts or {}),
        },
        private=private or {},
    )
