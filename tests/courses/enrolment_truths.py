"""What must hold of places, whoever did what: judged from the rows alone.

Nothing here asks a service, a policy or a selector: the steps, the sums and the grounds are stated
again, so that a mistake there cannot agree with itself here.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from tests.courses.enrolment_state import State, moment
from tests.courses.enrolment_world import PRICE, World

SEATED = ("OFFERED", "CONFIRMED", "ATTENDED", "PARTIAL", "COMPLETED", "ABSENT")
# What an approval may have led to.
PLACED = (*SEATED, "WAITING", "DECLINED", "LAPSED", "MOVED")
GIVEN_UP = ("REFUSED", "WITHDRAWN", "DECLINED", "LAPSED", "MOVED", "CANCELLED")

# (from, to): what the ledger calls it, where it is written about the row itself.
STEPS = {
    ("REQUESTED", "CONFIRMED"): "approve",
    ("REQUESTED", "WAITING"): "approve",
    ("REQUESTED", "REFUSED"): "refuse",
    ("REQUESTED", "WITHDRAWN"): "withdraw",
    ("REQUESTED", "CANCELLED"): "cancel",
    ("WAITING", "CONFIRMED"): "promote",
    ("WAITING", "OFFERED"): "offer",
    ("WAITING", "WITHDRAWN"): "withdraw",
    ("WAITING", "MOVED"): "",
    ("WAITING", "CANCELLED"): "cancel",
    ("OFFERED", "CONFIRMED"): "accept_offer",
    ("OFFERED", "DECLINED"): "decline_offer",
    ("OFFERED", "LAPSED"): "lapse",
    ("OFFERED", "CANCELLED"): "cancel",
    ("CONFIRMED", "WITHDRAWN"): "withdraw",
    ("CONFIRMED", "MOVED"): "",
    ("CONFIRMED", "CANCELLED"): "cancel",
    ("CONFIRMED", "ATTENDED"): "attend",
    ("CONFIRMED", "ABSENT"): "miss",
    ("ATTENDED", "ABSENT"): "miss_after_all",
    ("ABSENT", "ATTENDED"): "attend_after_all",
    ("ATTENDED", "COMPLETED"): "complete",
    ("ATTENDED", "PARTIAL"): "complete_in_part",
    ("PARTIAL", "COMPLETED"): "complete",
}
# How a row begins, with and without another that it goes on from.
BEGINS = {
    False: {"REQUESTED": "enrol", "CONFIRMED": "enrol", "WAITING": "enrol"},
    True: {"CONFIRMED": "move swap", "WAITING": "move", "OFFERED": "offer"},
}
APPLICATION_STEPS = {
    ("", "DRAFT"): "save_application",
    ("", "SUBMITTED"): "send_application",
    ("DRAFT", "SUBMITTED"): "send_application",
    ("SUBMITTED", "SHORTLISTED"): "shortlist_application",
    ("SUBMITTED", "NOT_SHORTLISTED"): "shortlist_application",
    ("SHORTLISTED", "OFFERED"): "choose_application",
    ("SHORTLISTED", "RESERVE"): "choose_application",
    ("SHORTLISTED", "NOT_CHOSEN"): "choose_application",
    ("RESERVE", "OFFERED"): "offer_to_reserve",
    ("OFFERED", "ACCEPTED"): "accept_selection",
    ("OFFERED", "DECLINED"): "decline_selection",
    ("OFFERED", "LAPSED"): "lapse_selection",
    **{(was, "ENDED"): "end_application" for was in ("SUBMITTED", "SHORTLISTED", "RESERVE")},
    ("OFFERED", "ENDED"): "end_application",
    ("SUBMITTED", "WITHDRAWN"): "withdraw_application",
    ("SHORTLISTED", "WITHDRAWN"): "withdraw_application",
    ("RESERVE", "WITHDRAWN"): "withdraw_application",
    ("ACCEPTED", "WITHDRAWN"): "give_up_selection",
}
SWAP_STEPS = {
    ("", "ASKED"): "ask_for_swap",
    ("ASKED", "AGREED"): "",
    ("ASKED", "DECLINED"): "decline_swap",
    ("ASKED", "TAKEN_BACK"): "take_swap_back",
    ("ASKED", "LAPSED"): "lapse_swap",
}

Truth = Callable[[World, State, State], None]


def only_declared_steps_and_each_in_the_ledger(world: World, before: State, now: State) -> None:
    """Every step is one of the table, and the ledger had it in the same breath."""
    for row in now.enrolments.values():
        was = before.enrolments.get(row.id)
        if was is None:
            verbs = BEGINS[row.moved_from_id is not None].get(row.state, "")
        elif was.state == row.state:
            continue
        else:
            assert (was.state, row.state) in STEPS, f"{row.id} went {was.state} to {row.state}"
            verbs = STEPS[was.state, row.state]
            if row.state == "MOVED":
                assert any(one.moved_from_id == row.id for one in now.enrolments.values()), (
                    f"{row.id} was moved to nowhere"
                )
                continue
        _is_told(now, "courses.enrolment", row, verbs)


def selections_and_swaps_take_declared_steps(world: World, before: State, now: State) -> None:
    for table, kind, steps in (
        ("applications", "courses.application", APPLICATION_STEPS),
        ("swaps", "courses.swaprequest", SWAP_STEPS),
    ):
        for row in now.tables[table].values():
            known = before.tables[table].get(row.id)
            was = known.state if known else ""
            if was == row.state:
                continue
            assert (was, row.state) in steps, f"{kind} {row.id} went {was} to {row.state}"
            if steps[was, row.state]:
                _is_told(now, kind, row, steps[was, row.state])


def _is_told(now: State, kind: str, row: Any, verbs: str) -> None:
    told = {verb for about, key, verb in now.events if (about, key) == (kind, row.id)}
    assert told & set(verbs.split()), f"{kind} {row.id} is {row.state}; the ledger has {told}"


def no_place_without_a_ground(world: World, before: State, now: State) -> None:
    """Each place rests on every approval, on the pathway, or on having been chosen."""
    for row in now.enrolments.values():
        if row.state not in PLACED:
            continue
        root = now.root_of(row)
        assert (row.basis, row.person_id) == (root.basis, root.person_id)
        assert row.price_pence <= root.price_pence, f"{row.id} is dearer than was decided"
        programmes = world.programmes
        assert programmes[row.session_id] == programmes[root.session_id], f"{row.id} is of another"
        if root.basis == "ENTITLEMENT":
            asked = (root.person_id, programmes[root.session_id])
            assert asked in world.entitled, f"{root.id} rests on nothing"
        elif root.basis == "SELECTION":
            _was_chosen(row, now)
        else:
            _was_approved(root, now)


def _was_approved(row: Any, now: State) -> None:
    own = now.approvals_of(row.id)
    needed = 2 if row.price_pence >= PRICE else 1
    assert [stage.stage for stage in own] == list(range(1, needed + 1)), f"{row.id} stages: {own}"
    assert {stage.state for stage in own} == {"APPROVED"}, f"{row.id} passed by: {own}"
    for stage in own:
        # Silence may have granted it, once it was passed on; nothing else but a person.
        by_silence = stage.decided_by_rule == "SILENCE_GRANTS" and stage.escalated_at
        assert stage.decided_by_id or by_silence, f"{stage} was decided by nobody"
        assert stage.decided_by_id != row.person_id, f"{stage} was decided by oneself"
    people = [stage.decided_by_id for stage in own if stage.decided_by_id]
    assert len(people) == len(set(people)), f"{row.id} was approved twice by one person"


def _was_chosen(row: Any, now: State) -> None:
    application = now.applications[row.application_id]
    assert application.person_id == row.person_id, f"{row.id} is of another than was chosen"
    made = [one for one in now.decisions.values() if one.application_id == application.id]
    outcomes = {one.stage: one.outcome for one in made}
    assert outcomes.get("SHORTLIST") == "SHORTLISTED", f"{row.id} was not shortlisted"
    assert outcomes.get("CHOICE") in {"OFFERED", "RESERVE"}, f"{row.id} was not chosen"
    assert all(one.decided_by_id != row.person_id for one in made), f"{row.id} chosen by oneself"
    if row.state in {*SEATED, "WAITING"}:
        assert application.state == "ACCEPTED", f"{row.id} was never accepted"


def never_above_capacity_and_every_seat_once(world: World, before: State, now: State) -> None:
    for session in now.sessions.values():
        seated = [row for row in now.enrolments.values() if row.session_id == session.id]
        for row in seated:
            assert (row.seat is not None) == (row.state in SEATED), f"{row.id} seat {row.seat}"
        seats = [row.seat for row in seated if row.seat]
        assert len(seats) == len(set(seats)), f"session {session.id} has {seats}"
        assert max(seats, default=0) <= session.capacity, f"session {session.id} has {seats}"
        live = Counter(row.person_id for row in seated if row.state not in GIVEN_UP)
        assert max(live.values(), default=0) <= 1, f"twice on session {session.id}"


def kept_seats_add_up(world: World, before: State, now: State) -> None:
    for session in now.sessions.values():
        kept, taken = _kept(session, now), _taken(session, now)
        used = sum(max(kept.get(of, 0), taken[of]) for of in {*kept, *taken})
        assert used <= session.capacity or not kept, f"session {session.id} keeps {kept}: {taken}"


def order_of_the_list_is_kept(world: World, before: State, now: State) -> None:
    """Whoever moved up had waited longer than anybody who still waits and could have had it."""
    moved: dict[int, list[Any]] = defaultdict(list)
    for row in now.enrolments.values():
        was = before.enrolments.get(row.id)
        if was and was.state == "WAITING" and row.state in {"CONFIRMED", "OFFERED"}:
            moved[row.session_id].append(row)
    for session_id, rows in moved.items():
        kept = _kept(now.sessions[session_id], now)
        for still in _waiting(now, session_id):
            # A seat that is kept for an organisation passes everybody else by.
            rivals = [
                row for row in rows if not kept or row.organisation_id == still.organisation_id
            ]
            assert all(_turn(row) < _turn(still) for row in rivals), f"order of {session_id}"


def nobody_waits_for_a_seat_that_is_free(world: World, before: State, now: State) -> None:
    """While places change hands, a free seat is somebody's who waits and could have it."""
    for session in now.sessions.values():
        waiting = _waiting(now, session.id)
        if not waiting or session.state != "OPEN" or moment(session.starts_at) <= now.at:
            continue
        kept, taken = _kept(session, now), _taken(session, now)
        free = session.capacity - sum(taken.values()) - _promised(world, now, session)
        beyond = sum(max(0, taken[of] - kept.get(of, 0)) for of in taken)
        is_open = session.capacity - sum(kept.values()) - beyond > 0
        for row in waiting if free > 0 else ():
            has_own = taken[row.organisation_id] < kept.get(row.organisation_id, 0)
            could_have_it = has_own or is_open
            assert not could_have_it, f"{row.id} waits beside a free seat"


