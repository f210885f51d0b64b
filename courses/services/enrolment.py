"""Asking for a place, deciding about it and giving it up."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor, ApiClientPrincipal
from accounts.models import Person
from accounts.selectors.relations import relations_to
from accounts.visibility import standing
from common.dates import london_date
from common.errors import Conflict, Forbidden
from courses.models import (
    ENROLMENT_WORKFLOW,
    Enrolment,
    EnrolmentBasis,
    EnrolmentState,
    Offering,
    RefusalReason,
    Session,
)
from courses.policies.places import may_enrol, may_withdraw
from courses.selectors.elsewhere import organisation_to_go_for
from courses.selectors.entitlements import is_entitled
from courses.services.admission import refuse_unless_admissible
from courses.services.approvals import (
    GIVEN_REASONS,
    Because,
    Decision,
    agree,
    moved_on,
    open_stages,
    record_step,
    refuse_unless_may_decide,
    turn_down,
)
from courses.services.consequences import follow_grant, given_up
from courses.services.funding import refuse_without_budget
from courses.services.notices import tell_person
from courses.services.seats import (
    give_seat_or_queue,
    lock_enrolment,
    lock_session,
    promote_from_waiting_list,
    refuse_when_settled,
    refuse_when_too_late_to_withdraw,
)


@transaction.atomic
def enrol(
    *, session: Session, person: Person, by: Actor, now: datetime, reason: str = ""
) -> Enrolment:
    """Give ``person`` a place or the end of the waiting list if their pathway asks for the
    programme; otherwise write down a request that waits for the line manager.

    Refuses: ``may_not_enrol``, ``no_budget``, and what ``refuse_unless_admissible`` refuses.
    """
    session = lock_session(session.pk)
    organisation_id = _refuse_unless_may_enrol(session, person, by=by, now=now)
    refuse_unless_admissible(session, person=person, now=now)
    refuse_without_budget(session, person=person, organisation_id=organisation_id, now=now)
    enrolment = Enrolment(
        session=session,
        person=person,
        organisation_id=organisation_id,
        study_hours=session.offering.study_hours,
        price_pence=session.offering.price_pence,
        requested_at=now,
        requested_by_client=by.client if isinstance(by, ApiClientPrincipal) else None,
        reason=reason,
    )
    _settle_new(enrolment, session=session, by=by, now=now)
    return enrolment


@transaction.atomic
def approve(*, enrolment: Enrolment, by: Actor, now: datetime) -> Enrolment:
    """Approve the stage of a request that waits: the next approver is asked, or after the last the
    person gets a place or joins the end of the waiting list.

    Refuses: ``may_not_decide``, ``stale_state``, ``session_not_open``, ``session_started``,
    ``clash``.
    """
    enrolment = lock_enrolment(enrolment.pk)
    stage = refuse_unless_may_decide(enrolment, by=by, now=now)
    if stage is None or enrolment.state != EnrolmentState.REQUESTED:
        raise moved_on()
    refuse_when_settled(enrolment.session, now=now)
    agree(enrolment, stage, session=enrolment.session, decision=Decision(by, now))
    return enrolment


@transaction.atomic
def refuse(
    *, enrolment: Enrolment, reason: RefusalReason, text: str, by: Actor, now: datetime
) -> Enrolment:
    """Refuse a request, with a reason from the list and an explanation in words. It lasts as long
    as the organisation's rule says.

    Refuses: ``may_not_decide``, ``stale_state``, ``reason_missing``.
    """
    enrolment = lock_enrolment(enrolment.pk)
    stage = refuse_unless_may_decide(enrolment, by=by, now=now)
    if stage is None or enrolment.state != EnrolmentState.REQUESTED:
        raise moved_on()
    if reason not in GIVEN_REASONS or not text.strip():
        raise Conflict(
            _("Give a reason and explain it, so that the person knows what to do next."),
            code="reason_missing",
        )
    turn_down(enrolment, stage, because=Because(reason, text), decision=Decision(by, now))
    return enrolment


@transaction.atomic
def withdraw(*, enrolment: Enrolment, by: Actor, now: datetime) -> Enrolment:
    """Give up a place, a place in the queue or a request; whoever waits first moves up.

    Refuses: ``may_not_withdraw``, ``stale_state``, and for a place ``session_started`` and
    ``withdrawal_closed``.
    """
    enrolment = lock_enrolment(enrolment.pk)
    session = enrolment.session
    relations = relations_to(by, enrolment.person, on=london_date(now))
    if not may_withdraw(relations, enrolment=enrolment):
        raise Forbidden(_("Only the person can give up their place."), code="may_not_withdraw")
    before = enrolment.state
    target = ENROLMENT_WORKFLOW.target("withdraw", current=before)
    if before == EnrolmentState.CONFIRMED:
        refuse_when_too_late_to_withdraw(session, now=now)
    enrolment.state, enrolment.seat, enrolment.ended_at = target, None, now
    enrolment.start_then = session.starts_at
    enrolment.save()
    facts = {"from": str(before)}
    record_step(enrolment, verb="withdraw", rule="may_withdraw", by=by, now=now, facts=facts)
    given_up([enrolment], by=by, now=now)
    if before == EnrolmentState.CONFIRMED:
        tell_person(enrolment, rule="courses.place_given_up", session=session, now=now)
    promote_from_waiting_list(session=session, by=by, now=now)
    return enrolment


def _refuse_unless_may_enrol(session: Session, person: Person, *, by: Actor, now: datetime) -> int:
    """Return the organisation for which the person goes."""
    today = london_date(now)
    # An HR system sends people on behalf of its own organisation, never of another employer.
    is_client = isinstance(by, ApiClientPrincipal)
    within = standing(by, on=today).organisation_ids if is_client else None
    organisation_id = organisation_to_go_for(
        person, offering=session.offering, on=today, within=within
    )
    offered = Offering.objects.visible_to(person, on=today).filter(pk=session.offering_id)
    relations = relations_to(by, person, on=today)
    if organisation_id is None or not may_enrol(relations, session_is_offered=offered.exists()):
        raise Forbidden(
            _("You cannot ask for a place on this session for this person."), code="may_not_enrol"
        )
    return organisation_id


def _settle_new(enrolment: Enrolment, *, session: Session, by: Actor, now: datetime) -> None:
    """Write a new enrolment down: seated or queued on entitlement, otherwise as a request."""
    person, on = enrolment.person, london_date(now)
    if is_entitled(person_id=person.pk, programme_id=session.offering.programme_id, on=on):
        enrolment.basis = EnrolmentBasis.ENTITLEMENT
        give_seat_or_queue(enrolment, session=session, now=now)
        enrolment.save(force_insert=True)
        record_step(enrolment, verb="enrol", rule="entitlement", by=by, now=now)
        follow_grant(enrolment, by=by, now=now)
        tell_person(enrolment, rule="courses.place_given", session=session, now=now)
        return
    enrolment.basis, enrolment.state = EnrolmentBasis.APPROVAL, EnrolmentState.REQUESTED
    enrolment.save(force_insert=True)
    record_step(enrolment, verb="enrol", rule="asks_for_approval", by=by, now=now)
    open_stages(enrolment, session=session, by=by, now=now)
