"""Services that forget one thing, each of which the machine has to notice."""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from common.errors import Conflict
from courses.models import Approval, ApprovalState, DecidedBy
from courses.selectors.allotments import Pools
from courses.services import (
    approvals,
    consequences,
    enrolment,
    moves,
    offers,
    seats,
    selection_applying,
    selection_offers,
    selection_reserves,
    sessions,
    swaps,
)
from courses.services.approvals import Decision, agree
from courses.services.notices import tell_person
from courses.services.seats import give_seat_or_queue, promote_from_waiting_list

Change = tuple[ModuleType | type, str, Callable[..., Any]]


@dataclass(frozen=True)
class Mutant:
    """``noticed``: what the machine says of it; the usual tests try those that are ``is_usual``."""

    name: str
    noticed: str
    changes: tuple[Change, ...]
    is_usual: bool = False


def _nothing(*given: Any, **named: Any) -> None:
    return None


def _always(*given: Any, **named: Any) -> bool:
    return True


def _skips_the_asking(row: Any, *, session: Any, by: Any, now: Any) -> None:
    """Gives the place that was only asked for, and writes down what the database wants to see."""
    stage = approvals.Approval.objects.create(
        enrolment=row,
        state=ApprovalState.APPROVED,
        decided_at=now,
        decided_by_rule=DecidedBy.NOT_NEEDED,
    )
    row.decided_at, row.decided_by_rule = now, stage.decided_by_rule
    give_seat_or_queue(row, session=session, now=now)
    row.save()
    tell_person(row, rule="courses.place_given", session=session, now=now)


def _skips_the_second_approver(row: Any, stage: Any, *, session: Any, decision: Decision) -> None:
    row.approvals.filter(stage=2).delete()
    agree(row, stage, session=session, decision=decision)


def _signs_for_the_second(row: Any, stage: Any, *, session: Any, decision: Decision) -> None:
    agree(row, stage, session=session, decision=decision)
    following = row.approvals.filter(state="WAITING").first()
    if following:
        rule = Decision(decision.by, decision.now, DecidedBy.SILENCE_GRANTS)
        agree(row, following, session=session, decision=rule)


def _promotes_requests(*, session: Any, by: Any, now: Any) -> list[Any]:
    """Counts whoever has only asked among those who wait, and signs for their approvers."""
    rule = {"decided_at": now, "decided_by_rule": DecidedBy.SILENCE_GRANTS}
    for row in session.enrolments.filter(state="REQUESTED").select_related("person"):
        open_ones = Approval.objects.filter(enrolment=row, decided_at__isnull=True)
        open_ones.update(state=ApprovalState.APPROVED, **rule)
        row.session, row.decided_at, row.decided_by_rule = session, now, "SILENCE_GRANTS"
        give_seat_or_queue(row, session=session, now=now)
        row.save()
        approvals.record_step(row, verb="approve", rule="waiting_list", by=by, now=now)
        consequences.follow_grant(row, by=by, now=now)
    return promote_from_waiting_list(session=session, by=by, now=now)


def _moves_to_what_is_dearer(*given: Any, **named: Any) -> None:
    try:
        refuse_unless_movable(*given, **named)
    except Conflict as refusal:
        if refusal.code not in {"dearer", "other_offering"}:
            raise


def _one_seat_too_few(session: Any) -> list[int]:
    return free_seats(session)[:-1]


def _one_seat_too_many(session: Any) -> list[int]:
    taken = set(session.enrolments.filter(seat__isnull=False).values_list("seat", flat=True))
    return [seat for seat in range(1, session.capacity + 2) if seat not in taken]


def _no_event_of_withdrawing(row: Any, *, verb: str, **told: Any) -> None:
    if verb != "withdraw":
        record_step(row, verb=verb, **told)


def _last_come_first(self: Pools, waiting: Any, *, free: int) -> list[Any]:
    return next_in_line(self, waiting.reverse(), free=free)


