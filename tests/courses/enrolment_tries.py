"""Trying something with places, and what every try is held to."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition

from common.errors import DomainError, Forbidden
from courses.models import Application, Enrolment, Session, SwapRequest
from tests.courses.enrolment_ledgers import LEDGERS
from tests.courses.enrolment_state import State, read_state
from tests.courses.enrolment_truths import TRUTHS
from tests.courses.enrolment_world import ACTORS, LEARNERS, OF_THE_TRUST, World
from tests.factories.clock import NOW

ANYBODY = st.sampled_from(ACTORS)
NUMBER = st.integers(0, 30)
# One time in three, one in eight: what ends much is done rarely, so that there is much to end.
SELDOM, RARELY = st.integers(0, 2), st.integers(0, 7)
# An act may take place a moment after the clock was looked at.
_MARGIN = timedelta(seconds=2)
EVERY_TRUTH = (*TRUTHS, *LEDGERS)


def there_is(*states: str, of: str = "enrolments") -> Callable[[Any], Any]:
    """Nobody answers what nobody asked: a rule for when there is something in one of ``states``."""
    return precondition(lambda machine: bool(machine.state.ids(of, *states)))


class Tries(RuleBasedStateMachine):
    """One run: a world that is taken back at its end, and a clock that goes on.

    ``world`` and the counts are set by the test.
    """

    world: ClassVar[World]
    tally: ClassVar[Counter[tuple[str, str]]] = Counter()
    reached: ClassVar[Counter[str]] = Counter()
    runs: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.now: datetime = NOW
        self.has_refused = False
        # What the world began with was not done by anybody here.
        self.state = read_state(State(), at=NOW)
        self.runs["runs"] += 1

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    def attempt(self, name: str, act: Callable[[], Any], *, is_allowed: bool | None = None) -> None:
        """Do ``act``. A refusal is an answer; anything else that is raised is not. What
        ``is_allowed`` never answers "you may not", and what is not never works.

        No savepoint is set for it: a service that refuses has to undo what it began itself.
        """
        self.now += timedelta(seconds=1)
        refusal = None
        try:
            act()
        except DomainError as refused:
            refusal = refused
        self.has_refused = refusal is not None
        self.tally[name, refusal.code if refusal else "done"] += 1
        if refusal is None:
            assert is_allowed is not False, f"{name} was done by somebody who may not"
        elif is_allowed:
            assert not isinstance(refusal, Forbidden), f"{name}: {refusal.code}"

    def one(self, number: int, *states: str) -> Enrolment | None:
        """Some enrolment, or some in one of ``states``."""
        found = self.state.ids("enrolments", *states)
        rows = Enrolment.objects.select_related("person")
        return rows.get(pk=found[number % len(found)]) if found else None

    def session(self, number: int) -> Session:
        known = self.world.sessions[number % len(self.world.sessions)]
        return Session.objects.get(pk=known.pk)

    def application(self, number: int, *states: str) -> Application | None:
        found = self.state.ids("applications", *states)
        rows = Application.objects.select_related("intake__session__offering", "person")
        return rows.get(pk=found[number % len(found)]) if found else None

    def swap(self, number: int, *states: str) -> SwapRequest | None:
        found = self.state.ids("swaps", *states)
        rows = SwapRequest.objects.select_related("asker", "partner")
        return rows.get(pk=found[number % len(found)]) if found else None

    def who_answers(self, row: Enrolment) -> list[str]:
        """As the rule of the world says it, stage by stage; nobody when nothing is asked."""
        stage = self.state.stage_asked(row.pk)
        if stage is None or row.state != "REQUESTED":
            return []
        answers = ["manager", "deputy"] if stage.stage == 1 else ["lead"]
        if stage.state == "ESCALATED":
            answers.append({"SECOND_LINE": "next_line"}.get(stage.escalated_to, "lead"))
        return [who for who in answers if not self.has_decided(who, row)]

    def has_decided(self, who: str, row: Enrolment) -> bool:
        return self.state.has_decided(self.world.actors[who].pk, row.pk)

    def name_of(self, row: Enrolment) -> str:
        return self.world.name_of(row.person_id)

    def is_for(self, who: str, name: str) -> bool:
        """Whether ``who`` is the learner of that name, or the HR system of their employer."""
        return who == name or (who == "program" and name in OF_THE_TRUST)

    def is_managed_by(self, who: str, name: str) -> bool:
        return who in {"manager", "deputy"} and name in OF_THE_TRUST

    def may_ask(self, who: str, by: str, session: Session) -> bool:
        """A guest is offered what is shared with their organisation, and nothing else."""
        free = {each.pk for each in self.world.sessions[2:4]}
        return self.is_for(by, who) and (who in OF_THE_TRUST or session.pk in free)

    @invariant()
    def everything_holds(self) -> None:
        before, self.state = self.state, read_state(self.state, at=self.now + _MARGIN)
        if self.state is before:
            return
        assert not self.has_refused, "something was changed by what was refused"
        for truth in EVERY_TRUTH:
            truth(self.world, before, self.state)
        self.runs["looks"] += 1
        self.reached.update(
            row.state
            for row in self.state.enrolments.values()
            if row.id not in before.enrolments or before.enrolments[row.id].state != row.state
        )


__all__ = [
    "ANYBODY",
    "EVERY_TRUTH",
    "LEARNERS",
    "NUMBER",
    "RARELY",
    "SELDOM",
    "Tries",
    "there_is",
]
