"""What anybody may try with places, in any order, whatever they are allowed or not."""

from collections.abc import Callable
from datetime import timedelta
from itertools import cycle
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from courses.models import Contest, Enrolment, Session
from courses.selectors.registers import sittings_of
from courses.services.allotments import keep_seats, release_seats
from courses.services.attendance import complete, record_attendance
from courses.services.completion import complete_in_part
from courses.services.enrolment import approve, enrol, refuse, withdraw
from courses.services.offers import accept_offer, decline_offer, lapse_offers
from courses.services.refusals import answer_contest, contest
from courses.services.registers import Marked, keep_register
from courses.services.sessions import cancel_session, change_capacity
from courses.services.silence import answer_for_the_silent
from tests.courses.enrolment_machine_ways import OtherWays
from tests.courses.enrolment_tries import ANYBODY, NUMBER, RARELY, SELDOM, there_is
from tests.courses.enrolment_world import LEARNERS
from tests.factories.clock import NOW

# Who asks for a place on which session, and how many approve.
SESSIONS = st.sampled_from([0, 0, 1, 1, 2, 3, 3])
ASKED = st.tuples(st.sampled_from(LEARNERS), SESSIONS, st.integers(0, 2))
WITH_A_PLACE = ["approve", "approve", "refuse", "withdraw", "contest", "overturn", "accept"]
WITH_A_SESSION = ["places 4", "cancel", "register", "keep 1"]


