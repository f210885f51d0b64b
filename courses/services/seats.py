"""Places on a session: the lock everybody queues at, the lowest free seat, the waiting list."""

from datetime import datetime, timedelta

from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Event
from accounts.scope import hold_session
from accounts.services.ledger import event_row
from common.errors import Conflict
from courses.models import (
    ENROLMENT_WORKFLOW,
    Enrolment,
    EnrolmentState,
    Session,
    SessionState,
)
from courses.services.notices import tell_person

_NEXT = timedelta(microseconds=1)


def lock_session(session_id: int) -> Session:
    """Everybody who takes or gives up a place queues here, so nobody counts a seat twice."""
    rows = Session.objects.select_for_update(of=("self",))
    session = rows.select_related("offering__programme").get(pk=session_id)
    hold_session(session.pk)
    return session


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


def free_seats(session: Session) -> list[int]:
    """The seats nobody holds, lowest first. True only while the session is locked."""
    taken = set(session.enrolments.filter(seat__isnull=False).values_list("seat", flat=True))
    return [seat for seat in range(1, session.capacity + 1) if seat not in taken]


def give_seat_or_queue(enrolment: Enrolment, *, session: Session, now: datetime) -> None:
    """Set the lowest free seat, or the end of the waiting list; the caller saves.

    Whoever waits already comes first, so a free seat is not given past a waiting list. The time
    of joining is taken under the lock and never repeats, so it is the order of the list whatever
    the clocks of two web servers say.
    """
    waiting = session.enrolments.filter(state=EnrolmentState.WAITING)
    last = waiting.aggregate(last=Max("queued_at"))["last"]
    seats = [] if last else free_seats(session)
    if seats:
        enrolment.state, enrolment.seat = EnrolmentState.CONFIRMED, seats[0]
        enrolment.confirmed_at = now
        return
    enrolment.state = EnrolmentState.WAITING
    enrolment.queued_at = max(now, last + _NEXT) if last else now


def promote_from_waiting_list(*, session: Session, by: Actor, now: datetime) -> list[Enrolment]:
    """Give every free seat of a locked session to whoever has waited longest.

    Called in the transaction that freed the seats. Requests that nobody has approved are not on
    the list, so they are never moved.
    """
    if session.state != SessionState.OPEN or now >= session.settles_at:
        return []
    seats = free_seats(session)
    waiting = session.enrolments.filter(state=EnrolmentState.WAITING).select_related("person")
    moved = list(waiting.order_by("queued_at", "pk")[: len(seats)])
    for enrolment, seat in zip(moved, seats, strict=False):
        enrolment.state = ENROLMENT_WORKFLOW.target("promote", current=enrolment.state)
        enrolment.seat, enrolment.confirmed_at = seat, now
    Enrolment.objects.bulk_update(moved, ["state", "seat", "confirmed_at"])
    Event.objects.bulk_create(
        event_row(
            by=by,
            now=now,
            verb="promote",
            about=enrolment,
            rule="waiting_list",
            organisation_id=enrolment.organisation_id,
            subject_id=enrolment.person_id,
            facts={"session": session.pk, "seat": enrolment.seat},
        )
        for enrolment in moved
    )
    for enrolment in moved:
        tell_person(enrolment, rule="courses.moved_up", session=session, now=now)
    return moved
