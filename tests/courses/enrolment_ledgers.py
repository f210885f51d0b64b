"""What must hold of the money and the time that hang on places: sums and charges, stated again."""

from collections import Counter, defaultdict
from datetime import timedelta
from typing import Any

from tests.courses.enrolment_state import State, moment
from tests.courses.enrolment_truths import GIVEN_UP, Truth
from tests.courses.enrolment_world import LATE, LATE_DAYS, MISSED, World

_LIVE = ("WAITING", "OFFERED", "CONFIRMED")
_USED = ("ATTENDED", "PARTIAL", "COMPLETED")
_HAS_HAD_A_PLACE = ("CONFIRMED", "ABSENT", *_USED)
# From where to where minutes go.
_MOVES = {
    *(("PLEDGE", "PLANNED"), ("PLEDGE", "OWED"), ("PLANNED", "PLANNED"), ("PLANNED", "DELIVERED")),
    *(("OWED", "DELIVERED"), ("PLANNED", "OWED"), ("OWED", "PLANNED"), ("PLANNED", "RELEASED")),
    *(("OWED", "RELEASED"), ("DELIVERED", "PLANNED")),
}


def funds_add_up_and_are_never_overspent(world: World, before: State, now: State) -> None:
    reserved: Counter[int] = Counter()
    spent: Counter[int] = Counter()
    for row in now.commitments.values():
        reserved[row.fund_id] += row.pence if row.state == "RESERVED" else 0
        spent[row.fund_id] += row.spent_pence
    for fund in now.funds.values():
        sums = (reserved[fund.id], spent[fund.id])
        assert (fund.reserved_pence, fund.spent_pence) == sums, f"fund {fund.id}: {sums}"
        assert sum(sums) <= fund.amount_pence, f"fund {fund.id} is overspent"
        left = fund.amount_pence - sum(sums)
        owed = [row.owed_pence for row in now.commitments.values() if row.state == "OWED"]
        assert all(pence > left for pence in owed), f"fund {fund.id} owes what it has"


def commitments_are_what_the_places_say(world: World, before: State, now: State) -> None:
    held: dict[int, list[Any]] = defaultdict(list)
    for row in now.commitments.values():
        held[row.enrolment_id].append(row)
    for row in now.enrolments.values():
        made = held[row.id]
        is_paid = row.price_pence and row.organisation_id == world.trust.pk
        if not is_paid or not _is_granted(row, now):
            assert not made, f"{row.id} is {row.state} and holds money"
            continue
        assert len(made) == 1, f"{row.id} is {row.state} and holds {len(made)} commitments"
        [one] = made
        assert one.pence == row.price_pence, f"{row.id} costs another price"
        due = _due(row, now)
        if row.state in _LIVE:
            assert one.state == "RESERVED", f"{row.id} is {row.state}, its money {one.state}"
        elif due:
            is_settled = one.state in {"SPENT", "OWED"} and one.spent_pence + one.owed_pence == due
            assert is_settled, f"{row.id} is {row.state} and owes {due}: {one}"
        else:
            assert one.state == "RELEASED", f"{row.id} is {row.state}, its money {one.state}"


def _is_granted(row: Any, now: State) -> bool:
    root = now.root_of(row)
    if root.basis != "APPROVAL":
        return True
    return {one.state for one in now.approvals_of(root.id)} == {"APPROVED"}


def _due(row: Any, now: State) -> int:
    percent = 0
    if row.state in _USED:
        percent = 100
    elif row.state == "ABSENT":
        percent = MISSED
    elif row.state == "WITHDRAWN" and row.confirmed_at:
        late_from = moment(now.sessions[row.session_id].starts_at) - timedelta(days=LATE_DAYS)
        percent = LATE if moment(row.ended_at) > late_from else 0
    return int((row.price_pence * percent + 50) // 100)


def time_balances_and_is_what_was_promised(world: World, before: State, now: State) -> None:
    pockets: dict[int, Counter[tuple[str, str | None]]] = defaultdict(Counter)
    for one in now.moves.values():
        assert (one.source, one.target) in _MOVES, f"{one.source} to {one.target}"
        pockets[one.enrolment_id][one.source, one.source_on] -= one.minutes
        pockets[one.enrolment_id][one.target, one.target_on] += one.minutes
    for row in now.enrolments.values():
        held = pockets[row.id]
        _nothing_is_below_nought(row, held)
        if row.state in _HAS_HAD_A_PLACE:
            promised = _of(held, "PLANNED", "DELIVERED", "OWED", "RELEASED")
            carried = sum(_settled(one, now) for one in _ancestors(row, now))
            whole = 60 * row.study_hours
            assert promised + carried == whole, f"{row.id}: {promised} and {carried} of {whole}"
        if row.state in GIVEN_UP:
            assert not _of(held, "PLANNED", "OWED"), f"{row.id} is {row.state} and has time"
        if row.state in {"REQUESTED", "WAITING", "OFFERED", "REFUSED", "DECLINED", "LAPSED"}:
            assert not +held, f"{row.id} is {row.state} and was promised time"


def _nothing_is_below_nought(row: Any, held: Counter[tuple[str, str | None]]) -> None:
    low = [key for key, minutes in held.items() if minutes < 0 and key[0] != "PLEDGE"]
    assert not low, f"{row.id} is below nought: {low}"
    assert sum(held.values()) == 0, f"time of {row.id} does not balance"


def _of(held: Counter[tuple[str, str | None]], *accounts: str) -> int:
    return sum(minutes for (account, _day), minutes in held.items() if account in accounts)


def _ancestors(row: Any, now: State) -> list[Any]:
    found = []
    while row.moved_from_id:
        row = now.enrolments[row.moved_from_id]
        found.append(row)
    return found


def _settled(row: Any, now: State) -> int:
    """What was had of a place that was given up for another, or let go before, by agreement."""
    own = [one for one in now.moves.values() if one.enrolment_id == row.id]
    had = sum(one.minutes for one in own if one.target == "DELIVERED")
    had -= sum(one.minutes for one in own if one.source == "DELIVERED")
    return had + sum(
        one.minutes for one in own if one.target == "RELEASED" and one.reason == "AGREED"
    )


LEDGERS: tuple[Truth, ...] = (
    funds_add_up_and_are_never_overspent,
    commitments_are_what_the_places_say,
    time_balances_and_is_what_was_promised,
)
