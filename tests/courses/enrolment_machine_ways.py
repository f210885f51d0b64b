"""The other ways to a place, and what hangs on it: moves, swaps, being chosen, time and money."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from courses.models import Account, Application, Enrolment, SwapRequest
from courses.selectors.study_time import Pocket, balances_of
from courses.services.funds import change_budget
from courses.services.moves import move
from courses.services.selection_applying import (
    save_application,
    send_application,
    withdraw_application,
)
from courses.services.selection_choosing import Judgement, decide_application
from courses.services.selection_offers import (
    accept_selection,
    decline_selection,
    lapse_selections,
)
from courses.services.study_time import (
    Why,
    confirm_time,
    let_go_of_own_time,
    plan_time,
    put_time_right,
    rearrange_time,
    take_time_back,
)
from courses.services.swap_ends import lapse_swaps
from courses.services.swaps import agree_to_swap, ask_for_swap, decline_swap, take_swap_back
from tests.courses.enrolment_tries import ANYBODY, NUMBER, SELDOM, Tries, there_is
from tests.courses.enrolment_world import LEARNERS, OF_THE_TRUST, PRICE

STAFFING = Why("STAFFING", "Two nurses rang in sick.")
DECISIONS = {
    "SUBMITTED": ["shortlist", "shortlist", "shortlist", "not_shortlist"],
    "SHORTLISTED": ["offer", "offer", "reserve", "not_choose"],
}
# What is done with minutes of each account.
TIME_ACTS = {
    "PLANNED": ["plan", "take back", "confirm", "let go"],
    "OWED": ["rearrange", "confirm", "let go"],
    "DELIVERED": ["put right"],
}


class OtherWays(Tries):
    # --- To another session

    @there_is("WAITING", "CONFIRMED")
    @rule(number=NUMBER, to=NUMBER, who=st.one_of(st.none(), ANYBODY))
    def move(self, number: int, to: int, who: str | None) -> None:
        if row := self.one(number, "WAITING", "CONFIRMED"):
            self.moves(row, who or self.name_of(row), self.beside(row, to))

    @there_is()
    @rule(who=ANYBODY, number=NUMBER, to=NUMBER)
    def try_to_move(self, who: str, number: int, to: int) -> None:
        if row := self.one(number):
            self.moves(row, who, to)

    def beside(self, row: Enrolment, number: int) -> int:
        """Mostly another session of the same course: they stand in pairs."""
        known = [session.pk for session in self.world.sessions].index(row.session_id)
        return number if number % 5 == 0 else known ^ 1

    def moves(self, row: Enrolment, who: str, to: int) -> None:
        session, by = self.session(to), self.world.actors[who]
        self.attempt(
            "move",
            lambda: move(enrolment=row, session=session, by=by, now=self.now),
            is_allowed=self.is_for(who, self.name_of(row)),
        )

    @there_is("CONFIRMED")
    @rule(number=NUMBER, other=NUMBER, who=st.one_of(st.none(), ANYBODY))
    def ask_for_swap(self, number: int, other: int, who: str | None) -> None:
        row = self.one(number, "CONFIRMED")
        if row is None:
            return
        session, by = self.session(self.beside(row, other)), who or self.name_of(row)
        there = session.enrolments.filter(state="CONFIRMED").select_related("person").first()
        email = there.person.email if there else "nobody@example.org"
        actor = self.world.actors[by]
        self.attempt(
            "swap: ask",
            lambda: ask_for_swap(
                enrolment=row, session=session, email=email, by=actor, now=self.now
            ),
            is_allowed=by == self.name_of(row),
        )

    @there_is("ASKED", of="swaps")
    @rule(
        number=NUMBER,
        act=st.sampled_from(["agree", "agree", "agree", "decline", "take back"]),
        who=st.one_of(st.none(), st.none(), ANYBODY),
    )
    def answer_swap(self, number: int, act: str, who: str | None) -> None:
        if row := self.swap(number, "ASKED"):
            self.swaps(row, act, who)

    @there_is(of="swaps")
    @rule(number=NUMBER, act=st.sampled_from(["agree", "decline"]), who=ANYBODY)
    def try_to_swap(self, number: int, act: str, who: str) -> None:
        if row := self.swap(number):
            self.swaps(row, act, who)

    def swaps(self, row: SwapRequest, act: str, who: str | None) -> None:
        whose = row.asker_id if act == "take back" else row.partner_id
        name = self.world.name_of(whose)
        by = self.world.actors[who or name]
        services: dict[str, Callable[..., Any]] = {
            "agree": agree_to_swap,
            "decline": decline_swap,
            "take back": take_swap_back,
        }
        self.attempt(
            f"swap: {act}",
            lambda: services[act](swap=row, by=by, now=self.now),
            is_allowed=who in {None, name},
        )

    @there_is("ASKED", of="swaps")
    @rule()
    def swaps_lapse(self) -> None:
        self.attempt("swaps lapse", lambda: lapse_swaps(now=self.now))

    # --- Being chosen

    @rule(who=st.sampled_from(LEARNERS), by=st.one_of(st.none(), ANYBODY))
    def apply(self, who: str, by: str | None) -> None:
        person, actor = self.world.person(who), self.world.actors[by or who]

        def writes_and_sends() -> None:
            intake, given = self.world.intake, {"by": actor, "now": self.now}
            answers = {question.pk: "To lead." for question in intake.questions.all()}
            made = save_application(intake=intake, answers=answers, person=person, **given)
            send_application(application=made, **given)

        is_own = by in {None, who} and who in OF_THE_TRUST
        self.attempt("choosing: apply", writes_and_sends, is_allowed=is_own)

    @there_is("SUBMITTED", "SHORTLISTED", of="applications")
    @rule(number=NUMBER, step=NUMBER, who=st.one_of(st.none(), st.none(), ANYBODY))
    def decide_application(self, number: int, step: int, who: str | None) -> None:
        """People decide once the time to apply is over, and sometimes try to before."""
        row = self.application(number, "SUBMITTED", "SHORTLISTED")
        if row is None:
            return
        if number % 4:
            self.now = max(self.now, row.intake.closes_at + timedelta(minutes=1))
        steps = DECISIONS[row.state]
        judgement = Judgement(steps[step % len(steps)], "Shown in the answers.")
        by = self.world.actors[who or "lead"]
        self.attempt(
            f"choosing: {judgement.step.replace('_', ' ')}",
            lambda: decide_application(application=row, judgement=judgement, by=by, now=self.now),
            is_allowed=who in {None, "lead"},
        )

    @there_is("OFFERED", of="applications")
    @rule(
        number=NUMBER,
        act=st.sampled_from(["accept", "accept", "accept", "decline"]),
        who=st.one_of(st.none(), st.none(), ANYBODY),
    )
    def answer_selection(self, number: int, act: str, who: str | None) -> None:
        if row := self.application(number, "OFFERED"):
            self.answers_selection(row, act, who)

    @there_is("SUBMITTED", "SHORTLISTED", "RESERVE", of="applications")
    @rule(number=NUMBER, is_meant=SELDOM, who=st.one_of(st.none(), ANYBODY))
    def withdraw_application(self, number: int, is_meant: int, who: str | None) -> None:
        row = self.application(number, "SUBMITTED", "SHORTLISTED", "RESERVE")
        if row and is_meant == 0:
            self.answers_selection(row, "withdraw", who)

    @there_is(of="applications")
    @rule(number=NUMBER, act=st.sampled_from(["accept", "decline", "withdraw"]), who=ANYBODY)
    def try_with_an_application(self, number: int, act: str, who: str) -> None:
        if row := self.application(number):
            self.answers_selection(row, act, who)

    def answers_selection(self, row: Application, act: str, who: str | None) -> None:
        services: dict[str, Callable[..., Any]] = {
            "accept": accept_selection,
            "decline": decline_selection,
            "withdraw": withdraw_application,
        }
        name = self.world.name_of(row.person_id)
        by = self.world.actors[who or name]
        self.attempt(
            f"choosing: {act}",
            lambda: services[act](application=row, by=by, now=self.now),
            is_allowed=who in {None, name},
        )

    @there_is("OFFERED", of="applications")
    @rule()
    def selections_lapse(self) -> None:
        self.attempt("choosing: offers lapse", lambda: lapse_selections(now=self.now))

    # --- Time and money

    @there_is(of="moves")
    @rule(number=NUMBER, act=NUMBER, days=st.integers(0, 40), who=st.one_of(st.none(), ANYBODY))
    def use_time(self, number: int, act: int, days: int, who: str | None) -> None:
        """Something is done with half, or all, of some minutes that stand somewhere."""
        holders = sorted({one.enrolment_id for one in self.state.moves.values()})
        row = Enrolment.objects.select_related("person").get(pk=holders[number % len(holders)])
        pockets = [one for one in balances_of(row.pk).pockets if one.account in TIME_ACTS]
        if not pockets:
            return
        held = pockets[act % len(pockets)]
        minutes = held.minutes if act % 2 else max(1, held.minutes // 2)
        acts = TIME_ACTS[held.account]
        name = acts[days % len(acts)]
        self.uses_time(row, name, Pocket(Account(held.account), held.on, minutes), days, who)

    def uses_time(
        self, row: Enrolment, name: str, pocket: Pocket, days: int, who: str | None
    ) -> None:
        whose, today = self.name_of(row), self.now.date()
        coming, past = today + timedelta(days=days), today - timedelta(days=days)
        acts: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
            "plan": (plan_time, {"day": coming}),
            "take back": (take_time_back, {"why": STAFFING}),
            "rearrange": (rearrange_time, {"day": coming}),
            "confirm": (confirm_time, {"had_on": past}),
            "let go": (let_go_of_own_time, {}),
            "put right": (put_time_right, {}),
        }
        service, given = acts[name]
        gives = name in {"take back", "rearrange"}
        by = who or ("manager" if gives and whose in OF_THE_TRUST else whose)
        self.attempt(
            f"time: {name}",
            lambda: service(
                enrolment=row, pocket=pocket, by=self.world.actors[by], now=self.now, **given
            ),
            is_allowed=self.may_use_time(by, name, whose),
        )

    def may_use_time(self, by: str, name: str, whose: str) -> bool:
        if name in {"take back", "rearrange"}:
            is_program = by == "program" and whose in OF_THE_TRUST
            return is_program or self.is_managed_by(by, whose)
        if name in {"confirm", "put right"}:
            return self.is_for(by, whose)
        return by == whose

    @rule(places=st.integers(0, 5), who=st.one_of(st.none(), ANYBODY))
    def change_budget(self, places: int, who: str | None) -> None:
        self.attempt(
            "change the budget",
            lambda: change_budget(
                fund=self.world.fund,
                amount_pence=places * PRICE + 1,
                by=self.world.actors[who or "lead"],
                now=self.now,
            ),
            is_allowed=who in {None, "lead"},
        )
