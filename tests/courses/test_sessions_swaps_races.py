"""Swaps at once with withdrawals and with each other, in real threads."""

from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest

from courses.models import Enrolment, Session, SwapRequest
from courses.services import clashes
from courses.services import swaps as service
from courses.services.enrolment import withdraw
from courses.services.swaps import agree_to_swap, take_swap_back
from tests.courses.rush import FAULT, at_once
from tests.factories.clock import NOW
from tests.factories.courses import STARTS, SessionFactory, colleague_of, queued, seated
from tests.factories.swaps import asked

pytestmark = pytest.mark.django_db(transaction=True)

PLACES = 6


@pytest.fixture
def first():
    return SessionFactory(capacity=PLACES)


@pytest.fixture
def second(first):
    later = STARTS + timedelta(days=7)
    return SessionFactory(offering=first.offering, capacity=PLACES, starts_at=later)


def full(session):
    numbers = range(1, PLACES + 1)
    return [seated(session, number, person=colleague_of(session)) for number in numbers]


def test_everybody_swaps_and_withdraws_at_once_and_no_place_is_lost_or_had_twice(first, second):
    here, there = full(first), full(second)
    waits = queued(first, person=colleague_of(first))
    # Half ask one way and half the other, so that both sessions are wanted first and second.
    pairs = [
        (mine, theirs) if number % 2 else (theirs, mine)
        for number, (mine, theirs) in enumerate(zip(here, there, strict=True))
    ]
    swaps = [asked(mine, theirs) for mine, theirs in pairs]
    acts = [partial(agree_to_swap, swap=swap, by=swap.partner, now=NOW) for swap in swaps]
    acts += [partial(withdraw, enrolment=here[0], by=here[0].person, now=NOW)]
    acts += [partial(take_swap_back, swap=swaps[1], by=swaps[1].asker, now=NOW)]

    came_to = at_once(acts)

    assert came_to[FAULT] == 0
    assert set(came_to) <= {"done", "stale_state"}
    for session in (first, second):
        seats = session.enrolments.filter(state="CONFIRMED").values_list("seat", flat=True)
        assert sorted(seats) == list(range(1, PLACES + 1))
    agreed = SwapRequest.objects.filter(state="AGREED").count()
    assert agreed >= PLACES - 2
    assert Enrolment.objects.filter(moved_from__isnull=False).count() == 2 * agreed
    assert not SwapRequest.objects.filter(state="ASKED").exists()
    waits.refresh_from_db()
    assert waits.state == "CONFIRMED"


def test_one_place_is_swapped_once_however_many_ask_for_it(first, second):
    here, theirs = full(first), seated(second, 1, person=colleague_of(second))
    swaps = [asked(mine, theirs) for mine in here]

    came_to = at_once(
        [partial(agree_to_swap, swap=swap, by=theirs.person, now=NOW) for swap in swaps]
    )

    assert came_to == {"done": 1, "stale_state": PLACES - 1}
    assert sorted(SwapRequest.objects.values_list("state", flat=True)) == sorted(
        ["AGREED", *["LAPSED"] * (PLACES - 1)]
    )


def test_without_locks_on_sessions_and_people_the_database_has_to_end_one_of_two(
    first, second, monkeypatch
):
    """The negative control: where nobody queues, both are judged to be possible."""
    here, theirs = full(first)[:2], seated(second, 1, person=colleague_of(second))
    swaps = [asked(mine, theirs) for mine in here]
    both_are_judged = Barrier(len(swaps))
    judge = service._refuse_unless_exchangeable

    def unlocked(session_ids):
        rows = Session.objects.select_related("offering__programme", "offering__host")
        return rows.in_bulk(set(session_ids))

    def judge_and_wait(swap, places, *, now):
        judge(swap, places, now=now)
        both_are_judged.wait(timeout=60)

    monkeypatch.setattr(service, "lock_sessions", unlocked)
    for module in (service, clashes):
        monkeypatch.setattr(module, "hold_people", lambda person_ids: None)
    monkeypatch.setattr(service, "_refuse_unless_exchangeable", judge_and_wait)

    came_to = at_once(
        [partial(agree_to_swap, swap=swap, by=theirs.person, now=NOW) for swap in swaps]
    )

    assert came_to == {"done": 1, FAULT: 1}
