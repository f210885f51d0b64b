"""The meetings of a session: adding, changing and removing them; everybody on it is told."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max, Min
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Person
from accounts.services.ledger import record
from common.dates import london_date, long_date, long_moment
from common.errors import Conflict
from courses.models import Facilitation, Intake, Meeting, Room, Session
from courses.selectors.clashes import booking_of
from courses.selectors.session_time import session_days
from courses.services.consequences import rescheduled
from courses.services.notices import tell_of_change
from courses.services.offer_ends import end_offers_in_time
from courses.services.seats import lock_session, refuse_when_settled
from courses.services.sessions import refuse_unless_runs

_ROOM_BOOKED_ONCE = "meeting_room_booked_once"


@dataclass(frozen=True, slots=True)
class Lead:
    """Somebody who leads a meeting: by name, and who it is where they sign in here."""

    name: str
    person: Person | None = None


@dataclass(frozen=True, slots=True)
class MeetingPlan:
    """When and where a meeting is, what it is called, and who leads it."""

    starts_at: datetime
    ends_at: datetime
    title: str = ""
    room: Room | None = None
    online_link: str = ""
    leads: tuple[Lead, ...] = ()


@transaction.atomic
def add_meeting(*, session: Session, plan: MeetingPlan, by: Actor, now: datetime) -> Meeting:
    """Let a session meet once more; it begins with its first meeting and ends with its last.

    Refuses: ``may_not_run``, ``session_not_open``, ``session_started``, ``times_out_of_order``,
    ``meetings_overlap``, ``room_elsewhere``, ``room_booked``.
    """
    session = _lock_to_change(session.pk, by=by, now=now)
    before = session_days(session)
    meeting = Meeting(session=session)
    _write(meeting, plan, now=now)
    _follow(session, meeting, verb="add_meeting", by=by, now=now)
    rescheduled(session, before=before, by=by, now=now)
    return meeting


@transaction.atomic
def change_meeting(*, meeting: Meeting, plan: MeetingPlan, by: Actor, now: datetime) -> Meeting:
    """Move a meeting in time or place, or say who else leads it. Refuses: as ``add_meeting``."""
    session = _lock_to_change(meeting.session_id, by=by, now=now)
    before = session_days(session)
    meeting = Meeting.objects.get(pk=meeting.pk)
    meeting.session = session
    _write(meeting, plan, now=now)
    _follow(session, meeting, verb="change_meeting", by=by, now=now)
    rescheduled(session, before=before, by=by, now=now)
    return meeting


@transaction.atomic
def remove_meeting(*, meeting: Meeting, by: Actor, now: datetime) -> None:
    """Let a session meet once less, but never not at all.

    Refuses: ``may_not_run``, ``session_not_open``, ``session_started``, ``last_meeting``.
    """
    session = _lock_to_change(meeting.session_id, by=by, now=now)
    if session.meetings.exclude(pk=meeting.pk).count() == 0:
        raise Conflict(
            _("This is the only meeting. Change it, or cancel the session."), code="last_meeting"
        )
    before = session_days(session)
    _follow(session, meeting, verb="remove_meeting", by=by, now=now, is_removed=True)
    rescheduled(session, before=before, by=by, now=now)


def _lock_to_change(session_id: int, *, by: Actor, now: datetime) -> Session:
    session = lock_session(session_id)
    refuse_unless_runs(session.offering, by=by, now=now)
    refuse_when_settled(session, now=now)
    return session


def _write(meeting: Meeting, plan: MeetingPlan, *, now: datetime) -> None:
    _refuse_unless_plan_holds(meeting, plan, now=now)
    meeting.starts_at, meeting.ends_at = plan.starts_at, plan.ends_at
    meeting.title, meeting.room = plan.title, plan.room
    meeting.online_link = plan.online_link
    try:
        with transaction.atomic():
            meeting.save()
    except IntegrityError as error:
        # Somebody booked the room after we looked.
        if _ROOM_BOOKED_ONCE not in str(error):
            raise
        raise Conflict(
            _("The room has just been booked by somebody else. Select another room or time."),
            code="room_booked",
        ) from None
    meeting.facilitations.all().delete()
    Facilitation.objects.bulk_create(
        Facilitation(meeting=meeting, name=lead.name, person=lead.person) for lead in plan.leads
    )


def _refuse_unless_plan_holds(meeting: Meeting, plan: MeetingPlan, *, now: datetime) -> None:
    if plan.ends_at <= plan.starts_at or plan.starts_at <= now:
        raise Conflict(
            _("A meeting is in the future and ends after it starts."), code="times_out_of_order"
        )
    others = meeting.session.meetings.exclude(pk=meeting.pk)
    other = others.filter(starts_at__lt=plan.ends_at, ends_at__gt=plan.starts_at).first()
    if other:
        raise Conflict(
            _("This session already meets on %(when)s, at the same time. Enter another time.")
            % {"when": long_moment(other.starts_at)},
            code="meetings_overlap",
        )
    if plan.room:
        _refuse_when_booked(meeting, plan.room, plan)


def _refuse_when_booked(meeting: Meeting, room: Room, plan: MeetingPlan) -> None:
    offering = meeting.session.offering
    if room.venue.organisation_id not in {offering.host_id, offering.provider_id}:
        raise Conflict(
            _("This room belongs to another organisation. Select one of your own."),
            code="room_elsewhere",
        )
    taken = booking_of(
        room,
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        besides=meeting if meeting.pk else None,
    )
    if taken:
        words = {
            "room": room.name,
            "programme": taken.session.offering.programme.title,
            "when": long_moment(taken.starts_at),
        }
        raise Conflict(
            _("%(room)s is booked for %(programme)s on %(when)s. Select another room or time.")
            % words,
            code="room_booked",
        )


def _follow(
    session: Session,
    meeting: Meeting,
    *,
    verb: str,
    by: Actor,
    now: datetime,
    is_removed: bool = False,
) -> None:
    facts = {"meeting": meeting.pk, "starts_at": meeting.starts_at.isoformat()}
    removed = {**facts, "ends_at": meeting.ends_at.isoformat()} if is_removed else None
    meeting_ids = [meeting.pk]
    if is_removed:
        meeting.delete()
    _follow_times(session)
    record(
        by=by,
        now=now,
        verb=verb,
        about=session,
        rule="may_run",
        organisation_id=session.offering.host_id,
        facts=facts,
    )
    tell_of_change(session, meeting_ids=meeting_ids, removed=removed, now=now)


def _follow_times(session: Session) -> None:
    """A session is as long as its meetings; what has to happen before it starts still does."""
    span = session.meetings.aggregate(first=Min("starts_at"), last=Max("ends_at"))
    if span["first"] < session.starts_at:
        _refuse_before_people_are_chosen(session, starts_at=span["first"])
    session.starts_at, session.ends_at = span["first"], span["last"]
    session.closes_at = min(session.closes_at, session.starts_at)
    if session.withdraw_by:
        session.withdraw_by = min(session.withdraw_by, session.starts_at)
    if session.opens_at and session.opens_at >= session.closes_at:
        raise Conflict(
            _("The session would start before people can ask for a place. Enter a later day."),
            code="times_out_of_order",
        )
    session.revision += 1
    session.save(
        update_fields=["starts_at", "ends_at", "closes_at", "withdraw_by", "revision"],
    )
    starts_on = london_date(session.starts_at)
    kept = session.allotments.filter(released_at__isnull=True, releases_on__gt=starts_on)
    kept.update(releases_on=starts_on)
    end_offers_in_time(session)


def _refuse_before_people_are_chosen(session: Session, *, starts_at: datetime) -> None:
    intake = Intake.objects.filter(session=session).first()
    if intake is None:
        return
    if starts_at < intake.closes_at or london_date(starts_at) < intake.decided_on:
        raise Conflict(
            _(
                "People can apply for this session until %(closes)s and are told by %(day)s. Enter"
                " a time after that."
            )
            % {"closes": long_moment(intake.closes_at), "day": long_date(intake.decided_on)},
            code="times_out_of_order",
        )
