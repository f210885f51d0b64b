"""Swapping places: asked by one, agreed by the other, and then both change at once or neither."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Event, Person
from accounts.scope import lifted
from accounts.selectors.relations import relations_to
from accounts.services.ledger import event_row
from common.dates import london_date
from common.errors import Conflict, Forbidden
from courses.models import (
    ENROLMENT_WORKFLOW,
    LIVE_STATES,
    SWAP_WORKFLOW,
    Enrolment,
    EnrolmentState,
    Session,
    SwapRequest,
    SwapState,
)
from courses.policies.swaps import may_answer_swap, may_ask_for_swap, may_take_swap_back
from courses.selectors.allotments import Pools
from courses.selectors.clashes import clash_of
from courses.services.budgets import NoBudget
from courses.services.clashes import hold_people, refuse_on_a_clash
from courses.services.consequences import given_up, granted, seated
from courses.services.moves import goes_on, refuse_unless_chosen_for
from courses.services.notices import tell_person
from courses.services.seats import (
    lock_sessions,
    promote_from_waiting_list,
    refuse_when_settled,
)
from courses.services.swap_ends import SWAPPER, swap_event, tell_asker
from courses.services.swap_notices import tell_partner


class NobodyThere(Conflict):
    """Nobody with that address has a place there; who has none at all reads the same."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Nobody with this e-mail address has a place on that session. Check the address,"
                " or ask your colleague which session they are on."
            ),
            code="nobody_there",
        )


@transaction.atomic
def ask_for_swap(
    *, enrolment: Enrolment, session: Session, email: str, by: Actor, now: datetime
) -> SwapRequest:
    """Ask whoever has ``email`` and a place on ``session`` to swap it for this one. They can
    answer until the places of either session settle.

    Refuses: ``may_not_ask``, ``stale_state``, ``other_offering``, ``session_not_open``,
    ``session_started``, ``swap_open``, ``already_enrolled``, ``clash``, ``nobody_there``,
    ``declined_before``, ``chosen_for_another``.
    """
    locked = lock_sessions([enrolment.session_id, session.pk])
    enrolment, session = _read(enrolment.pk, locked), locked[session.pk]
    relations = relations_to(by, enrolment.person, on=london_date(now))
    if not may_ask_for_swap(relations, enrolment=enrolment):
        raise Forbidden(_("Only the person can swap their place."), code="may_not_ask")
    _refuse_unless_a_place(enrolment)
    _refuse_unless_of_one_offering(enrolment.session, session)
    refuse_when_settled(enrolment.session, now=now)
    refuse_when_settled(session, now=now)
    if SwapRequest.objects.filter(place=enrolment, state=SwapState.ASKED).exists():
        raise Conflict(
            _("You have asked somebody to swap already. Take that back first."), code="swap_open"
        )
    _refuse_who_is_on(session, person=enrolment.person)
    refuse_unless_chosen_for(session, enrolment)
    refuse_on_a_clash(session, person=enrolment.person, besides=enrolment.pk)
    with lifted(SWAPPER):
        swap = _write_down(enrolment, session, email=email, now=now)
        Event.objects.bulk_create(
            [swap_event(swap, verb="ask_for_swap", rule="may_ask_for_swap", by=by, now=now)]
        )
        tell_partner(swap, now=now)
    return swap


@transaction.atomic
def agree_to_swap(*, swap: SwapRequest, by: Actor, now: datetime) -> list[Enrolment]:
    """Give each of the two the place of the other; what was approved for each of them stays
    approved, at the price and with the hours that were agreed. Return both, the asker's first.

    Refuses: ``may_not_answer``, ``stale_state``, ``swap_over``, ``session_not_open``,
    ``session_started``, ``already_enrolled``, ``clash``, ``seat_kept``, ``no_budget``,
    ``chosen_for_another``.
    """
    _refuse_unless_asked(swap, by=by, now=now)
    # Neither of the two may read what the other has; both are judged and changed together.
    with lifted(SWAPPER):
        return _exchange(swap, by=by, now=now)


