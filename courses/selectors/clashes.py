"""What is at the same time: places of a person, bookings of a room, meetings somebody leads."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext as _

from common.dates import long_moment
from courses.models import Enrolment, Facilitation, Meeting, Room, Session

_HAS_A_PLACE = ("OFFERED", "CONFIRMED")


def clash_of(session: Session, *, person_id: int, besides: int | None = None) -> Enrolment | None:
    """The first place of a person on another session that meets while ``session`` does."""
    rows = Enrolment.objects.filter(
        person_id=person_id, state__in=_HAS_A_PLACE, session__in=_at_once_with(session)
    )
    rows = rows.exclude(pk=besides) if besides else rows
    found = rows.select_related("session__offering__programme")
    return found.order_by("session__starts_at", "pk").first()


def people_with_a_clash(session: Session, *, person_ids: set[int]) -> set[int]:
    """Those of ``person_ids`` who have a place elsewhere while ``session`` meets."""
    rows = Enrolment.objects.filter(
        person_id__in=person_ids, state__in=_HAS_A_PLACE, session__in=_at_once_with(session)
    )
    return set(rows.values_list("person_id", flat=True))


def _at_once_with(session: Session) -> QuerySet[Meeting, int]:
    at_once = Meeting.objects.filter(
        session=session, starts_at__lt=OuterRef("ends_at"), ends_at__gt=OuterRef("starts_at")
    )
    rows = Meeting.objects.filter(Exists(at_once), is_held=True).exclude(session=session)
    return rows.values_list("session_id", flat=True)


def booking_of(
    room: Room, *, starts_at: datetime, ends_at: datetime, besides: Meeting | None
) -> Meeting | None:
    """What a room is booked for between two moments, whoever booked it."""
    rows = Meeting.objects.filter(
        room=room, is_held=True, starts_at__lt=ends_at, ends_at__gt=starts_at
    )
    rows = rows.exclude(pk=besides.pk) if besides else rows
    return rows.select_related("session__offering__programme").order_by("starts_at").first()


def warnings_about(session: Session, meetings: Iterable[Meeting]) -> list[str]:
    """What whoever runs a session should look at: too few chairs, and who should be elsewhere.
    One statement more, however many meetings there are. ``meetings`` with their rooms."""
    small = [row for row in meetings if row.room and row.room.seats < session.capacity]
    said = [
        _("%(room)s seats %(seats)d, and the session has %(places)d places.")
        % {"room": row.room.name, "seats": row.room.seats, "places": session.capacity}
        for row in small
        if row.room
    ]
    return [*dict.fromkeys(said), *_elsewhere(session)]


def _elsewhere(session: Session) -> list[str]:
    elsewhere = Facilitation.objects.exclude(meeting__session=session).filter(
        person_id=OuterRef("person_id"),
        meeting__is_held=True,
        meeting__starts_at__lt=OuterRef("meeting__ends_at"),
        meeting__ends_at__gt=OuterRef("meeting__starts_at"),
    )
    rows = Facilitation.objects.filter(meeting__session=session, person__isnull=False)
    rows = rows.annotate(
        other=elsewhere.values("meeting__session__offering__programme__title")[:1],
        other_at=elsewhere.values("meeting__starts_at")[:1],
    ).filter(other__isnull=False)
    return [
        _("%(name)s also leads %(programme)s on %(when)s, at the same time.")
        % {"name": row.name, "programme": row.other, "when": long_moment(row.other_at)}
        for row in rows.order_by(F("meeting__starts_at"), "pk")
    ]
