"""Protected time where a session meets on other days: the hours planned for it go along."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial

from accounts.actors import Actor
from accounts.scope import lifted
from courses.models import Account, Enrolment, EnrolmentState, Session
from courses.selectors.session_time import session_days
from courses.selectors.study_time import Balances, Pocket
from courses.services.study_time_follows import TIMEKEEPER, Moves, move_row, write_each


def follow_meetings(
    session: Session, *, before: Mapping[date, int], by: Actor, now: datetime
) -> None:
    """A locked session met on ``before`` (day -> minutes) until now: whatever was planned for a day
    on which it meets no longer, or not so long, is planned for the days it gained.

    What is longer in all is taken from the study on no day yet, as when the time was promised; what
    finds no day is for study on a day that the person chooses, and so is what they had planned of
    their own for a day that the session takes. Time that was taken back stays owed.
    """
    after = session_days(session)
    if after == before:
        return
    moves = partial(_gone_along, before=before, after=after)
    with lifted(TIMEKEEPER):
        places = Enrolment.objects.filter(
            session=session, state=EnrolmentState.CONFIRMED, study_hours__gt=0
        )
        write_each(places, moves, verb="replan_time", by=by, now=now)


def _gone_along(
    enrolment: Enrolment,
    held: Balances,
    *,
    before: Mapping[date, int],
    after: Mapping[date, int],
    by: Actor,
    now: datetime,
) -> Moves:
    moves: Moves = []
    spare = _spare(held, before=before, after=after)
    for day, length in after.items():
        own = 0 if day in before else held.held(Account.PLANNED, day)
        need = length - before.get(day, 0) - own
        if own > length:
            spare.append(Pocket(Account.PLANNED, day, own - length))
        while need > 0 and spare:
            pocket = spare.pop(0)
            minutes = min(need, pocket.minutes)
            need -= minutes
            taken = Pocket(Account.PLANNED, pocket.on, minutes)
            moves.append(move_row(enrolment, step="plan", pocket=taken, day=day, by=by, now=now))
            if pocket.minutes > minutes:
                spare.insert(0, Pocket(Account.PLANNED, pocket.on, pocket.minutes - minutes))
    return moves + [
        move_row(enrolment, step="plan", pocket=pocket, day=None, by=by, now=now)
        for pocket in spare
        if pocket.on
    ]


def _spare(
    held: Balances, *, before: Mapping[date, int], after: Mapping[date, int]
) -> list[Pocket]:
    """What is planned for days on which the session is shorter than that now, the first day first;
    and for what it is longer in all, something of what is on no day yet."""
    spare = []
    for pocket in held.days(Account.PLANNED):
        if pocket.on is None or after.get(pocket.on, 0) >= before.get(pocket.on, 0):
            continue
        more = pocket.minutes - after.get(pocket.on, 0)
        if more > 0:
            spare.append(Pocket(Account.PLANNED, pocket.on, more))
    longer = min(sum(after.values()) - sum(before.values()), held.unplanned)
    return [*spare, Pocket(Account.PLANNED, None, longer)] if longer > 0 else spare