@transaction.atomic
def decline_swap(*, swap: SwapRequest, by: Actor, now: datetime) -> SwapRequest:
    """Keep one's place; whoever asked is told.

    Refuses: ``may_not_answer``, ``stale_state``.
    """
    _refuse_unless_asked(swap, by=by, now=now)
    with lifted(SWAPPER):
        swap = _end(swap, step="decline", now=now)
        event = swap_event(swap, verb="decline_swap", rule="may_answer_swap", by=by, now=now)
        Event.objects.bulk_create([event])
        tell_asker(swap, rule="courses.swap_declined", now=now)
    return swap


@transaction.atomic
def take_swap_back(*, swap: SwapRequest, by: Actor, now: datetime) -> SwapRequest:
    """Ask no longer, and keep one's place.

    Refuses: ``may_not_take_back``, ``stale_state``.
    """
    if not may_take_swap_back(relations_to(by, swap.asker, on=london_date(now)), swap=swap):
        raise Forbidden(_("Only whoever asked can take that back."), code="may_not_take_back")
    with lifted(SWAPPER):
        swap = _end(swap, step="take_back", now=now)
        event = swap_event(swap, verb="take_swap_back", rule="may_take_back", by=by, now=now)
        Event.objects.bulk_create([event])
    return swap


def _write_down(
    enrolment: Enrolment, session: Session, *, email: str, now: datetime
) -> SwapRequest:
    there = Enrolment.objects.filter(session=session, state=EnrolmentState.CONFIRMED)
    named = there.filter(person__email__iexact=email.strip(), person__is_active=True)
    other = named.exclude(person=enrolment.person).select_related("person").first()
    if other is None:
        raise NobodyThere
    declined = SwapRequest.objects.filter(place=enrolment, other_place=other)
    if declined.filter(state=SwapState.DECLINED).exists():
        raise Conflict(
            _("Your colleague has declined to swap these places. Ask somebody else."),
            code="declined_before",
        )
    return SwapRequest.objects.create(
        asker=enrolment.person,
        partner=other.person,
        place=enrolment,
        other_place=other,
        session=enrolment.session,
        other_session=session,
        asked_at=now,
        ends_at=min(enrolment.session.settles_at, session.settles_at),
    )


def _exchange(swap: SwapRequest, *, by: Actor, now: datetime) -> list[Enrolment]:
    locked = lock_sessions([swap.session_id, swap.other_session_id])
    swap = _end(swap, step="agree", now=now)
    places = [_read(swap.place_id, locked), _read(swap.other_place_id, locked)]
    _refuse_unless_exchangeable(swap, places, now=now)
    mine, theirs = places
    after = [_instead(mine, theirs, now=now), _instead(theirs, mine, now=now)]
    for place in places:
        place.state = ENROLMENT_WORKFLOW.target("move", current=place.state)
        place.seat, place.ended_at = None, now
        place.save(update_fields=["state", "seat", "ended_at"])
    for place in after:
        place.save(force_insert=True)
    Event.objects.bulk_create(_swapped(place, by=by, now=now) for place in after)
    _grant_both(after, swap=swap, by=by, now=now)
    seated(after, by=by, now=now)
    given_up(places, by=by, now=now)
    for place in after:
        tell_person(place, rule="courses.swapped", session=place.session, now=now)
    if mine.organisation_id != theirs.organisation_id:
        # Where seats are kept for one of the organisations, an open one may have become free.
        for session in locked.values():
            promote_from_waiting_list(session=session, by=by, now=now)
    return after


def _grant_both(after: list[Enrolment], *, swap: SwapRequest, by: Actor, now: datetime) -> None:
    """What the asker's organisation has to spend is nothing for whoever answers to read."""
    try:
        granted(after, by=by, now=now)
    except NoBudget as refusal:
        if refusal.wish.person_id != swap.asker_id:
            raise
        raise Conflict(
            _(
                "There is no money for %(name)s to go on your day, so you both keep your places."
                " Ask %(name)s to speak to the learning lead of their organisation."
            )
            % {"name": swap.asker.full_name},
            code="no_budget",
        ) from refusal


