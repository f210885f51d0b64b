"""What becomes of protected time by itself: promised with a place, let go with it, had where the
register says so."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import partial

from accounts.actors import Actor, ApiClientPrincipal, SystemJob
from accounts.models import Event, Person
from accounts.scope import lifted
from accounts.services.ledger import event_row
from common.dates import london_date
from courses.models import TIME_STEPS, Account, Enrolment, EnrolmentState, StudyTimeMove
from courses.selectors.session_time import days_away, session_days, shared_out, with_meetings
from courses.selectors.study_time import NO_TIME, Balances, Pocket, study_time_balances
from courses.services.study_time_notices import tell_of_cover_without_time

# Places change by the hand of whoever runs a session or gives one up; the time of the people
# concerned is not theirs to see.
TIMEKEEPER = SystemJob("courses.study_time", organisation_ids=None)
Moves = list[StudyTimeMove]
_WERE_THERE = ("ATTENDED", "PARTIAL", "COMPLETED")


def move_row(
    enrolment: Enrolment,
    *,
    step: str,
    pocket: Pocket,
    day: date | None,
    by: Actor,
    now: datetime,
    reason: str = "",
    text: str = "",
) -> StudyTimeMove:
    """An unsaved move of ``pocket`` (how much from where) to ``day`` of the account of ``step``."""
    return StudyTimeMove(
        enrolment=enrolment,
        person_id=enrolment.person_id,
        organisation_id=enrolment.organisation_id,
        minutes=pocket.minutes,
        source=TIME_STEPS[step].source,
        source_on=pocket.on,
        target=TIME_STEPS[step].target,
        target_on=day,
        reason=reason,
        text=text,
        moved_at=now,
        moved_by=by if isinstance(by, Person) else None,
        moved_by_client=by.client if isinstance(by, ApiClientPrincipal) else None,
    )


def promise_time(enrolments: Sequence[Enrolment], *, by: Actor, now: datetime) -> None:
    """The place is theirs, and with it so many hours: those of the session on its days, the rest
    on days they choose. What was had or is owed of the place they moved from comes with them."""
    with_hours = [enrolment for enrolment in enrolments if enrolment.study_hours]
    if not with_hours:
        return
    with lifted(TIMEKEEPER):
        known = study_time_balances([enrolment.pk for enrolment in with_hours])
        new = with_meetings(one for one in with_hours if one.pk not in known)
        _write({one: _promised(one, by=by, now=now) for one in new}, "promise_time", by=by, now=now)


def let_go_of_time(enrolments: Sequence[Enrolment], *, by: Actor, now: datetime) -> None:
    """The place was given up: what was neither had nor let go before is nobody's any more."""
    with lifted(TIMEKEEPER):
        write_each(enrolments, _let_go, verb="let_go_of_time", by=by, now=now)


def follow_register(enrolments: Sequence[Enrolment], *, by: Actor, now: datetime) -> None:
    """Who was there had what was planned for the days of the session up to now, but for those on
    which they are marked as away. Of these days, and of all of who was not there, also where the
    register said otherwise before, it is yet to be said what became of it."""
    came = [one for one in enrolments if one.state in _WERE_THERE and one.study_hours]
    missed = [one for one in enrolments if one.state == EnrolmentState.ABSENT]
    with lifted(TIMEKEEPER):
        away = days_away(came)
        had, not_had = partial(_had, away=away), partial(_not_had, away=away)
        missed += [one for one in came if one.pk in away]
        write_each(came, had, verb="confirm_time", by=by, now=now)
        write_each(missed, not_had, verb="put_time_right", by=by, now=now)


def _promised(enrolment: Enrolment, *, by: Actor, now: datetime) -> Moves:
    owed, settled = _carried(enrolment)
    moves = [
        move_row(
            enrolment,
            step="carry",
            pocket=Pocket(Account.PLEDGE, None, pocket.minutes),
            day=pocket.on,
            by=by,
            now=now,
        )
        for pocket in owed
    ]
    left = 60 * enrolment.study_hours - settled - sum(pocket.minutes for pocket in owed)
    for day, minutes in shared_out(enrolment.session, left).items():
        pocket = Pocket(Account.PLEDGE, None, minutes)
        moves.append(move_row(enrolment, step="promise", pocket=pocket, day=day, by=by, now=now))
    return moves