free_seats, record_step = seats.free_seats, approvals.record_step
refuse_unless_movable, next_in_line = moves._refuse_unless_movable, Pools.next_in_line
_BY_NOBODY = "decided by nobody"
_NOT_OF_THEIRS = "done by somebody who may not|oneself"

MUTANTS = (
    Mutant(
        "a request is given a place without being asked about",
        rf"{_BY_NOBODY}|stages",
        ((enrolment, "open_stages", _skips_the_asking),),
        is_usual=True,
    ),
    Mutant(
        "the second approver is struck out",
        "stages",
        ((enrolment, "agree", _skips_the_second_approver),),
    ),
    Mutant(
        "the first approver signs for the second",
        _BY_NOBODY,
        ((enrolment, "agree", _signs_for_the_second),),
    ),
    Mutant("anybody approves", _NOT_OF_THEIRS, ((approvals, "may_decide", _always),)),
    Mutant(
        "a place that is given up goes to a request that nobody approved",
        _BY_NOBODY,
        ((enrolment, "promote_from_waiting_list", _promotes_requests),),
    ),
    Mutant(
        "a place that a move leaves goes to a request that nobody approved",
        _BY_NOBODY,
        ((moves, "promote_from_waiting_list", _promotes_requests),),
    ),
    Mutant(
        "more places go to requests that nobody approved",
        _BY_NOBODY,
        ((sessions, "promote_from_waiting_list", _promotes_requests),),
    ),
    Mutant(
        "a place is moved to a dearer course",
        "dearer|is of another",
        ((moves, "_refuse_unless_movable", _moves_to_what_is_dearer),),
    ),
    Mutant("everybody is entitled", "rests on nothing", ((enrolment, "is_entitled", _always),)),
    Mutant(
        "one seat too many is counted",
        "is beyond session",
        ((seats, "free_seats", _one_seat_too_many),),
    ),
    Mutant(
        "one seat too few is counted",
        "waits beside a free seat",
        ((seats, "free_seats", _one_seat_too_few),),
        is_usual=True,
    ),
    Mutant(
        "the last to come is the first to move up",
        "order of",
        ((Pools, "next_in_line", _last_come_first),),
    ),
    Mutant(
        "a seat that is kept for an organisation is given to another",
        "keeps|seats are kept|kept",
        ((Pools, "pool_for", _always),),
    ),
    Mutant(
        "an offer that lapses is offered to nobody else",
        "waits beside a free seat",
        ((offers, "promote_from_waiting_list", _nothing),),
    ),
    Mutant(
        "withdrawing is not written down",
        r"is WITHDRAWN; the ledger has",
        ((enrolment, "record_step", _no_event_of_withdrawing),),
        is_usual=True,
    ),
    Mutant(
        "money is not released",
        "its money RESERVED|owes",
        ((consequences, "settle", _nothing),),
        is_usual=True,
    ),
    Mutant("money is not reserved", "holds 0 commitments", ((consequences, "reserve", _nothing),)),
    Mutant("time is not let go", "has time", ((consequences, "let_go_of_time", _nothing),)),
    Mutant("time is not promised", r"0 and 0 of", ((consequences, "promise_time", _nothing),)),
    Mutant(
        "anybody answers for whoever is asked to swap",
        "done by somebody who may not",
        ((swaps, "_refuse_unless_asked", _nothing),),
    ),
    Mutant(
        "a swap of a place that is gone stays open",
        "of a place that is gone",
        ((consequences, "end_swaps_of", _nothing),),
    ),
    Mutant(
        "anybody applies, withdraws and accepts for whoever was chosen",
        "done by somebody who may not",
        (
            (selection_applying, "refuse_unless_own", _nothing),
            (selection_offers, "refuse_unless_own", _nothing),
        ),
    ),
    Mutant(
        "reserves are promised more places than there are",
        "promised beside|beyond intake",
        ((selection_reserves, "free_places", lambda intake, session: [1, 2, 3]),),
    ),
)
