"""The roster of a session: everybody with a place, a turn or a request, and how they were there."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, Count, F, IntegerField, Q, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actors import Actor
from common.dates import clock_time, london_date, long_date
from courses.models import LIVE_STATES, Enrolment, EnrolmentQuerySet, Mark, MeetingMark, Session
from courses.models.sessions import people_waiting
from courses.selectors.registers import Sitting, marks_of, sittings_of
from courses.selectors.tables import TableFile, table_file

# Places first, then the waiting list in its order, then requests.
_ORDER = {"WAITING": 1, "REQUESTED": 2}


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person; ``marks`` in the order of the meetings, None where nothing is marked."""

    enrolment: Enrolment
    marks: tuple[MeetingMark | None, ...]

    @property
    def words(self) -> list[str]:
        """How the person was there, meeting by meeting; nothing while no meeting is marked."""
        return [words_of_mark(mark) for mark in self.marks] if any(self.marks) else []


@dataclass(frozen=True, slots=True)
class RosterCounts:
    """How many there are of each kind on a session."""

    places: int
    waiting: int
    requests: int
    attended: int


def roster(session: Session, *, actor: Actor, on: date) -> EnrolmentQuerySet:
    """Everybody who is live on ``session``, with ``place_in_queue`` for who waits."""
    groups = Case(
        *(When(state=state, then=Value(order)) for state, order in _ORDER.items()),
        default=Value(0),
        output_field=IntegerField(),
    )
    waiting = people_waiting(session="session_id", until="queued_at")
    rows = Enrolment.objects.visible_to(actor, on=on)
    return (
        rows.filter(session=session, state__in=LIVE_STATES)
        .annotate(
            group=groups,
            turn=Case(When(state="WAITING", then=F("queued_at"))),
            place_in_queue=Case(When(state="WAITING", then=waiting), default=Value(0)),
        )
        .select_related("person", "organisation")
        .order_by("group", "turn", "person__family_name", "person__given_name", "pk")
    )


def roster_counts(session: Session, *, actor: Actor, on: date) -> RosterCounts:
    rows = Enrolment.objects.visible_to(actor, on=on).filter(session=session)
    return RosterCounts(
        **rows.aggregate(
            places=Count("pk", filter=Q(seat__isnull=False)),
            waiting=Count("pk", filter=Q(state="WAITING")),
            requests=Count("pk", filter=Q(state="REQUESTED")),
            attended=Count("pk", filter=Q(state__in=("ATTENDED", "PARTIAL"))),
        )
    )


def roster_rows(session: Session, enrolments: Iterable[Enrolment]) -> list[RosterRow]:
    """``enrolments`` with their marks; one statement more."""
    people = list(enrolments)
    marks = marks_of(people)
    sittings = sittings_of(session)
    return [
        RosterRow(row, tuple(marks.get(row.pk, {}).get(one.begins_at) for one in sittings))
        for row in people
    ]


def roster_file(session: Session, *, actor: Actor, on: date, kind: str) -> TableFile:
    """The whole roster for a spreadsheet, with a column for each meeting."""
    sittings = sittings_of(session)
    rows = roster_rows(session, roster(session, actor=actor, on=on))
    return table_file(
        name=f"session-{session.pk}",
        title=_("People"),
        headings=[
            *(_("Person"), _("Organisation"), _("State"), _("Place on the waiting list")),
            *(_("Asked"), *map(_moment, sittings), _("Reason for being away")),
        ],
        rows=_cells(rows),
        kind=kind,
    )


def words_of_mark(mark: MeetingMark | None) -> str:
    """How somebody was at a meeting, as it is read on a page and in a file."""
    if mark is None:
        return _("Not marked")
    if mark.mark == Mark.LATE:
        minutes = mark.minutes_late or 0
        told = ngettext("Late by %(count)d minute", "Late by %(count)d minutes", minutes)
        return told % {"count": minutes}
    return str(Mark(mark.mark).label)


def _cells(rows: Iterable[RosterRow]) -> Iterator[list[str]]:
    for row in rows:
        enrolment = row.enrolment
        place = enrolment.place_in_queue  # type: ignore[attr-defined]
        reasons = (mark for mark in row.marks if mark and mark.reason)
        yield [
            enrolment.person.full_name,
            enrolment.organisation.name,
            str(enrolment.get_state_display()),
            str(place) if place else "",
            _day(enrolment.requested_at),
            *map(words_of_mark, row.marks),
            "; ".join(f"{one.get_reason_display()} {one.reason_text}".strip() for one in reasons),
        ]


def _moment(sitting: Sitting) -> str:
    return f"{_day(sitting.begins_at)}, {clock_time(sitting.begins_at)}"


def _day(moment: datetime) -> str:
    return long_date(london_date(moment))