class Places(OtherWays):
    """Asking, deciding, waiting, being offered, learning; and everybody else's tries at it."""

    @initialize(
        on_silence=st.sampled_from(["GRANT", "REFUSE"]),
        kept=st.integers(0, 2),
        crowd=st.sampled_from([(), (0,), (1,), (2,), (3,), (0, 1), (2, 3)]),
        asked=st.lists(ASKED, max_size=8),
    )
    def begin(
        self, on_silence: str, kept: int, crowd: tuple[int, ...], asked: list[tuple[str, int, int]]
    ) -> None:
        """Some are on their way already, perhaps everybody to one session or to two of a course:
        with nobody on a session little can happen to it."""
        type(self.world.rule).objects.update(on_silence=on_silence)
        if kept:
            self.run(f"keep {kept}", "lead", self.session(3))
            self.everything_holds()
        whose = zip(LEARNERS, cycle(crowd), strict=False)
        everybody = [(who, session, 2) for who, session in whose]
        for who, session, approvers in [*everybody, *asked]:
            self.asks(who, who, session)
            self.everything_holds()
            self.agree(who, session, times=approvers)

    def agree(self, who: str, session: int, *, times: int) -> None:
        """As many of those who are asked approve, one after the other."""
        given = {"person": self.world.person(who), "session": self.session(session)}
        row = Enrolment.objects.filter(**given, state="REQUESTED").first()
        for _time in range(times if row else 0):
            if row and (answers := self.who_answers(row)):
                self.act("approve", answers[0], row)
                self.everything_holds()
                row.refresh_from_db()

    # --- Those who may

    @rule(who=st.sampled_from(LEARNERS), is_by_program=st.booleans(), session=NUMBER)
    def ask(self, who: str, is_by_program: bool, session: int) -> None:
        self.asks(who, "program" if is_by_program else who, session)

    @there_is("REQUESTED")
    @rule(who=NUMBER, number=NUMBER)
    def approve(self, who: int, number: int) -> None:
        row = self.one(number, "REQUESTED")
        if row and (answers := self.who_answers(row)):
            self.act("approve", answers[who % len(answers)], row)

    @there_is("REQUESTED")
    @rule(who=NUMBER, number=NUMBER, is_meant=SELDOM)
    def refuse(self, who: int, number: int, is_meant: int) -> None:
        row = self.one(number, "REQUESTED")
        if row and not is_meant and (answers := self.who_answers(row)):
            self.act("refuse", answers[who % len(answers)], row)

    @there_is("REQUESTED", "WAITING", "CONFIRMED")
    @rule(number=NUMBER)
    def withdraw(self, number: int) -> None:
        if row := self.one(number, "REQUESTED", "WAITING", "CONFIRMED"):
            self.act("withdraw", self.name_of(row), row)

    @there_is("REFUSED")
    @rule(number=NUMBER)
    def contest(self, number: int) -> None:
        if row := self.one(number, "REFUSED"):
            self.act("contest", self.name_of(row), row)

    @there_is("OPEN", of="contests")
    @rule(who=st.sampled_from(["next_line", "lead"]), number=NUMBER, stands=st.booleans())
    def answer_contest(self, who: str, number: int, stands: bool) -> None:
        contests = [self.state.contests[key] for key in self.state.ids("contests", "OPEN")]
        row = Enrolment.objects.get(pk=contests[number % len(contests)].enrolment_id)
        self.act("uphold" if stands else "overturn", who, row)

    @there_is("OFFERED")
    @rule(number=NUMBER, act=st.sampled_from(["accept", "accept", "decline"]))
    def answer_offer(self, number: int, act: str) -> None:
        if row := self.one(number, "OFFERED"):
            self.act(act, self.name_of(row), row)

    @rule(number=NUMBER, capacity=st.integers(1, 4))
    def resize(self, number: int, capacity: int) -> None:
        self.run(f"places {capacity}", "lead", self.session(number))

    @rule(number=st.sampled_from([2, 3, 3]), seats=st.integers(0, 2))
    def keep_seats(self, number: int, seats: int) -> None:
        self.run(f"keep {seats}", "lead", self.session(number))

    @rule(number=NUMBER, is_meant=RARELY)
    def cancel(self, number: int, is_meant: int) -> None:
        if is_meant == 0:
            self.run("cancel", "lead", self.session(number))

    @there_is("CONFIRMED")
    @rule(number=NUMBER, is_meant=SELDOM)
    def hold(self, number: int, is_meant: int) -> None:
        """A session begins, and is over."""
        row = self.one(number, "CONFIRMED")
        if row and is_meant == 0:
            self.now = max(self.now, row.session.starts_at + timedelta(hours=2))
            self.run("register", "lead", row.session)

    @there_is("ATTENDED", "ABSENT", "PARTIAL", "COMPLETED")
    @rule(number=NUMBER, mark=st.sampled_from(["PRESENT", "LATE", "ABSENT"]))
    def put_register_right(self, number: int, mark: str) -> None:
        row = self.one(number, "ATTENDED", "ABSENT", "PARTIAL", "COMPLETED")
        if row and row.session.state == "CLOSED":
            self.run(f"mark {mark} {row.pk}", "lead", row.session)

    @there_is("ATTENDED", "PARTIAL")
    @rule(number=NUMBER, act=st.sampled_from(["complete", "in part"]))
    def complete(self, number: int, act: str) -> None:
        if row := self.one(number, "ATTENDED", "PARTIAL"):
            self.act(act, "lead", row)

    @rule(hours=st.sampled_from([1, 1, 24, 24, 72, 24 * 8, 24 * 25]))
    def time_passes(self, hours: int) -> None:
        # Every session is over by then, and the deputy still deputises.
        self.now = min(self.now + timedelta(hours=hours), NOW + timedelta(days=190))
        self.tally["time passes", "done"] += 1

    @there_is("REQUESTED")
    @rule()
    def nobody_answers(self) -> None:
        self.attempt("silence answers", lambda: answer_for_the_silent(now=self.now))

    @there_is("OFFERED")
    @rule(is_over=st.booleans())
    def offers_end(self, is_over: bool) -> None:
        """In time for the first of them, or before."""
        first = Enrolment.objects.filter(state="OFFERED").order_by("offer_ends_at").first()
        if first and first.offer_ends_at and is_over:
            self.now = max(self.now, first.offer_ends_at)
        self.attempt("offers lapse", lambda: lapse_offers(now=self.now))

    @there_is(of="allotments")
    @rule()
    def kept_seats_are_released(self) -> None:
        self.attempt("kept seats are released", lambda: release_seats(now=self.now))

    # --- And everybody, whether they may or not

    @there_is()
    @rule(who=ANYBODY, number=NUMBER, act=st.sampled_from([*WITH_A_PLACE, "complete"]))
    def try_with_a_place(self, who: str, number: int, act: str) -> None:
        if row := self.one(number):
            self.act(act, who, row)

    @rule(who=ANYBODY, number=NUMBER, act=st.sampled_from(WITH_A_SESSION))
    def try_with_a_session(self, who: str, number: int, act: str) -> None:
        if who != "lead":
            self.run(act, who, self.session(number))

    @rule(who=st.sampled_from(LEARNERS), by=ANYBODY, session=NUMBER)
    def try_to_ask(self, who: str, by: str, session: int) -> None:
        self.asks(who, by, session)

    # --- What each of these comes to

    def asks(self, who: str, by: str, session: int) -> None:
        place = self.world.sessions[session % len(self.world.sessions)]
        person, actor = self.world.person(who), self.world.actors[by]
        self.attempt(
            "ask",
            lambda: enrol(session=place, person=person, by=actor, now=self.now),
            is_allowed=self.may_ask(who, by, place),
        )

    def run(self, act: str, who: str, session: Session) -> None:
        name, *given = act.split()
        asked: dict[str, Any] = {"session": session, "by": self.world.actors[who]}
        runs: dict[str, Callable[..., Any]] = {
            "places": change_capacity,
            "cancel": cancel_session,
            "register": record_attendance,
            "keep": keep_seats,
            "mark": keep_register,
        }
        if name == "places":
            asked["capacity"] = int(given[0])
        elif name == "register":
            seats = session.enrolments.filter(state="CONFIRMED").order_by("seat")
            asked["attended"] = set(seats.values_list("pk", flat=True)[1:])
        elif name == "keep":
            day = session.starts_at.date() - timedelta(days=3)
            asked |= {"organisation": self.world.partner, "seats": int(given[0])}
            asked["releases_on"] = day
        elif name == "mark":
            asked |= self.marks(session, *given)
        self.attempt(
            f"session: {name}",
            lambda: runs[name](**asked, now=self.now + timedelta(seconds=1)),
            is_allowed=who == "lead",
        )

    def marks(self, session: Session, mark: str, key: str) -> dict[str, Any]:
        begins_at = sittings_of(session)[0].begins_at
        row = session.enrolments.get(pk=key).marks.filter(begins_at=begins_at).first()
        late = 5 if mark == "LATE" else None
        marked = Marked(mark, minutes_late=late, seen=row.version if row else 0)
        return {"begins_at": begins_at, "marks": {int(key): marked}}

    def act(self, act: str, who: str, row: Enrolment) -> None:
        given: dict[str, Any] = {"by": self.world.actors[who], "now": self.now}
        is_own = self.is_for(who, self.name_of(row))
        answers = who in self.who_answers(row) if self.who_answers(row) else None
        may_judge = who in {"next_line", "lead"} and not self.has_decided(who, row)
        asked: dict[str, Any] = {"enrolment": row}
        acts: dict[str, tuple[Callable[..., Any], dict[str, Any], bool | None]] = {
            "approve": (approve, asked, answers),
            "refuse": (refuse, {**asked, "reason": "BUDGET", "text": "Spent."}, answers),
            "withdraw": (withdraw, asked, is_own),
            "contest": (contest, {**asked, "text": "Covered."}, is_own and who != "program"),
            "accept": (accept_offer, asked, is_own),
            "decline": (decline_offer, asked, is_own),
            "complete": (complete, {"enrolments": [row]}, who == "lead"),
            "in part": (complete_in_part, {**asked, "competencies": self.some()}, who == "lead"),
        }
        if act in acts:
            service, about, is_allowed = acts[act]
        elif made := Contest.objects.filter(enrolment=row).first():
            service, is_allowed = answer_contest, may_judge
            about = {"contest": made, "step": act, "answer": "I asked."}
        else:
            return
        self.attempt(act, lambda: service(**about, **given), is_allowed=is_allowed)

    def some(self) -> set[int]:
        """One of the two things that the dear course brings."""
        return {self.world.brings[0]}