def whoever_is_chosen_is_sure_of_a_place(world: World, before: State, now: State) -> None:
    intake = world.intake
    rows = [row for row in now.applications.values() if row.intake_id == intake.pk]
    places = [row.place for row in rows if row.place is not None]
    for row in rows:
        has_place = row.state in {"OFFERED", "ACCEPTED"}
        assert (row.place is not None) == has_place, f"{row.state} and place {row.place}"
    assert len(places) == len(set(places)), f"intake has {places}"
    assert max(places, default=0) <= intake.places, f"intake has {places}"
    session = now.sessions[intake.session_id]
    promised = _promised(world, now, session)
    seated = sum(_taken(session, now).values())
    if session.state == "OPEN":
        assert seated + promised <= session.capacity, f"{promised} promised beside {seated} seats"


def reserves_move_up_in_order(world: World, before: State, now: State) -> None:
    ranks = {key: row.reserve_rank for key, row in before.applications.items() if row.reserve_rank}
    moved = [ranks[key] for key in ranks if now.applications[key].state == "OFFERED"]
    still = [ranks[key] for key in ranks if now.applications[key].state == "RESERVE"]
    assert not moved or not still or max(moved) < min(still), f"reserves {moved} before {still}"


def swaps_change_both_or_neither(world: World, before: State, now: State) -> None:
    follows = {row.moved_from_id: row for row in now.enrolments.values() if row.moved_from_id}
    for swap in now.swaps.values():
        mine, theirs = now.enrolments[swap.place_id], now.enrolments[swap.other_place_id]
        if swap.state == "AGREED":
            after = follows.get(mine.id), follows.get(theirs.id)
            assert all(after), f"swap {swap.id} changed one of the two"
            sessions = [row.session_id for row in after if row]
            assert sessions == [theirs.session_id, mine.session_id], f"swap {swap.id} is crossed"
        elif swap.state == "ASKED":
            given_up = {mine.state, theirs.state} & set(GIVEN_UP)
            assert not given_up, f"swap {swap.id} is of a place that is gone"


