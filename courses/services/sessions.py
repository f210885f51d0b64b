"""Opening a session, changing how many places it has, and cancelling it."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actors import Actor
from accounts.models import Event
from accounts.selectors.relations import roles_at
from accounts.services.ledger import event_row, record
from accounts.visibility import standing
from common.dates import london_date
from common.errors import Conflict, Forbidden
from courses.models import (
    ENROLMENT_WORKFLOW,
    SESSION_WORKFLOW,
    Enrolment,
    Offering,
    Session,
)
from courses.policies import may_run
from courses.selectors.running import RUNS_SESSIONS
from courses.services.notices import tell_person
from courses.services.seats import (
    free_seats,
    lock_session,
    promote_from_waiting_list,
    refuse_when_settled,
)


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """When and where a session is, when asking closes, and how many places there are."""

    starts_at: datetime
    ends_at: datetime
    closes_at: datetime
    place: str
    capacity: int


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

    Refuses: ``may_not_run``, ``offering_closed``, ``session_in_the_past``, ``times_out_of_order``.
    """
    offering = Offering.objects.select_for_update().get(pk=offering.pk)
    refuse_unless_runs(offering.host_id, by=by, now=now)
    if not offering.is_open:
        raise Conflict(_("This offering no longer takes people."), code="offering_closed")
    if plan.closes_at <= now:
        raise Conflict(_("Enrolment must close in the future."), code="session_in_the_past")
    if not plan.closes_at <= plan.ends_at or not plan.starts_at < plan.ends_at:
        raise Conflict(
            _("A session ends after it starts, and enrolment closes before it ends."),
            code="times_out_of_order",
        )
    session = Session.objects.create(offering=offering, **asdict(plan))
    facts = {"offering": offering.pk, "capacity": session.capacity}
    _record(session, verb="open_session", by=by, now=now, facts=facts)
    return session


@transaction.atomic
def change_capacity(*, session: Session, capacity: int, by: Actor, now: datetime) -> Session:
    """Set the number of places; new places go to the waiting list in its order.

    Refuses: ``may_not_run``, ``session_not_open``, ``session_started``, and
    ``fewer_than_seated`` for fewer places than are taken.
    """
    session = lock_session(session.pk)
    refuse_unless_runs(session.offering.host_id, by=by, now=now)
    refuse_when_settled(session, now=now)
    before, taken = session.capacity, session.capacity - len(free_seats(session))
    if capacity < taken:
        raise FewerThanSeated(taken)
    _move_below(session, capacity)
    session.capacity = capacity
    session.save(update_fields=["capacity"])
    facts = {"from": before, "to": capacity}
    _record(session, verb="change_capacity", by=by, now=now, facts=facts)
    promote_from_waiting_list(session=session, by=by, now=now)
    return session


@transaction.atomic
def cancel_session(*, session: Session, by: Actor, now: datetime) -> Session:
    """Cancel a session; everybody with a place, a request or a turn is told.

    Refuses: ``may_not_run``, ``stale_state``.
    """
    session = lock_session(session.pk)
    refuse_unless_runs(session.offering.host_id, by=by, now=now)
    session.state = SESSION_WORKFLOW.target("cancel", current=session.state)
    session.save(update_fields=["state"])
    ended = end_without_place(session, by=by, now=now, rule="session_cancelled", seated_too=True)
    facts = {"enrolments": len(ended)}
    _record(session, verb="cancel_session", by=by, now=now, facts=facts)
    for enrolment in ended:
        tell_person(enrolment, rule="courses.session_cancelled", session=session, now=now)
    return session


def end_without_place(
    session: Session, *, by: Actor, now: datetime, rule: str, seated_too: bool
) -> list[Enrolment]:
    """End what is still open on a locked session: requests, the waiting list, and with
    ``seated_too`` the places; one event each."""
    states = {"REQUESTED", "WAITING", "CONFIRMED"} if seated_too else {"REQUESTED", "WAITING"}
    ended = list(session.enrolments.filter(state__in=states).select_related("person"))
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
    return ended


def refuse_unless_runs(host_id: int, *, by: Actor, now: datetime) -> None:
    if not may_run(roles_at(by, host_id, on=london_date(now))):
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
    session: Session, *, verb: str, by: Actor, now: datetime, facts: dict[str, int]
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
