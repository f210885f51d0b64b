"""Keeping the register of a session, and completing: what was learned counts from then on."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor, SystemJob
from accounts.models import Event, Person
from accounts.scope import lifted
from accounts.services.ledger import event_row, record
from common.dates import london_date
from common.errors import Conflict
from courses.models import (
    ENROLMENT_WORKFLOW,
    SESSION_WORKFLOW,
    CompletionException,
    Enrolment,
    EnrolmentState,
    Session,
)
from courses.selectors.completion import Standing, outcomes_of, standings_of
from courses.services.consequences import completed, registered
from courses.services.evaluations import ask_for_evaluation
from courses.services.notices import tell_absent, tell_people
from courses.services.seats import lock_session
from courses.services.sessions import end_without_place, refuse_unless_runs
from pathways.models import AttainmentSource
from pathways.selectors.gap import levels_held
from pathways.services.attainments import Reached, record_attainments_together

RECORDER = SystemJob("courses.completion", organisation_ids=None)
# How many people a sentence names.
_NAMED = 5


@transaction.atomic
def record_attendance(*, session: Session, attended: set[int], by: Actor, now: datetime) -> Session:
    """Close the register: enrolments in ``attended`` (their ids) attended, the other places did
    not; requests and the waiting list end without a place, and their people are told.

    Refuses: ``may_not_run``, ``stale_state``, ``session_not_started``, ``not_on_register``.
    """
    session = lock_session(session.pk)
    refuse_unless_runs(session.offering, by=by, now=now)
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
    registered(places, by=by, now=now)
    left = end_without_place(session, by=by, now=now, rule="session_over", seated_too=False)
    tell_people(left, rule="courses.no_place_came", now=now)
    session.save(update_fields=["state"])
    _record_register(session, places, by=by, now=now)
    return session


@transaction.atomic
def complete(
    *,
    enrolments: Iterable[Enrolment],
    by: Actor,
    now: datetime,
    exceptions: Mapping[int, str] = MappingProxyType({}),
) -> list[Enrolment]:
    """Mark enrolments that were attended as completed, and record the levels they bring.

    They count from the day of completion. A level below the one a person has shown already is not
    recorded: learning never takes away. Who lacks what the offering's rule asks for completes only
    by an exception (enrolment -> why), which is kept.
    Refuses: ``may_not_run``, ``stale_state``, ``rule_not_met``; then none of them is completed.
    """
    done = lock_to_complete(enrolments, by=by, now=now)
    lacking = [one for one in standings_of(done) if not one.meets_rule]
    _refuse_lacking(lacking, exceptions)
    for enrolment in done:
        enrolment.state = ENROLMENT_WORKFLOW.target("complete", current=enrolment.state)
        enrolment.ended_at = now
    Enrolment.objects.bulk_update(done, ["state", "ended_at"])
    _keep_exceptions(lacking, exceptions, by=by, now=now)
    Event.objects.bulk_create(
        event_of(enrolment, step="complete", by=by, now=now) for enrolment in done
    )
    programmes = {enrolment.session.offering.programme_id for enrolment in done}
    brings = outcomes_of(programmes)
    levels = {row.pk: brings.get(row.session.offering.programme_id, {}) for row in done}
    record_levels(done, levels=levels, by=by, now=now)
    completed(done, by=by, now=now)
    tell_people(done, rule="courses.completed", now=now)
    return done


def lock_to_complete(
    enrolments: Iterable[Enrolment], *, by: Actor, now: datetime
) -> list[Enrolment]:
    """The enrolments as they are, locked in the order of their ids, by whoever runs all of them."""
    asked = sorted({enrolment.pk for enrolment in enrolments})
    rows = Enrolment.objects.select_for_update(of=("self",)).order_by("pk")
    done = list(rows.filter(pk__in=asked).select_related("person", "session__offering__programme"))
    for offering in {enrolment.session.offering for enrolment in done}:
        refuse_unless_runs(offering, by=by, now=now)
    return done


def record_levels(
    done: Sequence[Enrolment],
    *,
    levels: Mapping[int, Mapping[int, int]],
    by: Actor,
    now: datetime,
) -> None:
    """Let ``levels`` (enrolment -> competency -> level) count, above what people have shown.

    What people from other organisations have shown is out of the sight of who runs the session.
    """
    with lifted(RECORDER):
        held = levels_held(person_ids=[row.person_id for row in done], on=london_date(now))
        reached = [
            Reached(
                row.person,
                _above(held.get(row.person_id, {}), levels.get(row.pk, {})),
                f"enrolment:{row.pk}",
            )
            for row in done
        ]
        record_attainments_together(
            [one for one in reached if one.ranks],
            source=AttainmentSource.COURSE,
            attained_on=london_date(now),
            by=by,
            now=now,
        )


def _above(held: Mapping[int, int], brought: Mapping[int, int]) -> Mapping[int, int]:
    return {key: rank for key, rank in brought.items() if rank > held.get(key, 0)}


def _refuse_lacking(lacking: Sequence[Standing], exceptions: Mapping[int, str]) -> None:
    refused = [one for one in lacking if not exceptions.get(one.enrolment.pk, "").strip()]
    if refused:
        names = ", ".join(one.enrolment.person.full_name for one in refused[:_NAMED])
        raise Conflict(
            _("%(people)s: what it takes to complete is missing. Say why, or leave them out.")
            % {"people": names},
            code="rule_not_met",
        )


def _keep_exceptions(
    lacking: Sequence[Standing], exceptions: Mapping[int, str], *, by: Actor, now: datetime
) -> None:
    author = by if isinstance(by, Person) else None
    CompletionException.objects.bulk_create(
        CompletionException(
            enrolment=one.enrolment,
            missing=[str(what) for what in one.missing],
            reason=exceptions[one.enrolment.pk].strip(),
            made_at=now,
            made_by=author,
        )
        for one in lacking
    )


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
    came = [enrolment for enrolment in places if enrolment.state == EnrolmentState.ATTENDED]
    away = [enrolment for enrolment in places if enrolment.state == EnrolmentState.ABSENT]
    Event.objects.bulk_create(
        event_of(enrolment, step=step, by=by, now=now)
        for step, rows in (("attend", came), ("miss", away))
        for enrolment in rows
    )
    tell_absent(away, session=session, now=now)
    ask_for_evaluation(came, session=session, by=by, now=now)
    record(
        by=by,
        now=now,
        verb="record_attendance",
        about=session,
        rule="may_run",
        organisation_id=session.offering.host_id,
        facts={"places": len(places), "attended": len(came)},
    )


# How the ledger calls the steps of a register and of completing.
_VERBS = {
    "attend": "attend",
    "miss": "miss",
    "attend_after_all": "attend_after_all",
    "miss_after_all": "miss_after_all",
    "complete": "complete",
}


def event_of(enrolment: Enrolment, *, step: str, by: Actor, now: datetime) -> Event:
    """What the ledger keeps of one person's step: unsaved, for many at once."""
    return event_row(
        by=by,
        now=now,
        verb=_VERBS[step],
        about=enrolment,
        rule="may_run",
        organisation_id=enrolment.organisation_id,
        subject_id=enrolment.person_id,
        facts={"session": enrolment.session_id},
    )