def _promised(world: World, now: State, session: Any) -> int:
    """How many have been chosen for a place and may still accept."""
    rows = now.applications.values()
    offered = sum(row.intake_id == world.intake.pk and row.state == "OFFERED" for row in rows)
    return offered if session.id == world.intake.session_id else 0


def _kept(session: Any, now: State) -> dict[int, int]:
    rows = now.allotments.values()
    return {
        row.organisation_id: row.seats
        for row in rows
        if row.session_id == session.id and not row.released_at
    }


def _taken(session: Any, now: State) -> Counter[int]:
    rows = now.enrolments.values()
    return Counter(
        row.organisation_id for row in rows if row.session_id == session.id and row.seat is not None
    )


def _waiting(now: State, session_id: int) -> list[Any]:
    rows: Iterable[Any] = now.enrolments.values()
    return [row for row in rows if row.session_id == session_id and row.state == "WAITING"]


def _turn(row: Any) -> tuple[str, int]:
    return row.queued_at, row.id


TRUTHS: tuple[Truth, ...] = (
    only_declared_steps_and_each_in_the_ledger,
    selections_and_swaps_take_declared_steps,
    no_place_without_a_ground,
    never_above_capacity_and_every_seat_once,
    kept_seats_add_up,
    order_of_the_list_is_kept,
    nobody_waits_for_a_seat_that_is_free,
    whoever_is_chosen_is_sure_of_a_place,
    reserves_move_up_in_order,
    swaps_change_both_or_neither,
)
