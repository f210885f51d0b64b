"""Eleven actors do anything with places in any order. `make machine` does it two thousand times."""

import os
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from courses.models import ENROLMENT_WORKFLOW, EnrolmentState
from tests.courses.enrolment_machine import Places
from tests.courses.enrolment_mutants import MUTANTS
from tests.courses.enrolment_page import Explored, write_mutants, write_page
from tests.courses.enrolment_state import make_ready_to_read
from tests.courses.enrolment_truths import STEPS
from tests.courses.enrolment_world import build_world

pytestmark = pytest.mark.django_db

RUNS = int(os.environ.get("MACHINE_RUNS", "25"))
STEPS_OF_A_RUN = int(os.environ.get("MACHINE_STEPS", "30"))
SHRINKS = not os.environ.get("MACHINE_HURRIES")
REPORT = os.environ.get("MACHINE_REPORT", "")
# The usual run takes some of the mutants; how all fared is for the page.
TRIED = [one for one in MUTANTS if one.is_usual or REPORT]
CAUGHT: dict[str, str] = {}
# States that also a short exploration comes to.
OFTEN = {"REQUESTED", "WAITING", "CONFIRMED", "WITHDRAWN", "MOVED"}


def explore(runs, steps, *, shrinks=True, looks_for_new=False):
    class OfThisTest(Places):
        world = build_world()
        tally: Counter = Counter()
        reached: Counter = Counter()
        runs: Counter = Counter()

    make_ready_to_read()
    # The usual run does the same every day; the long one looks for something new.
    if not looks_for_new:
        seed(20_261_122)(OfThisTest)

    begun = time.monotonic()
    phases = (Phase.generate, Phase.shrink) if shrinks else (Phase.generate,)
    run_state_machine_as_test(
        OfThisTest,
        settings=settings(
            max_examples=runs,
            stateful_step_count=steps,
            database=None,
            deadline=None,
            phases=phases,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return Explored(
        tally=OfThisTest.tally,
        reached=OfThisTest.reached,
        runs=OfThisTest.runs["runs"],
        looks=OfThisTest.runs["looks"],
        steps=steps,
        seconds=time.monotonic() - begun,
    )


def test_the_steps_that_are_looked_for_are_those_of_the_table():
    assert set(STEPS) == set(ENROLMENT_WORKFLOW.fsm())


@pytest.mark.parametrize("mutant", TRIED, ids=lambda one: one.name)
def test_a_service_that_forgets_something_is_found_out(monkeypatch, mutant):
    for module, name, instead in mutant.changes:
        monkeypatch.setattr(module, name, instead)

    with pytest.raises(Exception, match=mutant.noticed) as found:
        explore(300, 40, shrinks=False)

    CAUGHT[mutant.name] = str(found.value).splitlines()[0]
    if REPORT:
        write_mutants(Path(REPORT), CAUGHT)


def test_whatever_anybody_does_every_promise_about_places_is_kept():
    explored = explore(RUNS, STEPS_OF_A_RUN, shrinks=SHRINKS, looks_for_new=bool(REPORT))

    if REPORT:
        write_page(Path(REPORT), explored)
    done = {name for name, came_to in explored.tally.elements() if came_to == "done"}
    assert done >= {"ask", "approve", "withdraw", "time passes", "move"}
    # What nobody came to was not explored: the long run comes to every state there is.
    assert set(explored.reached) >= (set(EnrolmentState.values) if REPORT else OFTEN)
    assert explored.runs >= RUNS
