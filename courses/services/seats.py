"""Places on a session: the lock everybody queues at, the lowest free seat, the waiting list."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Event
from accounts.scope import hold_session, lifted
from accounts.services.ledger import event_row
from common.dates import long_moment
from common.errors import Conflict
from courses.models import (
    ENROLMENT_WORKFLOW,
    Admission,
    Enrolment,
    EnrolmentState,
    Session,
    SessionState,
)
from courses.selectors.allotments import Pools
from courses.selectors.clashes import people_with_a_clash
from courses.selectors.elsewhere import SEEKER
from courses.selectors.selection import seats_promised
from courses.services.clashes import held_elsewhere
from courses.services.consequences import seated
from courses.services.notices import tell_person

_NEXT = timedelta(microseconds=1)
# An offer on a session whose places are otherwise taken at once: whoever is elsewhere then has so
# long to choose.
_HOURS_TO_CHOOSE = 72
_VERBS = {EnrolmentState.CONFIRMED: "promote", EnrolmentState.OFFERED: "offer"}


def lock_session(session_id: int) -> Session:
    """Everybody who takes or gives up a place queues here, so nobody counts a seat twice."""
    rows = Session.objects.select_for_update(of=("self",))
    session = rows.select_related("offering__programme", "offering__host").get(pk=session_id)
    hold_session(session.pk)
    return session


def lock_sessions(session_ids: Iterable[int]) -> dict[int, Session]:
    """Lock several sessions in the order of their ids, as everybody does who needs more than one.

    None of their lists is shown yet: ``hold_session`` shows one at a time.
    """
    rows = Session.objects.select_for_update(of=("self",)).order_by("pk")
    rows = rows.select_related("offering__programme", "offering__host")
    return {session.pk: session for session in rows.filter(pk__in=set(session_ids))}


def lock_enrolment(enrolment_id: int) -> Enrolment:
    """Lock the session first, as everybody does, and read the enrolment as it is then.

    An enrolment never changes its session, so the session may be looked up without a lock.
    """
    rows = Enrolment.objects.select_related("person")
    session_id = Enrolment.objects.values_list("session_id", flat=True).get(pk=enrolment_id)
    session = lock_session(session_id)
    enrolment = rows.get(pk=enrolment_id)
    enrolment.session = session
    return enrolment


def refuse_when_settled(session: Session, *, now: datetime) -> None:
    """Places of a session that has begun, or is no longer open, stay as they are."""
    if session.state != SessionState.OPEN:
        raise Conflict(_("This session is no longer open."), code="session_not_open")
    if now >= session.settles_at:
        raise Conflict(
            _("This session has started, so its places no longer change."), code="session_started"
        )


def refuse_when_too_late_to_withdraw(session: Session, *, now: datetime) -> None:
    """A place can be given up until places settle, or until the session's own last moment."""
    refuse_when_settled(session, now=now)
    if session.withdraw_by and now >= session.withdraw_by:
        raise Conflict(
            _(
                "Places on this session could be given up until %(when)s. Swap with a colleague, or"
                " tell %(host)s, who run it, that you cannot come."
            )
            % {"when": long_moment(session.withdraw_by), "host": session.offering.host.name},
            code="withdrawal_closed",
        )


def free_seats(session: Session) -> list[int]:
    """The seats nobody holds, lowest first. True only while the session is locked.

    Whoever was chosen and may still accept is sure of one, so as many of the last are left out.
    """
    taken = set(session.enrolments.filter(seat__isnull=False).values_list("seat", flat=True))
    free = [seat for seat in range(1, session.capacity + 1) if seat not in taken]
    is_chosen = session.offering.admission == Admission.SELECTION
    return free[: max(0, len(free) - seats_promised(session))] if is_chosen else free


def give_seat_or_queue(enrolment: Enrolment, *, session: Session, now: datetime) -> None:
    """Set the lowest free seat, or the end of the waiting list; the caller saves.

    Whoever waits already comes first, so a free seat is not given past whoever waits and could
    take the same; seats that are kept for an organisation are for its own people. The time
    of joining is taken under the lock and never repeats, so it is the order of the list whatever
    the clocks of two web servers say.
    """
    waiting = session.enrolments.filter(state=EnrolmentState.WAITING)
    last = waiting.aggregate(last=Max("queued_at"))["last"]
    seats = free_seats(session)
    if seats and Pools(session).lets_in(enrolment.organisation_id):
        enrolment.state, enrolment.seat = EnrolmentState.CONFIRMED, seats[0]
        enrolment.confirmed_at = now
        return
    enrolment.state = EnrolmentState.WAITING
    enrolment.queued_at = max(now, last + _NEXT) if last else now


def promote_from_waiting_list(*, session: Session, by: Actor, now: datetime) -> list[Enrolment]:
    """Give every free seat of a locked session to whoever has waited longest, or offer it to them
    where it leaves people time to answer. Whoever has a place elsewhere at that time is never
    seated but asked: they can give one of the two up. An offer holds its seat until it ends.

    Called in the transaction that freed the seats. Requests that nobody has approved are not on
    the list, so they are never moved.
    """
    if session.state != SessionState.OPEN or now >= session.settles_at:
        return []
    seats = free_seats(session)
    waiting = session.enrolments.filter(state=EnrolmentState.WAITING).select_related("person")
    in_order = waiting.order_by("queued_at", "pk")
    moved = Pools(session).next_in_line(in_order, free=len(seats))
    asked = _who_is_asked(moved, session=session)
    for enrolment, seat in zip(moved, seats, strict=False):
        step = "offer" if enrolment.person_id in asked else "promote"
        enrolment.session = session
        enrolment.state = ENROLMENT_WORKFLOW.target(step, current=enrolment.state)
        enrolment.seat = seat
        if step == "offer":
            enrolment.offer_ends_at = offer_end(session, now=now)
        else:
            enrolment.confirmed_at = now
    Enrolment.objects.bulk_update(moved, ["state", "seat", "confirmed_at", "offer_ends_at"])
    _record_moves(moved, session=session, by=by, now=now)
    if placed := [row for row in moved if row.state == EnrolmentState.CONFIRMED]:
        seated(placed, by=by, now=now)
    for enrolment in moved:
        is_offer = enrolment.state == EnrolmentState.OFFERED
        rule = "courses.place_offered" if is_offer else "courses.moved_up"
        tell_person(enrolment, rule=rule, session=session, now=now)
    return moved


def offer_end(session: Session, *, now: datetime) -> datetime:
    """Until when an offer made now can be answered: never later than places stay as they are."""
    hours = session.hours_to_answer or _HOURS_TO_CHOOSE
    return min(now + timedelta(hours=hours), session.settles_at)


def _who_is_asked(moved: list[Enrolment], *, session: Session) -> set[int]:
    people = {row.person_id for row in moved}
    if session.hours_to_answer or not people:
        return people
    # Who may be getting a place elsewhere at this moment is asked, as who has one is.
    busy = held_elsewhere(people)
    # A place that somebody has through another employer is out of sight of who frees a seat here.
    with lifted(SEEKER):
        return busy | people_with_a_clash(session, person_ids=people)


def _record_moves(moved: list[Enrolment], *, session: Session, by: Actor, now: datetime) -> None:
    Event.objects.bulk_create(
        event_row(
            by=by,
            now=now,
            verb=_VERBS[EnrolmentState(enrolment.state)],
            about=enrolment,
            rule="waiting_list",
            organisation_id=enrolment.organisation_id,
            subject_id=enrolment.person_id,
            facts={"session": session.pk, "seat": enrolment.seat},
        )
        for enrolment in moved
    )