def _refuse_unless_exchangeable(
    swap: SwapRequest, places: list[Enrolment], *, now: datetime
) -> None:
    mine, theirs = places
    for place in places:
        _refuse_unless_a_place(place)
        refuse_when_settled(place.session, now=now)
    if now >= swap.ends_at:
        raise Conflict(_("The time to swap these places is over."), code="swap_over")
    hold_people([mine.person_id, theirs.person_id])
    for place, other in ((mine, theirs), (theirs, mine)):
        _refuse_who_is_on(other.session, person=place.person)
        refuse_unless_chosen_for(other.session, place)
        pools = Pools(other.session)
        if not pools.may_replace(other.organisation_id, by=place.organisation_id):
            raise Conflict(
                _(
                    "Places on these sessions are kept for people of one organisation, so you"
                    " cannot swap them."
                ),
                code="seat_kept",
            )
    refuse_on_a_clash(mine.session, person=theirs.person, besides=theirs.pk)
    if clash_of(theirs.session, person_id=mine.person_id, besides=mine.pk):
        raise Conflict(
            _("%(name)s has no time for your session any more, so you keep your places.")
            % {"name": mine.person.full_name},
            code="clash",
        )


def _instead(place: Enrolment, other: Enrolment, *, now: datetime) -> Enrolment:
    """The wish of ``place`` in the seat of ``other``: a swap makes nothing dearer or longer."""
    going_on = goes_on(place, other.session, now=now)
    going_on.state, going_on.seat = EnrolmentState.CONFIRMED, other.seat
    going_on.price_pence, going_on.study_hours = place.price_pence, place.study_hours
    going_on.confirmed_at = now
    return going_on


def _read(enrolment_id: int, locked: dict[int, Session]) -> Enrolment:
    enrolment = Enrolment.objects.select_related("person").get(pk=enrolment_id)
    enrolment.session = locked[enrolment.session_id]
    return enrolment


def _end(swap: SwapRequest, *, step: str, now: datetime) -> SwapRequest:
    """As it is now that it is locked, at the end of ``step``."""
    rows = SwapRequest.objects.select_for_update(of=("self",))
    rows = rows.select_related("asker", "place", "other_session__offering__programme")
    swap = rows.get(pk=swap.pk)
    swap.state, swap.ended_at = SWAP_WORKFLOW.target(step, current=swap.state), now
    swap.save(update_fields=["state", "ended_at"])
    return swap


def _refuse_unless_asked(swap: SwapRequest, *, by: Actor, now: datetime) -> None:
    if not may_answer_swap(relations_to(by, swap.partner, on=london_date(now)), swap=swap):
        raise Forbidden(_("Only the person who is asked can answer."), code="may_not_answer")


def _refuse_unless_a_place(enrolment: Enrolment) -> None:
    if enrolment.state != EnrolmentState.CONFIRMED:
        raise Conflict(
            _("Only a place that is confirmed can be swapped. Nothing was changed."),
            code="stale_state",
        )


def _refuse_unless_of_one_offering(mine: Session, other: Session) -> None:
    if mine.offering_id != other.offering_id or mine.pk == other.pk:
        raise Conflict(
            _("You can swap with somebody on another session of the same course only."),
            code="other_offering",
        )


def _refuse_who_is_on(session: Session, *, person: Person) -> None:
    if session.enrolments.filter(person=person, state__in=LIVE_STATES).exists():
        raise Conflict(
            _(
                "One of you has a request, a turn or a place on the other session already."
                " Withdraw that first."
            ),
            code="already_enrolled",
        )


def _swapped(place: Enrolment, *, by: Actor, now: datetime) -> Event:
    return event_row(
        by=by,
        now=now,
        verb="swap",
        about=place,
        rule="may_answer_swap",
        organisation_id=place.organisation_id,
        subject_id=place.person_id,
        facts={"moved_from": place.moved_from_id, "session": place.session_id},
    )
