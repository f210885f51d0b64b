"""Opening a session, changing how many places it has, and cancelling it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actors import Actor
from accounts.models import Event
from accounts.scope import hold_session, lifted
from accounts.selectors.relations import roles_at
from accounts.services.ledger import event_row, record
from accounts.visibility import standing
from common.dates import london_date
from common.errors import Conflict, Forbidden
from courses.models import (
    ENROLMENT_WORKFLOW,
    SESSION_WORKFLOW,
    CancelReason,
    Enrolment,
    EnrolmentState,
    Offering,
    Session,
    SessionState,
)
from courses.policies.running import may_run
from courses.selectors.elsewhere import SEEKER, instead_of
from courses.selectors.running import RUNS_SESSIONS, relations_to_offering
from courses.selectors.selection import intake_of
from courses.services.consequences import called_off, given_up
from courses.services.funding import lock_funds_elsewhere
from courses.services.interests import ask_to_tell
from courses.services.moves import offer_elsewhere
from courses.services.notices import tell_person
from courses.services.pools import refuse_below_kept_seats
from courses.services.seats import (
    free_seats,
    lock_session,
    lock_sessions,
    promote_from_waiting_list,
    refuse_when_settled,
)
from courses.services.selection_reserves import offer_what_is_left


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """When and where a session is, when people can ask and withdraw, and how many places there
    are. Without ``opens_at`` people can ask at once; without ``withdraw_by`` a place can be given
    up until places settle."""

    starts_at: datetime
    ends_at: datetime
    closes_at: datetime
    place: str
    capacity: int
    minimum: int = 1
    opens_at: datetime | None = None
    withdraw_by: datetime | None = None


class FewerThanSeated(Conflict):
    """Fewer places were asked for than are taken."""

    def __init__(self, taken: int) -> None:
        sentence = ngettext(
            "%(count)d place is taken. Enter that number or more.",
            "%(count)d places are taken. Enter that number or more.",
            taken,
        )
        super().__init__(sentence % {"count": taken}, code="fewer_than_seated")


@transaction.atomic
def open_session(*, offering: Offering, plan: SessionPlan, by: Actor, now: datetime) -> Session:
    """Open a session of ``offering``, to which people can enrol until it closes.

    Refuses: ``may_not_run``, ``offering_closed``, ``session_in_the_past``, ``times_out_of_order``,
    ``minimum_above_places``.
    """
    offering = Offering.objects.select_for_update().get(pk=offering.pk)
    refuse_unless_runs(offering, by=by, now=now)
    if not offering.is_open:
        raise Conflict(_("This offering no longer takes people."), code="offering_closed")
    _refuse_unless_plan_holds(plan, now=now)
    session = Session.objects.create(offering=offering, **asdict(plan))
    facts = {"offering": offering.pk, "capacity": session.capacity}
    _record(session, verb="open_session", by=by, now=now, facts=facts)
    ask_to_tell(session, now=now)
    return session


def _refuse_unless_plan_holds(plan: SessionPlan, *, now: datetime) -> None:
    if plan.closes_at <= now:
        raise Conflict(_("Enrolment must close in the future."), code="session_in_the_past")
    if not plan.closes_at <= plan.ends_at or not plan.starts_at < plan.ends_at:
        raise Conflict(
            _("A session ends after it starts, and enrolment closes before it ends."),
            code="times_out_of_order",
        )
    if plan.opens_at and plan.opens_at >= plan.closes_at:
        raise Conflict(_("Enrolment opens before it closes."), code="times_out_of_order")
    if plan.withdraw_by and plan.withdraw_by > plan.starts_at:
        raise Conflict(
            _("The last moment to withdraw comes before the session starts."),
            code="times_out_of_order",
        )
    if not 1 <= plan.minimum <= plan.capacity:
        raise Conflict(
            _("The people it takes to run must not be more than the places."),
            code="minimum_above_places",
        )


@transaction.atomic
def change_capacity(*, session: Session, capacity: int, by: Actor, now: datetime) -> Session:
    """Set the number of places; new places go to the waiting list in its order, and where people
    are chosen to the reserve list, once everybody is decided about.

    Refuses: ``may_not_run``, ``session_not_open``, ``session_started``, and
    ``fewer_than_seated`` or ``fewer_than_kept`` for fewer places than are taken or kept.
    """
    session = lock_session(session.pk)
    refuse_unless_runs(session.offering, by=by, now=now)
    refuse_when_settled(session, now=now)
    before, taken = session.capacity, session.capacity - len(free_seats(session))
    if capacity < taken:
        raise FewerThanSeated(taken)
    refuse_below_kept_seats(session, capacity=capacity)
    _move_below(session, capacity)
    session.capacity, session.minimum = capacity, min(session.minimum, capacity)
    session.save(update_fields=["capacity", "minimum"])
    facts = {"from": before, "to": capacity}
    _record(session, verb="change_capacity", by=by, now=now, facts=facts)
    promote_from_waiting_list(session=session, by=by, now=now)
    intake = intake_of(session)
    if intake:
        offer_what_is_left(intake, session=session, by=by, now=now)
    return session


@transaction.atomic
def cancel_session(
    *,
    session: Session,
    by: Actor,
    now: datetime,
    reason: CancelReason = CancelReason.OTHER,
    text: str = "",
) -> Session:
    """Cancel a session. Everybody with a place is offered one on another session of the offering
    that has room, or else of another offering of the programme that their organisation may use and
    that is not dearer, without a new approval; everybody else on it is told.

    Refuses: ``may_not_run``, ``stale_state``.
    """
    refuse_unless_runs(session.offering, by=by, now=now)
    instead = instead_of(session, on=london_date(now), now=now)
    # Sessions of others are locked by their leave to use them, and shown to nobody.
    with lifted(SEEKER):
        locked = lock_sessions([session.pk, *instead])
    session = locked[session.pk]
    hold_session(session.pk)
    session.state = SESSION_WORKFLOW.target("cancel", current=session.state)
    session.cancel_reason, session.cancel_text = reason, text
    session.revision += 1
    session.save(update_fields=["state", "cancel_reason", "cancel_text", "revision"])
    candidates = [locked[pk] for pk in instead]
    lock_funds_elsewhere(list(session.enrolments.all()), candidates)
    seated = set(session.enrolments.filter(seat__isnull=False).values_list("pk", flat=True))
    ended = end_without_place(session, by=by, now=now, rule="session_cancelled", seated_too=True)
    for enrolment in ended:
        tell_person(enrolment, rule="courses.session_cancelled", session=session, now=now)
    offers = offer_elsewhere(ended, had_a_place=seated, candidates=candidates, by=by, now=now)
    facts: dict[str, int | str] = {"enrolments": len(ended), "reason": str(reason)}
    facts |= {"had_a_place": len(seated), "offered_elsewhere": len(offers)}
    _record(session, verb="cancel_session", by=by, now=now, facts=facts)
    return session


def end_without_place(
    session: Session, *, by: Actor, now: datetime, rule: str, seated_too: bool
) -> list[Enrolment]:
    """End what is still open on a locked session: requests, the waiting list, offers, and with
    ``seated_too`` the places; one event each."""
    states = {"REQUESTED", "WAITING", "OFFERED"} | ({"CONFIRMED"} if seated_too else set())
    rows = session.enrolments.filter(state__in=states).select_related("person")
    ended = list(rows.order_by("seat", "pk"))
    for enrolment in ended:
        enrolment.state = ENROLMENT_WORKFLOW.target("cancel", current=enrolment.state)
        enrolment.seat, enrolment.ended_at = None, now
    Enrolment.objects.bulk_update(ended, ["state", "seat", "ended_at"])
    Event.objects.bulk_create(
        event_row(
            by=by,
            now=now,
            verb="cancel",
            about=enrolment,
            rule=rule,
            organisation_id=enrolment.organisation_id,
            subject_id=enrolment.person_id,
            facts={"session": session.pk},
        )
        for enrolment in ended
    )
    if session.state == SessionState.CANCELLED:
        # With those who had withdrawn, so that all their funds are locked in one order.
        withdrawn = session.enrolments.filter(state=EnrolmentState.WITHDRAWN)
        called_off([*ended, *withdrawn.order_by("pk")], by=by, now=now)
    given_up(ended, by=by, now=now)
    return ended


def refuse_unless_runs(offering: Offering, *, by: Actor, now: datetime) -> None:
    """Whoever hosts an offering runs its sessions, and so does whoever teaches it."""
    if not may_run(relations_to_offering(by, offering, on=london_date(now))):
        raise Forbidden(
            _("Only a learning lead or programme lead of who hosts or teaches it can do this."),
            code="may_not_run",
        )


def refuse_unless_runs_at(organisation_id: int, *, by: Actor, now: datetime) -> None:
    if not may_run(roles_at(by, organisation_id, on=london_date(now))):
        raise Forbidden(
            _("Only a learning lead or programme lead of its organisation can do this."),
            code="may_not_run",
        )


def refuse_unless_runs_any(*, by: Actor, now: datetime) -> None:
    if not standing(by, on=london_date(now)).holds(*RUNS_SESSIONS):
        raise Forbidden(
            _("Only learning leads and programme leads can open a session."), code="may_not_run"
        )


def _move_below(session: Session, capacity: int) -> None:
    """Seats are numbers: whoever sits beyond the new last one moves to a free lower number."""
    free = iter(free_seats(session))
    for enrolment in session.enrolments.filter(seat__gt=capacity).order_by("seat"):
        enrolment.seat = next(free)
        enrolment.save(update_fields=["seat"])


def _record(
    session: Session, *, verb: str, by: Actor, now: datetime, facts: Mapping[str, int | str]
) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=session,
        rule="may_run",
        organisation_id=session.offering.host_id,
        facts=facts,
    )
