"""The register of a session: which meetings it has, and who was marked as there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from accounts.actors import Actor
from courses.models import (
    THERE,
    Enrolment,
    EnrolmentQuerySet,
    Mark,
    Meeting,
    MeetingMark,
    Session,
)

# Who can be marked: everybody with a place that is theirs.
ON_REGISTER = ("CONFIRMED", "ATTENDED", "ABSENT", "PARTIAL", "COMPLETED")


@dataclass(frozen=True, slots=True)
class Sitting:
    """One meeting of a session, of which a register is kept; numbered from 1."""

    number: int
    begins_at: datetime
    ends_at: datetime

    def has_begun(self, *, now: datetime) -> bool:
        return self.begins_at <= now


@dataclass(frozen=True, slots=True)
class Told:
    """How many on a register are marked so, and how many not at all."""

    there: int
    away: int
    unmarked: int


def sittings_of(session: Session) -> tuple[Sitting, ...]:
    """The meetings of ``session`` in their order; one statement."""
    return sittings_by_session([session])[session.pk]


def sittings_by_session(sessions: Iterable[Session]) -> dict[int, tuple[Sitting, ...]]:
    """The meetings of each of ``sessions``; one that has none is one meeting itself."""
    held = {session.pk: session for session in sessions}
    times: dict[int, list[tuple[datetime, datetime]]] = {}
    rows = Meeting.objects.filter(session__in=held).order_by("starts_at", "pk")
    for session_id, starts_at, ends_at in rows.values_list("session_id", "starts_at", "ends_at"):
        times.setdefault(session_id, []).append((starts_at, ends_at))
    return {
        key: tuple(
            Sitting(number, *when)
            for number, when in enumerate(
                times.get(key) or [(session.starts_at, session.ends_at)], start=1
            )
        )
        for key, session in held.items()
    }


def sitting_to_keep(sittings: Sequence[Sitting], *, number: int, now: datetime) -> Sitting:
    """The meeting that was asked for, or the last that has begun, or the first of all."""
    chosen = next((one for one in sittings if one.number == number), None)
    begun = [one for one in sittings if one.has_begun(now=now)]
    return chosen or (begun[-1] if begun else sittings[0])


def on_register(session: Session, *, actor: Actor, on: date) -> EnrolmentQuerySet:
    """Everybody who can be marked, by name."""
    rows = Enrolment.objects.visible_to(actor, on=on).filter(session=session, state__in=ON_REGISTER)
    return rows.select_related("person", "organisation").order_by(
        "person__family_name", "person__given_name", "pk"
    )


def marks_at(sitting: Sitting, enrolments: Iterable[Enrolment]) -> dict[int, MeetingMark]:
    """What is marked of ``enrolments`` at one meeting, by enrolment; one statement."""
    rows = MeetingMark.objects.filter(
        enrolment__in=[row.pk for row in enrolments], begins_at=sitting.begins_at
    )
    return {row.enrolment_id: row for row in rows.select_related("marked_by", "reason_by")}


def marks_of(enrolments: Iterable[Enrolment]) -> dict[int, dict[datetime, MeetingMark]]:
    """Everything that is marked of ``enrolments``: enrolment -> when the meeting began -> mark."""
    found: dict[int, dict[datetime, MeetingMark]] = {}
    rows = MeetingMark.objects.filter(enrolment__in=[row.pk for row in enrolments])
    for row in rows.order_by("begins_at"):
        found.setdefault(row.enrolment_id, {})[row.begins_at] = row
    return found


def told_of(session: Session, sitting: Sitting) -> Told:
    """How far the register of one meeting has come; two statements."""
    people = session.enrolments.filter(state__in=ON_REGISTER).count()
    marks = MeetingMark.objects.filter(enrolment__session=session, begins_at=sitting.begins_at)
    marks = marks.filter(enrolment__state__in=ON_REGISTER)
    said = list(marks.values_list("mark", flat=True))
    there = sum(mark in THERE for mark in said)
    return Told(there=there, away=len(said) - there, unmarked=people - len(said))


def share_attended(marks: Iterable[MeetingMark], *, sittings: int) -> int:
    """How much of a session somebody was at, in whole per cent and never rounded up.

    A meeting for which they were excused does not count, for or against them.
    """
    said = [row.mark for row in marks]
    counted = sittings - sum(mark == Mark.EXCUSED for mark in said)
    there = sum(mark in THERE for mark in said)
    return 100 * there // counted if counted > 0 else 0
