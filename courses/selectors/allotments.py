"""Which seats of a session are kept for whom, and which are open to everybody."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from functools import cached_property

from django.db.models import F, Func, IntegerField, QuerySet

from accounts.actors import Actor
from accounts.models import Organisation
from accounts.standing import Below
from courses.models import (
    Enrolment,
    EnrolmentState,
    OfferingShare,
    SeatAllotment,
    Session,
)


class Pool(Enum):
    """To what a free seat belongs that somebody could take."""

    OWN = auto()
    OPEN = auto()


class Pools:
    """The seats of a locked session by pool. ``take`` counts a seat that is being given, so that
    several can be given in a row.

    An organisation with kept seats takes these first, and then open ones; so of what it has taken
    only what goes beyond its own counts against the open ones.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        rows = session.allotments.filter(released_at__isnull=True)
        self.kept: dict[int, int] = dict(rows.values_list("organisation_id", "seats"))

    @cached_property
    def _taken(self) -> Counter[int]:
        """Organisation -> how many of its people have a seat; read where it is asked for."""
        seated = self.session.enrolments.filter(seat__isnull=False)
        return Counter(seated.values_list("organisation_id", flat=True))

    @property
    def open(self) -> int:
        """How many open seats are free. True only while the session is locked."""
        beyond = sum(max(0, taken - self.kept.get(of, 0)) for of, taken in self._taken.items())
        return self.session.capacity - sum(self.kept.values()) - beyond

    def pool_for(self, organisation_id: int) -> Pool | None:
        """What somebody of ``organisation_id`` would take a seat of, if there is one for them."""
        if self._taken[organisation_id] < self.kept.get(organisation_id, 0):
            return Pool.OWN
        return Pool.OPEN if self.open > 0 else None

    def take(self, organisation_id: int) -> None:
        self._taken[organisation_id] += 1

    def may_replace(self, leaving: int, *, by: int) -> bool:
        """Whether somebody of the organisation ``by`` may have the seat of somebody of
        ``leaving``: seats that are kept for an organisation stay with its people."""
        if not self.kept or leaving == by:
            return True
        self._taken[leaving] -= 1
        try:
            return self.pool_for(by) is not None
        finally:
            self._taken[leaving] += 1

    def lets_in(self, organisation_id: int) -> bool:
        """Whether somebody new may have a free seat at once: nobody is passed by who could take
        the same."""
        waiting = self.session.enrolments.filter(state=EnrolmentState.WAITING)
        pool = self.pool_for(organisation_id) if self.kept else Pool.OPEN
        if pool is Pool.OWN:
            waiting = waiting.filter(organisation_id=organisation_id)
        return pool is not None and not waiting.exists()

    def next_in_line(self, waiting: QuerySet[Enrolment], *, free: int) -> list[Enrolment]:
        """Who moves up to ``free`` seats: in the order of the list, whoever there is a seat for."""
        if not self.kept:
            return list(waiting[:free])
        moved: list[Enrolment] = []
        for enrolment in waiting if free else ():
            if len(moved) == free:
                break
            if self.pool_for(enrolment.organisation_id) is not None:
                self.take(enrolment.organisation_id)
                moved.append(enrolment)
        return moved


@dataclass(frozen=True, slots=True)
class SeatsOfSession:
    """What a reader may know: the allotments of theirs, or all where they run the session."""

    allotments: tuple[SeatAllotment, ...]
    session_id: int

    def open_seats(self) -> int:
        """How many open seats are free; asked for only where it is shown."""
        free = Func(F("pk"), function="waymark_open_seats", output_field=IntegerField())
        rows = Session.objects.filter(pk=self.session_id).annotate(free=free)
        return max(0, rows.values_list("free", flat=True).get())


def seats_read_by(actor: Actor, session: Session, *, on: date) -> SeatsOfSession:
    """The kept seats of ``session`` that ``actor`` may know of, and how many open ones are free."""
    rows = SeatAllotment.objects.visible_to(actor, on=on).filter(session=session)
    held = rows.with_taken().select_related("organisation").order_by("organisation__name", "pk")
    return SeatsOfSession(tuple(held), session_id=session.pk)


def sharers_of(session: Session, *, on: date) -> QuerySet[Organisation]:
    """The organisations whose people may be on ``session``: its host, those it is shared with and
    those below either, by name."""
    shares = OfferingShare.objects.filter(offering_id=session.offering_id)
    open_to = [session.offering.host_id, *shares.values_list("organisation_id", flat=True)]
    rows = Organisation.objects.filter(pk__in=Below(open_to, on=on))
    return rows.order_by("name", "pk")


def most_for(session: Session, organisation_id: int, *, pools: Pools) -> int:
    """How many seats can be kept for ``organisation_id`` at the most: what is open now, and what
    its people have or is kept for it already."""
    taken = session.enrolments.filter(seat__isnull=False, organisation_id=organisation_id).count()
    return pools.open + max(taken, pools.kept.get(organisation_id, 0))
