"""Whatever people do with protected time, in whatever order, nothing of it is lost or made up."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import Conflict
from courses.models import Account, StudyTimeMove
from courses.selectors.study_time import Pocket, balances_of
from courses.services.consequences import given_up
from courses.services.study_time import (
    confirm_time,
    let_go_of_own_time,
    plan_time,
    put_time_right,
    rearrange_time,
    take_time_back,
)
from courses.services.study_time_follows import follow_register
from tests.factories.accounts import PersonFactory
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import SessionFactory
from tests.factories.study_time import STAFFING, promised

pytestmark = pytest.mark.django_db

PERSON, MANAGER = "person", "manager"
ACTS = {
    "plan": (PERSON, plan_time, "day"),
    "confirm": (PERSON, confirm_time, "had_on"),
    "let_go": (PERSON, let_go_of_own_time, ""),
    "put_right": (PERSON, put_time_right, ""),
    "take_back": (MANAGER, take_time_back, "why"),
    "rearrange": (MANAGER, rearrange_time, "day"),
}
DAYS = st.one_of(st.none(), st.integers(-3, 5).map(lambda n: TODAY + timedelta(days=n)))
SERVICES = st.tuples(
    st.sampled_from(sorted(ACTS)),
    st.sampled_from(["PLANNED", "OWED", "DELIVERED"]),
    DAYS,
    st.integers(1, 400),
    DAYS,
)
REGISTERS = st.sampled_from(["ATTENDED", "ABSENT"])
STEPS = st.lists(st.one_of(SERVICES, SERVICES, SERVICES, REGISTERS), max_size=25)


def take(place, people, step):
    if isinstance(step, str):
        place.state = step
        follow_register([place], by=people[MANAGER], now=NOW)
        return
    name, account, pocket_day, minutes, day = step
    who, act, last = ACTS[name]
    further = {"day": {"day": day or TODAY}, "had_on": {"had_on": day or TODAY}}
    further |= {"why": {"why": STAFFING}, "": {}}
    pocket = Pocket(Account(account), pocket_day, minutes)
    act(enrolment=place, pocket=pocket, by=people[who], now=NOW, **further[last])


@settings(max_examples=40, deadline=None)
@given(steps=STEPS, ends=st.booleans())
def test_every_sequence_of_acts_balances_and_loses_nothing(steps, ends):
    manager = PersonFactory()
    session = SessionFactory(starts_at=NOW - timedelta(hours=8))
    place = promised(session=session, manager=manager)
    people = {PERSON: place.person, MANAGER: manager}
    refused = 0

    for step in steps:
        before = StudyTimeMove.objects.filter(enrolment=place).count()
        try:
            take(place, people, step)
        except Conflict:
            refused += 1
            assert StudyTimeMove.objects.filter(enrolment=place).count() == before
        held = balances_of(place.pk)
        assert held.is_balanced
        assert held.promised == 720
    if ends:
        given_up([place], by=manager, now=NOW)

    held = balances_of(place.pk)
    assert held.is_balanced
    assert held.promised == 720 == held.planned + held.delivered + held.owed + held.released
    assert not (ends and held.planned + held.owed)


def test_the_steps_above_do_happen():
    """The property would hold of nothing at all: each act can be done from the start."""
    manager = PersonFactory()
    place = promised(manager=manager)
    people = {PERSON: place.person, MANAGER: manager}
    steps = [
        ("plan", "PLANNED", None, 300, TODAY),
        ("take_back", "PLANNED", TODAY, 100, None),
        ("rearrange", "OWED", TODAY, 50, TODAY + timedelta(days=1)),
        ("confirm", "PLANNED", TODAY, 200, TODAY),
        ("put_right", "DELIVERED", TODAY, 20, None),
        ("let_go", "OWED", TODAY, 50, None),
    ]

    for step in steps:
        take(place, people, step)

    held = balances_of(place.pk)
    assert (held.planned, held.delivered, held.owed, held.released) == (490, 180, 0, 50)
