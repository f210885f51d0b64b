"""Sessions as the catalogue, a programme, a session's own page and the API read them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from accounts.actors import Actor
from accounts.models import Person
from accounts.selectors.relations import roles_at
from courses.models import (
    ENROLMENT_WORKFLOW,
    LIVE_STATES,
    Enrolment,
    EnrolmentState,
    Offering,
    Session,
    SessionQuerySet,
)
from courses.policies import may_run
from courses.selectors.entitlements import is_entitled


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
    return SessionPage(
        session=session,
        enrolment=enrolment,
        is_entitled=is_entitled(
            person_id=person.pk, programme_id=session.offering.programme_id, on=on
        ),
        is_offered=offered.exists(),
        is_taking=session.is_taking(now=now),
        may_withdraw=enrolment is not None and _may_still_withdraw(enrolment, session, now=now),
        may_run=may_run(roles_at(person, session.offering.host_id, on=on), session=session),
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
    """Requests and turns may be given up at any time, places until the session has started."""
    if "withdraw" not in ENROLMENT_WORKFLOW.available(current=enrolment.state):
        return False
    return enrolment.state != EnrolmentState.CONFIRMED or now < session.settles_at
