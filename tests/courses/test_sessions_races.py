"""Two hundred people, two sessions of ten places, and everything that can happen at once.

The usual run plays one round with offers; ``make races`` plays fifty, with and without them, and
writes docs/races.md. The
negative control, in which the same services oversell without lock and guards, is in
``test_overbooking.py``.
"""

import os
import random
from collections import Counter, defaultdict
from pathlib import Path
from time import perf_counter

import pytest

from courses.models import Enrolment, EnrolmentState
from tests.courses.rush import FAULT, broken, contend
from tests.factories.accounts import PersonFactory, grant
from tests.factories.courses import SessionFactory, colleague_of, entitle, host_of
from tests.factories.pathways import follow

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = int(os.environ.get("WAYMARK_RACES", "1"))
REPORT = os.environ.get("RACES_REPORT", "")
PEOPLE, PLACES, WAVE = 200, 10, 40


@pytest.fixture(scope="module")
def tally():
    """How often each came to what, by the hours that offers are held; written where asked for."""
    counted = defaultdict(Counter)
    yield counted
    if REPORT:
        lines = [line_of(hours, counts) for hours, counts in sorted(counted.items())]
        text = Path(REPORT).read_text(encoding="utf-8")
        head = text.partition("|---")[0]
        rule = f"|---|{'---:|' * 7}\n"
        Path(REPORT).write_text(head + rule + "".join(lines), encoding="utf-8")


def line_of(hours, counts):
    """A line of the table. That nothing was broken each round has asserted before it is counted."""
    counts = Counter(counts)
    rounds, seconds = counts.pop("rounds"), counts.pop("seconds")
    done, gave_up = counts.pop("done"), counts.pop(FAULT, 0)
    refused = sum(counts.values())
    offers = f"held for {hours} hours" if hours else "none: places are given at once"
    figures = (rounds, done + refused + gave_up, done, refused, 0, gave_up, round(seconds))
    return f"| {offers} | {' | '.join(f'{figure:,}' for figure in figures)} |\n"


def contenders(session):
    first, *others = [colleague_of(session) for _ in range(PEOPLE)]
    role = entitle(first, session.offering.programme)
    for person in others:
        follow(person, role)
    return [first, *others]


@pytest.mark.parametrize("offer_hours", [48] if ROUNDS == 1 else [0, 48])
@pytest.mark.parametrize("number", range(ROUNDS))
def test_whatever_happens_at_once_no_place_is_sold_twice_or_left_beside_a_list(
    number, offer_hours, tally
):
    first = SessionFactory(capacity=PLACES, offering__offer_hours=offer_hours)
    second = SessionFactory(offering=first.offering, capacity=PLACES)
    lead = grant(PersonFactory(), "LEARNING_LEAD", host_of(first))
    people, dice = contenders(first), random.Random(number)  # noqa: S311 (dice of a test)
    came_to, began = Counter(), perf_counter()

    for wave in range(0, PEOPLE, WAVE):
        came_to += contend([first, second], people[wave : wave + WAVE], lead=lead, dice=dice)
        assert broken(first) + broken(second) == []

    assert came_to[FAULT] == 0
    assert came_to["done"] > PEOPLE / 2
    states = set(Enrolment.objects.values_list("state", flat=True))
    assert {EnrolmentState.CONFIRMED, EnrolmentState.WAITING, EnrolmentState.MOVED} <= states
    tally[offer_hours] += came_to + Counter(rounds=1, seconds=perf_counter() - began)


def test_what_is_looked_at_sees_a_list_beside_free_places():
    """The look itself can fail: a hole that no promotion filled is told."""
    session = SessionFactory(capacity=2)
    session.enrolments.create(
        person=colleague_of(session),
        organisation=host_of(session),
        state="WAITING",
        basis="ENTITLEMENT",
        requested_at=session.closes_at,
        queued_at=session.closes_at,
    )

    assert broken(session) == ["1 wait for 2 free places"]