def _carried(enrolment: Enrolment) -> tuple[tuple[Pocket, ...], int]:
    """Of the places that ``enrolment`` goes on from: what is owed still, and how many minutes were
    had, or let go before it came to the move."""
    chain, before = [], enrolment.moved_from_id
    while before:
        chain.append(before)
        before = Enrolment.objects.values_list("moved_from_id", flat=True).get(pk=before)
    if not chain:
        return (), 0
    settled = sum(one.delivered + one.released for one in study_time_balances(chain).values())
    # What went with a place that was moved, or was cancelled under its owner, is not gone: it goes
    # on with this one.
    moved = StudyTimeMove.objects.filter(enrolment_id__in=chain, reason__in=("MOVED", "GIVEN_UP"))
    settled -= sum(moved.values_list("minutes", flat=True))
    last = study_time_balances(chain[:1]).get(chain[0], NO_TIME)
    let_go = moved.filter(enrolment_id=chain[0], source=Account.OWED)
    owed = [Pocket(Account.OWED, move.source_on, move.minutes) for move in let_go.order_by("pk")]
    return (*last.days(Account.OWED), *owed), settled


def _let_go(enrolment: Enrolment, held: Balances, *, by: Actor, now: datetime) -> Moves:
    is_moved = enrolment.state == EnrolmentState.MOVED
    reason = "MOVED" if is_moved else "GIVEN_UP"
    return all_let_go(enrolment, held, reason=reason, by=by, now=now)


def all_let_go(
    enrolment: Enrolment, held: Balances, *, reason: str, by: Actor, now: datetime
) -> Moves:
    """Moves that let go of whatever is planned or owed."""
    steps = {Account.PLANNED: "let_go", Account.OWED: "let_go_owed"}
    return [
        move_row(
            enrolment,
            step=steps[pocket.account],
            pocket=pocket,
            day=london_date(now),
            by=by,
            now=now,
            reason=reason,
        )
        for pocket in held.pockets
        if pocket.account in steps
    ]


def _had(
    enrolment: Enrolment,
    held: Balances,
    *,
    away: Mapping[int, Collection[date]],
    by: Actor,
    now: datetime,
) -> Moves:
    days = session_days(enrolment.session).keys() - set(away.get(enrolment.pk, ()))
    return [
        move_row(enrolment, step="confirm", pocket=pocket, day=pocket.on, by=by, now=now)
        for pocket in held.unanswered(on=london_date(now))
        if pocket.on in days
    ]


def _not_had(
    enrolment: Enrolment,
    held: Balances,
    *,
    away: Mapping[int, Collection[date]],
    by: Actor,
    now: datetime,
) -> Moves:
    """Of who missed the session, all its days."""
    days = away.get(enrolment.pk, session_days(enrolment.session))
    return [
        move_row(enrolment, step="put_right", pocket=pocket, day=pocket.on, by=by, now=now)
        for pocket in held.days(Account.DELIVERED)
        if pocket.on in days
    ]


def write_each(
    enrolments: Iterable[Enrolment],
    moves: Callable[..., Moves],
    *,
    verb: str,
    by: Actor,
    now: datetime,
) -> None:
    """Write what ``moves`` makes of the time of each place, with one event for each that changes.
    Called where all of it is in sight; a constant number of statements."""
    by_key = {enrolment.pk: enrolment for enrolment in enrolments if enrolment.study_hours}
    # In the order of their numbers, as everybody who needs several.
    locked = Enrolment.objects.select_for_update(of=("self",)).order_by("pk")
    list(locked.filter(pk__in=by_key).values_list("pk", flat=True))
    held = study_time_balances(list(by_key))
    with_meetings(by_key[key] for key in held)
    found = {by_key[key]: moves(by_key[key], held[key], by=by, now=now) for key in sorted(held)}
    _write(found, verb, by=by, now=now)


def _write(found: Mapping[Enrolment, Moves], verb: str, *, by: Actor, now: datetime) -> None:
    written = StudyTimeMove.objects.bulk_create(move for moves in found.values() for move in moves)
    Event.objects.bulk_create(
        event_row(
            by=by,
            now=now,
            verb=verb,
            about=enrolment,
            rule="follows_the_place",
            organisation_id=enrolment.organisation_id,
            subject_id=enrolment.person_id,
            facts={"minutes": sum(move.minutes for move in moves)},
        )
        for enrolment, moves in found.items()
        if moves
    )
    tell_of_cover_without_time(written, by=by, now=now)
