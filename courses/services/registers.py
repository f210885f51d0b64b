"""Keeping the register of a meeting: marks, put right by whoever saw what is there now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actors import Actor
from accounts.models import Event, Person
from accounts.services.ledger import event_row
from common.dates import clock_time
from common.errors import Conflict, Stale
from courses.models import (
    ENROLMENT_WORKFLOW,
    THERE,
    Enrolment,
    EnrolmentState,
    Mark,
    MeetingMark,
    Session,
    SessionState,
)
from courses.selectors.registers import ON_REGISTER, Sitting, sittings_of
from courses.services.attendance import event_of, record_attendance
from courses.services.consequences import registered
from courses.services.evaluations import ask_for_evaluation
from courses.services.seats import lock_session
from courses.services.sessions import refuse_unless_runs

_STANDS = (EnrolmentState.PARTIAL, EnrolmentState.COMPLETED)


@dataclass(frozen=True, slots=True)
class Marked:
    """What a register says of one person; ``seen``: the version that whoever marks had before
    them, nought where nothing was marked yet."""

    mark: str
    minutes_late: int | None = None
    reason: str = ""
    reason_text: str = ""
    seen: int = 0


class MarkedMeanwhile(Stale):
    """Somebody else marked the same people differently. ``current``: enrolment -> their mark."""

    def __init__(self, current: Mapping[int, MeetingMark]) -> None:
        sentence = ngettext(
            "Somebody else marked %(count)d person since you opened this page. Look at what they "
            "marked, then save again to keep yours.",
            "Somebody else marked %(count)d people since you opened this page. Look at what they "
            "marked, then save again to keep yours.",
            len(current),
        )
        super().__init__(
            sentence % {"count": len(current)}, code="marked_meanwhile", current=dict(current)
        )


@transaction.atomic
def keep_register(
    *,
    session: Session,
    begins_at: datetime,
    marks: Mapping[int, Marked],
    by: Actor,
    now: datetime,
) -> list[MeetingMark]:
    """Mark people (enrolment -> mark) at the meeting that begins at ``begins_at``; all or none.

    What says the same as before is passed over, so that sending a page twice changes nothing.
    On a session whose attendance is recorded the people follow their marks, until they have
    completed on the strength of them. Returns the rows that changed.
    Refuses: ``may_not_run``, ``session_cancelled``, ``no_such_meeting``, ``session_not_started``,
    ``not_on_register``, ``marked_meanwhile``, ``completed_on_it``.
    """
    session = lock_session(session.pk)
    refuse_unless_runs(session.offering, by=by, now=now)
    _refuse_unless_held(session, begins_at, now=now)
    people = _people(session, marks)
    rows = MeetingMark.objects.filter(enrolment__in=people, begins_at=begins_at)
    known = {row.enrolment_id: row for row in rows.select_related("marked_by")}
    asked = {key: said for key, said in marks.items() if not _says(known.get(key), said)}
    _refuse_unseen(known, asked)
    _refuse_completed([people[key] for key in asked])
    changed = [
        _marked(known.get(key), said, enrolment=people[key], begins_at=begins_at, by=by, now=now)
        for key, said in asked.items()
    ]
    _save(changed)
    Event.objects.bulk_create(_event(row, session=session, by=by, now=now) for row in changed)
    if session.state == SessionState.CLOSED:
        came = follow_marks([people[row.enrolment_id] for row in changed], by=by, now=now)
        ask_for_evaluation(came, session=session, by=by, now=now)
    return changed


@transaction.atomic
def finish_register(*, session: Session, by: Actor, now: datetime) -> Session:
    """Record attendance as it is marked: whoever was at one meeting at least attended.

    Refuses: what ``record_attendance`` refuses; ``not_all_marked`` while somebody is not marked at
    one of the meetings, ``meetings_to_come`` before the last of them has begun.
    """
    session = lock_session(session.pk)
    refuse_unless_runs(session.offering, by=by, now=now)
    there = _there(session, now=now) if now >= session.starts_at else set()
    return record_attendance(session=session, attended=there, by=by, now=now)


def follow_marks(enrolments: list[Enrolment], *, by: Actor, now: datetime) -> list[Enrolment]:
    """Let people whose attendance was recorded be what their marks say now, one event each; their
    time follows also where they stay what they are.

    Returns who was there after all.
    """
    keys = [enrolment.pk for enrolment in enrolments]
    there = set(
        MeetingMark.objects.filter(enrolment__in=keys, mark__in=THERE).values_list(
            "enrolment_id", flat=True
        )
    )
    turned = []
    for enrolment in enrolments:
        came = enrolment.pk in there
        if came == (enrolment.state == EnrolmentState.ATTENDED):
            continue
        step = "attend_after_all" if came else "miss_after_all"
        enrolment.state = ENROLMENT_WORKFLOW.target(step, current=enrolment.state)
        enrolment.ended_at = None if came else now
        turned.append((enrolment, step))
    Enrolment.objects.bulk_update([row for row, _step in turned], ["state", "ended_at"])
    Event.objects.bulk_create(
        event_of(enrolment, step=step, by=by, now=now) for enrolment, step in turned
    )
    registered(enrolments, by=by, now=now)
    return [enrolment for enrolment, step in turned if step == "attend_after_all"]


def _there(session: Session, *, now: datetime) -> set[int]:
    """The enrolments of everybody who was at one meeting at least, once all are marked."""
    sittings = sittings_of(session)
    if not sittings[-1].has_begun(now=now):
        raise Conflict(
            _("A meeting of this session is still to come. Finish the register after it."),
            code="meetings_to_come",
        )
    places = session.enrolments.filter(state=EnrolmentState.CONFIRMED)
    keys = set(places.values_list("pk", flat=True))
    rows = MeetingMark.objects.filter(
        enrolment__in=keys, begins_at__in=[one.begins_at for one in sittings]
    )
    said = list(rows.values_list("enrolment_id", "mark"))
    if len(said) < len(keys) * len(sittings):
        raise _not_all_marked(len(keys) * len(sittings) - len(said))
    return {enrolment_id for enrolment_id, mark in said if mark in THERE}


def _refuse_unless_held(session: Session, begins_at: datetime, *, now: datetime) -> None:
    if session.state == SessionState.CANCELLED:
        raise Conflict(
            _("This session was cancelled, so it has no register."), code="session_cancelled"
        )
    held: Sitting | None = next(
        (one for one in sittings_of(session) if one.begins_at == begins_at), None
    )
    if held is None:
        raise Conflict(
            _("The times of this session have changed. Open its register again."),
            code="no_such_meeting",
        )
    if not held.has_begun(now=now):
        raise Conflict(
            _("This session has not started. Record attendance when it has."),
            code="session_not_started",
        )


def _people(session: Session, marks: Mapping[int, Marked]) -> dict[int, Enrolment]:
    rows = session.enrolments.select_for_update(of=("self",)).filter(
        pk__in=list(marks), state__in=ON_REGISTER
    )
    people = {row.pk: row for row in rows.select_related("person").order_by("pk")}
    if set(people) != set(marks):
        raise Conflict(
            _("Somebody you marked has no place on this session. Load the page again."),
            code="not_on_register",
        )
    return people


def _says(row: MeetingMark | None, said: Marked) -> bool:
    if row is None:
        return False
    told = (row.mark, row.minutes_late, row.reason, row.reason_text)
    return told == (said.mark, said.minutes_late, said.reason, said.reason_text)


def _refuse_unseen(known: Mapping[int, MeetingMark], asked: Mapping[int, Marked]) -> None:
    """Nobody writes over a mark that they have not seen."""
    unseen = {key: known[key] for key, said in asked.items() if key in known}
    unseen = {key: row for key, row in unseen.items() if row.version != asked[key].seen}
    if unseen:
        raise MarkedMeanwhile(unseen)


def _refuse_completed(enrolments: list[Enrolment]) -> None:
    done = next((row for row in enrolments if row.state in _STANDS), None)
    if done is not None:
        raise Conflict(
            _("%(person)s has completed on the strength of this register, so it stays as it is.")
            % {"person": done.person.full_name},
            code="completed_on_it",
        )


def _marked(
    row: MeetingMark | None,
    said: Marked,
    *,
    enrolment: Enrolment,
    begins_at: datetime,
    by: Actor,
    now: datetime,
) -> MeetingMark:
    author = by if isinstance(by, Person) else None
    row = row or MeetingMark(enrolment=enrolment, begins_at=begins_at, version=0)
    if (row.reason, row.reason_text) != (said.reason, said.reason_text):
        row.reason, row.reason_text = said.reason, said.reason_text
        row.reason_by = author if said.reason else None
    row.mark, row.minutes_late = said.mark, said.minutes_late
    row.marked_at, row.marked_by, row.version = now, author, row.version + 1
    return row


def _save(rows: list[MeetingMark]) -> None:
    fields = ["mark", "minutes_late", "reason", "reason_text", "reason_by"]
    fields += ["marked_at", "marked_by", "version"]
    MeetingMark.objects.bulk_create([row for row in rows if row.pk is None])
    MeetingMark.objects.bulk_update([row for row in rows if row.version > 1], fields)


def _event(row: MeetingMark, *, session: Session, by: Actor, now: datetime) -> Event:
    # Why somebody was away stays with the mark: it may be about their health.
    return event_row(
        by=by,
        now=now,
        verb="mark",
        about=row.enrolment,
        rule="may_run",
        organisation_id=row.enrolment.organisation_id,
        subject_id=row.enrolment.person_id,
        facts={
            "session": session.pk,
            "begins_at": row.begins_at.isoformat(),
            "mark": str(row.mark),
            "version": row.version,
        },
    )


def _not_all_marked(count: int) -> Conflict:
    sentence = ngettext(
        "%(count)d mark is missing. Mark everybody at each meeting, then finish the register.",
        "%(count)d marks are missing. Mark everybody at each meeting, then finish the register.",
        count,
    )
    return Conflict(sentence % {"count": count}, code="not_all_marked")


def words_of_mark(row: MeetingMark) -> str:
    """What somebody else marked and when, for showing beside what was typed."""
    told = {
        "who": row.marked_by or _("Somebody else"),
        "time": clock_time(row.marked_at),
        "mark": Mark(row.mark).label,
    }
    return _("%(who)s marked this at %(time)s: %(mark)s. Save again to keep yours.") % told
