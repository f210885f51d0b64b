"""Sessions as the catalogue, a programme, a session's own page and the API read them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from accounts.actors import Actor
from accounts.models import Person
from courses.models import (
    ENROLMENT_WORKFLOW,
    LIVE_STATES,
    SEATED_STATES,
    Enrolment,
    EnrolmentState,
    Meeting,
    Offering,
    Session,
    SessionQuerySet,
)
from courses.policies.running import may_run
from courses.selectors.entitlements import asked_of
from courses.selectors.meetings import meetings_of, with_meetings
from courses.selectors.prerequisites import Needed, prerequisites_of
from courses.selectors.running import relations_to_offering


def next_sessions(
    programme_ids: Iterable[int], *, actor: Actor, on: date, now: datetime
) -> dict[int, Session]:
    """For each programme the next session that ``actor`` sees and that still takes people, with
    its places; one statement. Programmes without one are left out."""
    taking = Session.objects.visible_to(actor, on=on).taking(now=now)
    first = (
        taking.filter(offering__programme_id__in=list(programme_ids))
        .order_by("offering__programme_id", "starts_at", "pk")
        .distinct("offering__programme_id")
    )
    rows = Session.objects.filter(pk__in=first.values("pk")).with_places_taken()
    rows = rows.select_related("offering").order_by("pk")
    return {session.offering.programme_id: session for session in rows}


def session_rows(actor: Actor, *, on: date) -> SessionQuerySet:
    """Sessions of visible offerings, with places, for lists and the API; the caller orders."""
    rows = Session.objects.visible_to(actor, on=on).with_places_taken()
    return rows.select_related("offering__programme", "offering__host")


def sessions_for_api(actor: Actor, *, on: date) -> SessionQuerySet:
    """The same with their meetings, in one statement more."""
    return session_rows(actor, on=on).prefetch_related(with_meetings())


_PLACE = EnrolmentState.CONFIRMED
_MOVES = (EnrolmentState.WAITING, EnrolmentState.CONFIRMED)


@dataclass(frozen=True, slots=True)
class SessionPage:
    """A session as one person finds it. ``enrolment`` is their last one on it, if any."""

    session: Session
    enrolment: Enrolment | None
    is_entitled: bool
    is_offered: bool
    is_taking: bool
    may_withdraw: bool
    may_run: bool
    meetings: tuple[Meeting, ...] = ()
    is_unsettled: bool = False
    needed: tuple[Needed, ...] = ()
    is_mandatory: bool = False

    @property
    def is_unprepared(self) -> bool:
        """Something that the programme builds on is missing."""
        return not all(one.is_met for one in self.needed)

    @property
    def may_move(self) -> bool:
        """Whoever may give a place or a turn up may have one on another session instead."""
        return self.may_withdraw and self.enrolment is not None and self.enrolment.state in _MOVES

    @property
    def may_swap(self) -> bool:
        """A place can change hands for as long as the places of the session do."""
        return self.is_unsettled and self.enrolment is not None and self.enrolment.state == _PLACE

    @property
    def joins_online(self) -> bool:
        """Links to join are for people with a place, and for those who run the session."""
        mine = self.enrolment
        return self.may_run or (mine is not None and mine.state in SEATED_STATES)

    @property
    def may_ask(self) -> bool:
        """Whether to offer a place: the session takes people and this person has asked for none."""
        has_one = self.enrolment is not None and self.enrolment.state in LIVE_STATES
        return self.is_taking and self.is_offered and not has_one

    @property
    def is_full(self) -> bool:
        session = self.session
        return bool(session.places_left <= 0 or session.waiting)  # type: ignore[attr-defined]


def session_page(session: Session, *, person: Person, on: date, now: datetime) -> SessionPage:
    """What ``person`` sees of ``session`` (from ``session_rows``) and may do about it."""
    mine = Enrolment.objects.visible_to(person, on=on).filter(session=session, person=person)
    enrolment = mine.order_by("-pk").first()
    offered = Offering.objects.visible_to(person, on=on).filter(pk=session.offering_id)
    asked = asked_of(person_id=person.pk, on=on)
    return SessionPage(
        session=session,
        enrolment=enrolment,
        is_entitled=session.offering.programme_id in asked.programme_ids,
        is_mandatory=session.offering.programme_id in asked.mandatory,
        is_offered=offered.exists(),
        is_taking=session.is_taking(now=now),
        may_withdraw=enrolment is not None and _may_still_withdraw(enrolment, session, now=now),
        may_run=may_run(relations_to_offering(person, session.offering, on=on), session=session),
        meetings=tuple(meetings_of(session)),
        is_unsettled=session.is_unsettled(now=now),
        needed=prerequisites_of(session.offering.programme, person=person, on=on),
    )


def place_in_queue(enrolment: Enrolment) -> int:
    """The place of an enrolment on its waiting list, counted from 1."""
    ahead = Enrolment.objects.filter(
        session_id=enrolment.session_id,
        state=EnrolmentState.WAITING,
        queued_at__lte=enrolment.queued_at,
    )
    return ahead.count()


def _may_still_withdraw(enrolment: Enrolment, session: Session, *, now: datetime) -> bool:
    """Requests and turns may be given up at any time, places until the session's last moment."""
    if "withdraw" not in ENROLMENT_WORKFLOW.available(current=enrolment.state):
        return False
    return enrolment.state != EnrolmentState.CONFIRMED or now < session.withdrawal_ends_at
