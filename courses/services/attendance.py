"""Keeping the register of a session, and completing: what was learned counts from then on."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor, SystemJob
from accounts.models import Event
from accounts.scope import lifted
from accounts.services.ledger import event_row, record
from common.dates import london_date
from common.errors import Conflict
from courses.models import (
    ENROLMENT_WORKFLOW,
    SESSION_WORKFLOW,
    Enrolment,
    EnrolmentState,
    Outcome,
    Session,
)
from courses.services.notices import tell_person
from courses.services.seats import lock_session
from courses.services.sessions import end_without_place, refuse_unless_runs
from pathways.models import AttainmentSource
from pathways.selectors.gap import levels_held
from pathways.services.attainments import record_attainments

RECORDER = SystemJob("courses.completion", organisation_ids=None)


@transaction.atomic
def record_attendance(*, session: Session, attended: set[int], by: Actor, now: datetime) -> Session:
    """Close the register: enrolments in ``attended`` (their ids) attended, the other places did
    not; requests and the waiting list end without a place.

    Refuses: ``may_not_run``, ``stale_state``, ``session_not_started``, ``not_on_register``.
    """
    session = lock_session(session.pk)
    refuse_unless_runs(session.offering.host_id, by=by, now=now)
    session.state = SESSION_WORKFLOW.target("close", current=session.state)
    if now < session.starts_at:
        raise Conflict(
            _("This session has not started. Record attendance when it has."),
            code="session_not_started",
        )
    places = list(session.enrolments.filter(state=EnrolmentState.CONFIRMED).order_by("seat"))
    if not attended <= {enrolment.pk for enrolment in places}:
        raise Conflict(
            _("Somebody you ticked has no place on this session. Load the page again."),
            code="not_on_register",
        )
    _mark(places, attended, now=now)
    end_without_place(session, by=by, now=now, rule="session_over", seated_too=False)
    session.save(update_fields=["state"])
    _record_register(session, places, by=by, now=now)
    return session


@transaction.atomic
def complete(*, enrolments: Iterable[Enrolment], by: Actor, now: datetime) -> list[Enrolment]:
    """Mark enrolments that were attended as completed, and record the levels they bring.

    They count from the day of completion. A level below the one a person has shown already is not
    recorded: learning never takes away.
    Refuses: ``may_not_run``, ``stale_state``; then none of them is completed.
    """
    asked = sorted({enrolment.pk for enrolment in enrolments})
    rows = Enrolment.objects.select_for_update(of=("self",)).order_by("pk")
    done = list(rows.filter(pk__in=asked).select_related("person", "session__offering__programme"))
    for host_id in {enrolment.session.offering.host_id for enrolment in done}:
        refuse_unless_runs(host_id, by=by, now=now)
    for enrolment in done:
        enrolment.state = ENROLMENT_WORKFLOW.target("complete", current=enrolment.state)
        enrolment.ended_at = now
    Enrolment.objects.bulk_update(done, ["state", "ended_at"])
    Event.objects.bulk_create(_event(enrolment, by=by, now=now) for enrolment in done)
    # What people from other organisations have shown is out of the sight of who runs the session.
    with lifted(RECORDER):
        _record_levels(done, by=by, now=now)
    for enrolment in done:
        tell_person(enrolment, rule="courses.completed", session=enrolment.session, now=now)
    return done


def _mark(places: list[Enrolment], attended: set[int], *, now: datetime) -> None:
    for enrolment in places:
        came = enrolment.pk in attended
        step = "attend" if came else "miss"
        enrolment.state = ENROLMENT_WORKFLOW.target(step, current=enrolment.state)
        enrolment.ended_at = None if came else now
    Enrolment.objects.bulk_update(places, ["state", "ended_at"])


def _record_register(
    session: Session, places: list[Enrolment], *, by: Actor, now: datetime
) -> None:
    Event.objects.bulk_create(_event(enrolment, by=by, now=now) for enrolment in places)
    came = [enrolment for enrolment in places if enrolment.state == EnrolmentState.ATTENDED]
    record(
        by=by,
        now=now,
        verb="record_attendance",
        about=session,
        rule="may_run",
        organisation_id=session.offering.host_id,
        facts={"places": len(places), "attended": len(came)},
    )


_VERBS = {
    EnrolmentState.ATTENDED: "attend",
    EnrolmentState.ABSENT: "miss",
    EnrolmentState.COMPLETED: "complete",
}


def _event(enrolment: Enrolment, *, by: Actor, now: datetime) -> Event:
    return event_row(
        by=by,
        now=now,
        verb=_VERBS[EnrolmentState(enrolment.state)],
        about=enrolment,
        rule="may_run",
        organisation_id=enrolment.organisation_id,
        subject_id=enrolment.person_id,
        facts={"session": enrolment.session_id},
    )


def _record_levels(done: list[Enrolment], *, by: Actor, now: datetime) -> None:
    programmes = {enrolment.session.offering.programme_id for enrolment in done}
    brings: dict[int, dict[int, int]] = {}
    for outcome in Outcome.objects.filter(programme_id__in=programmes):
        brings.setdefault(outcome.programme_id, {})[outcome.competency_id] = outcome.rank
    held = levels_held(person_ids=[e.person_id for e in done], on=london_date(now))
    for enrolment in done:
        known = held.get(enrolment.person_id, {})
        outcomes = brings.get(enrolment.session.offering.programme_id, {})
        record_attainments(
            person=enrolment.person,
            ranks={key: rank for key, rank in outcomes.items() if rank > known.get(key, 0)},
            source=AttainmentSource.COURSE,
            source_key=f"enrolment:{enrolment.pk}",
            attained_on=london_date(now),
            by=by,
            now=now,
        )
