"""Going on to another session: by one's own wish, or because the first was cancelled."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Event
from accounts.scope import hold_session, lifted
from accounts.selectors.relations import relations_to
from accounts.services.ledger import event_row, record
from common.dates import london_date
from common.errors import Conflict, Forbidden
from courses.models import (
    ENROLMENT_WORKFLOW,
    LIVE_STATES,
    Enrolment,
    EnrolmentBasis,
    EnrolmentState,
    Intake,
    Offering,
    Session,
)
from courses.policies.places import may_move
from courses.selectors.allotments import Pools
from courses.selectors.clashes import people_with_a_clash
from courses.selectors.elsewhere import SEEKER, who_may_use
from courses.services.admission import AlreadyEnrolled, refuse_unless_taking
from courses.services.budgets import Budget, NoBudget
from courses.services.clashes import refuse_on_a_clash
from courses.services.consequences import follow_grant, given_up, granted
from courses.services.money_notices import tell_no_money_instead
from courses.services.notices import tell_person
from courses.services.seats import (
    free_seats,
    give_seat_or_queue,
    lock_sessions,
    promote_from_waiting_list,
    refuse_when_settled,
    refuse_when_too_late_to_withdraw,
)

# Whoever loses a place through no fault of theirs has so long to answer, whatever the offering
# says of ordinary offers.
_LEAST_TO_ANSWER = timedelta(hours=72)
_HAD_A_PLACE = ("OFFERED", "CONFIRMED")


@transaction.atomic
def move(*, enrolment: Enrolment, session: Session, by: Actor, now: datetime) -> Enrolment:
    """Give a place up for one on another session of the same offering, or a turn for a place or
    the end of the list there. What was approved stays approved.

    Refuses: ``may_not_move``, ``stale_state``, ``other_offering``, ``already_enrolled``,
    ``not_open_yet``, ``enrolment_closed``, ``session_full``, ``dearer``, ``clash``,
    ``session_started``, ``no_budget``, ``chosen_for_another`` and, for a place,
    ``withdrawal_closed``.
    """
    locked = lock_sessions([enrolment.session_id, session.pk])
    source, target = locked[enrolment.session_id], locked[session.pk]
    enrolment = _read(enrolment.pk, session=source)
    relations = relations_to(by, enrolment.person, on=london_date(now))
    if not may_move(relations, enrolment=enrolment):
        raise Forbidden(_("Only the person can move their place."), code="may_not_move")
    before = enrolment.state
    enrolment.state = ENROLMENT_WORKFLOW.target("move", current=before)
    _refuse_unless_movable(enrolment, target, before=before, now=now)
    hold_session(target.pk)
    going_on = goes_on(enrolment, target, now=now)
    give_seat_or_queue(going_on, session=target, now=now)
    if before == EnrolmentState.CONFIRMED and going_on.state != EnrolmentState.CONFIRMED:
        raise Conflict(
            _("That session is full, and you keep your place here. Choose one with places left."),
            code="session_full",
        )
    _end(enrolment, now=now)
    going_on.save(force_insert=True)
    _record(going_on, enrolment, by=by, now=now)
    follow_grant(going_on, by=by, now=now)
    given_up([enrolment], by=by, now=now)
    tell_person(going_on, rule="courses.moved", session=target, now=now)
    hold_session(source.pk)
    promote_from_waiting_list(session=source, by=by, now=now)
    return going_on


def offer_elsewhere(
    ended: Sequence[Enrolment],
    *,
    had_a_place: set[int],
    candidates: Iterable[Session],
    by: Actor,
    now: datetime,
) -> list[Enrolment]:
    """Offer everybody who had a place on a cancelled session one on the first of ``candidates``
    (locked) that has room for them, in the order of their seats; return the offers.

    Nobody who waits there is passed by: a session with a waiting list has no room. Whoever cannot
    be paid for there is offered nothing, and is told whom to ask.
    """
    homeless = [row for row in ended if row.pk in had_a_place]
    with lifted(SEEKER):
        return _offer_homes(homeless, candidates, by=by, now=now)


def _offer_homes(
    homeless: list[Enrolment], candidates: Iterable[Session], *, by: Actor, now: datetime
) -> list[Enrolment]:
    offers: list[Enrolment] = []
    unpaid: dict[int | None, tuple[Enrolment, NoBudget]] = {}
    for target in candidates:
        if homeless:
            hold_session(target.pk)
            made = _offers_on(target, homeless, unpaid=unpaid, now=now)
            taken = {row.moved_from_id for row in made}
            homeless = [row for row in homeless if row.pk not in taken]
            Enrolment.objects.bulk_create(made)
            Event.objects.bulk_create(_offer_event(row, by=by, now=now) for row in made)
            granted(made, by=by, now=now)
            offers.extend(made)
    for row in offers:
        tell_person(row, rule="courses.offered_elsewhere", session=row.session, now=now)
    for row in homeless:
        if row.pk in unpaid:
            offer, refusal = unpaid[row.pk]
            tell_no_money_instead(row, session=offer.session, refusal=refusal, now=now)
    return offers


def _offers_on(
    target: Session,
    homeless: list[Enrolment],
    *,
    unpaid: dict[int | None, tuple[Enrolment, NoBudget]],
    now: datetime,
) -> list[Enrolment]:
    """Offers for as many as have room and money; ``unpaid`` learns who has room and no money."""
    waiting = target.enrolments.filter(state=EnrolmentState.WAITING)
    if not target.is_taking(now=now) or waiting.exists():
        return []
    there = target.enrolments.filter(state__in=LIVE_STATES).values_list("person_id", flat=True)
    people = {row.person_id for row in homeless}
    barred = set(there) | people_with_a_clash(target, person_ids=people)
    pools, seats = Pools(target), iter(free_seats(target))
    wait = max(_LEAST_TO_ANSWER, timedelta(hours=target.hours_to_answer))
    able = _who_may_go(target, homeless, now=now)
    wishes = [goes_on(row, target, now=now) for row in able if row.person_id not in barred]
    budget, made = Budget(wishes, on=london_date(now)), []
    seat = next(seats, None)
    for offer in wishes:
        if seat is None:
            break
        if pools.pool_for(offer.organisation_id) is None:
            continue
        if refusal := budget.refusal(offer):
            unpaid.setdefault(offer.moved_from_id, (offer, refusal))
            continue
        pools.take(offer.organisation_id)
        offer.state, offer.seat = EnrolmentState.OFFERED, seat
        offer.queued_at, offer.offer_ends_at = now, min(now + wait, target.settles_at)
        made.append(offer)
        seat = next(seats, None)
    return made


def _who_may_go(target: Session, homeless: list[Enrolment], *, now: datetime) -> list[Enrolment]:
    """On to another session of the same offering everybody; to one of another those whose
    organisation may use it, at what was agreed at the most, unless a panel chose them. Nobody to
    one for which people are chosen."""
    with lifted(SEEKER):
        if Intake.objects.filter(session=target).exists():
            return []
    if all(row.session.offering_id == target.offering_id for row in homeless):
        return homeless
    offering = target.offering
    users = {row.organisation_id for row in homeless}
    users = who_may_use(offering, among=users, on=london_date(now))
    return [
        row
        for row in homeless
        if row.organisation_id in users
        and row.basis != EnrolmentBasis.SELECTION
        and not _is_dearer(offering, row)
    ]


def _is_dearer(offering: Offering, enrolment: Enrolment) -> bool:
    return (
        offering.price_pence > enrolment.price_pence or offering.study_hours > enrolment.study_hours
    )


def _refuse_unless_movable(
    enrolment: Enrolment, target: Session, *, before: str, now: datetime
) -> None:
    source = enrolment.session
    if target.offering_id != source.offering_id or target.pk == source.pk:
        raise Conflict(
            _("You can move to another session of the same course only."), code="other_offering"
        )
    if before == EnrolmentState.CONFIRMED:
        refuse_when_too_late_to_withdraw(source, now=now)
    refuse_when_settled(target, now=now)
    known = target.enrolments.filter(person=enrolment.person, state__in=LIVE_STATES).first()
    if known:
        raise AlreadyEnrolled(known)
    refuse_unless_taking(target, now=now)
    if _is_dearer(target.offering, enrolment):
        raise Conflict(
            _(
                "It now costs more money or time than was agreed for you. Withdraw, and ask for a"
                " place there instead."
            ),
            code="dearer",
        )
    refuse_unless_chosen_for(target, enrolment)
    refuse_on_a_clash(target, person=enrolment.person, besides=enrolment.pk)


def refuse_unless_chosen_for(target: Session, enrolment: Enrolment) -> None:
    """A place for which people are chosen is taken by nobody who was not chosen for it."""
    # Where somebody applied is theirs and the panel's to read; both sessions are anybody's.
    with lifted(SEEKER):
        others = Intake.objects.filter(session=target)
        if enrolment.application_id:
            others = others.exclude(applications=enrolment.application_id)
        is_other = others.exists()
    if is_other:
        raise Conflict(
            _(
                "Places on that session go to people who were chosen for it. Ask %(host)s, who run"
                " the course."
            )
            % {"host": target.offering.host.name},
            code="chosen_for_another",
        )


def goes_on(enrolment: Enrolment, target: Session, *, now: datetime) -> Enrolment:
    """The same wish on another session: whatever it rests on, it rests on still."""
    return Enrolment(
        session=target,
        person=enrolment.person,
        organisation_id=enrolment.organisation_id,
        basis=enrolment.basis,
        moved_from=enrolment,
        application_id=enrolment.application_id,
        study_hours=target.offering.study_hours,
        price_pence=target.offering.price_pence,
        requested_at=enrolment.requested_at,
        requested_by_client_id=enrolment.requested_by_client_id,
        reason=enrolment.reason,
        decided_at=enrolment.decided_at,
        decided_by_id=enrolment.decided_by_id,
        decided_by_rule=enrolment.decided_by_rule,
    )


def _read(enrolment_id: int, *, session: Session) -> Enrolment:
    """As it is now that its session is locked."""
    hold_session(session.pk)
    enrolment = Enrolment.objects.select_related("person").get(pk=enrolment_id)
    enrolment.session = session
    return enrolment


def _end(enrolment: Enrolment, *, now: datetime) -> None:
    enrolment.seat, enrolment.ended_at = None, now
    enrolment.save(update_fields=["state", "seat", "ended_at"])


def _offer_event(row: Enrolment, *, by: Actor, now: datetime) -> Event:
    return event_row(
        by=by,
        now=now,
        verb="offer",
        about=row,
        rule="session_cancelled",
        organisation_id=row.organisation_id,
        subject_id=row.person_id,
        facts={"session": row.session_id, "moved_from": row.moved_from_id},
    )


def _record(going_on: Enrolment, before: Enrolment, *, by: Actor, now: datetime) -> None:
    record(
        by=by,
        now=now,
        verb="move",
        about=going_on,
        rule="may_move",
        organisation_id=going_on.organisation_id,
        subject_id=going_on.person_id,
        facts={"from": before.session_id, "session": going_on.session_id},
    )
