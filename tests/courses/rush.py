"""Everything that can happen to places at once, with real threads, and what must then hold."""

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

from django.db import OperationalError, connection

from accounts.models import Person
from common.errors import Conflict
from courses.models import Enrolment, Session
from courses.services.enrolment import enrol, withdraw
from courses.services.moves import move
from courses.services.offers import accept_offer, decline_offer, lapse_offers
from courses.services.sessions import change_capacity
from tests.factories.clock import NOW

# A deadlock would be an OperationalError; so would a lock that nobody gave back in time.
FAULT = "the database gave up"
_SHARE_THAT_LEAVES, _SHARE_THAT_MOVES = 0.4, 0.5
_CALLED = {"OFFERED", "CONFIRMED"}
_MOST_AT_ONCE = 60


def at_once(acts: list[Callable[[], object]]) -> Counter[str]:
    """Do all of ``acts`` in threads of their own, starting together; count what they came to."""
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        try:
            connection.ensure_connection()
            start.wait(timeout=120)
            act()
        except Conflict as refusal:
            return refusal.code
        except OperationalError:
            return FAULT
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(acts)) as pool:
        return Counter(pool.map(run, acts))


def contend(
    sessions: list[Session], people: list[Person], *, lead: Person, dice: random.Random
) -> Counter[str]:
    """One wave: newcomers ask, others withdraw, answer offers, move; places are added and taken
    away, and offers lapse."""
    first, second = sessions
    acts: list[Callable[[], object]] = [
        partial(_ask, dice.choice(sessions), person) for person in people
    ]
    for row in Enrolment.objects.filter(session__in=sessions).select_related("person"):
        acts.extend(_acts_on(row, other=second if row.session_id == first.pk else first, dice=dice))
    acts.extend(
        partial(
            change_capacity,
            session=session,
            capacity=max(1, session.capacity + dice.choice((-2, -1, 1, 2))),
            by=lead,
            now=NOW,
        )
        for session in sessions
    )
    acts.append(partial(lapse_offers, now=NOW))
    dice.shuffle(acts)
    return at_once(acts[:_MOST_AT_ONCE])


def _ask(session: Session, person: Person) -> Enrolment:
    return enrol(session=session, person=person, by=person, now=NOW)


def _acts_on(row: Enrolment, *, other: Session, dice: random.Random) -> list[Callable[[], object]]:
    answer = {"enrolment": row, "by": row.person, "now": NOW}
    if row.state == "OFFERED":
        return [partial(dice.choice((accept_offer, decline_offer)), **answer)]
    if row.state not in {"CONFIRMED", "WAITING"} or dice.random() > _SHARE_THAT_LEAVES:
        return []
    goes = dice.random() < _SHARE_THAT_MOVES
    return [partial(move, session=other, **answer) if goes else partial(withdraw, **answer)]


def broken(session: Session) -> list[str]:
    """What does not hold of ``session`` now that nobody is at work on it."""
    session.refresh_from_db()
    rows = list(session.enrolments.order_by("queued_at", "pk"))
    seats = sorted(row.seat for row in rows if row.seat)
    waiting = [row for row in rows if row.state == "WAITING"]
    told = []
    if len(seats) != len(set(seats)) or len(seats) > session.capacity:
        told.append(f"{len(seats)} seats {seats} of {session.capacity}")
    if waiting and len(seats) < session.capacity:
        told.append(f"{len(waiting)} wait for {session.capacity - len(seats)} free places")
    joined = [row.queued_at for row in waiting]
    if len(joined) != len(set(joined)):
        told.append("two joined the list at the same moment")
    # Whoever was called up joined before everybody who still waits.
    called = [row.queued_at for row in rows if row.queued_at and row.state in _CALLED]
    if called and joined and max(called) > min(joined):
        told.append("somebody was called up past somebody who still waits")
    return told
