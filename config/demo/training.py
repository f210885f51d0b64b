"""A year of courses: who runs what and when, and enrolments in every state there is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from accounts.models import Person
from common.dates import LONDON, is_working_day
from config.demo.learning import Levels
from config.demo.money import PRICES
from config.demo.personas import PERSONAS
from config.demo.rooms import write_rooms
from config.demo.texts import texts
from config.demo.world import BATCH, Body, Member, World, gather_statistics
from courses.models import (
    DeliveryMode,
    Enrolment,
    EnrolmentBasis,
    EnrolmentState,
    Offering,
    OfferingShare,
    Outcome,
    Programme,
    RefusalReason,
    RoleProgramme,
    Session,
    SessionState,
)
from pathways.models import AttainmentSource

# What each kind of body runs, and for how many at a time.
_TRUST_RUNS = {
    "CORE_MANAGERS": 40,
    "EDWARD_JENNER": 30,
    "MARY_SEACOLE": 16,
    "ROSALIND_FRANKLIN": 12,
    "FOUNDATIONS_SYSTEMS_LEADERSHIP": 25,
    "OPS_MGR_L5_MS": 12,
}
_SYSTEM_RUNS = {"NYE_BEVAN": 12, "EGA": 12, "PROUD2BOPS": 30, "LMP_L6_MS": 15}
_REGION_RUNS = {"ASPIRING_CEO": 8, "ASPIRING_COO": 8, "EGA_SLA": 10}
# What a line manager refuses for; that nobody answered is no such reason.
_REASONS = [reason for reason in RefusalReason.values if reason != RefusalReason.NO_ANSWER]
_PAST_SHARE, _FUTURE_SHARE = 0.3, 0.22
_BEHIND_THE_PERSONAS = "CORE_MANAGERS"
_REGISTER_DUE = timedelta(days=12)
_OFFERED_FOR = timedelta(hours=48)
_COMPLETES_AFTER = timedelta(days=30)
_IN_PART = 0.03
S = EnrolmentState


@dataclass(slots=True, eq=False)
class Class:
    """A session on its way into the database, with who asked for it in order of asking."""

    session: Session
    programme: Programme
    body: Body
    askers: list[tuple[Member, bool]]  # with whether the pathway entitles them

    @property
    def is_past(self) -> bool:
        return self.session.state == SessionState.CLOSED


class Training:
    def __init__(self, world: World, levels: Levels) -> None:
        self.world = world
        self.levels = levels
        self.dice = world.dice("training")
        self.turns = world.dice("turns of places")
        self.programmes = {row.code: row for row in Programme.objects.all()}
        self.entitled: dict[str, set[str]] = {}
        for role, code in RoleProgramme.objects.values_list(
            "role_profile__code", "programme__code"
        ):
            self.entitled.setdefault(code, set()).add(role)
        self.brings: dict[int, dict[int, int]] = {}
        for row in Outcome.objects.order_by("pk"):
            self.brings.setdefault(row.programme_id, {})[row.competency_id] = row.rank
        self.personas = {persona.email for persona in PERSONAS}

    def write(self) -> None:
        classes = [one for body in self.world.bodies for one in self._classes_of(body)]
        Session.objects.bulk_create([one.session for one in classes], batch_size=BATCH)
        write_rooms([body.organisation for body in self.world.bodies])
        gather_statistics(Session)
        rows = [(one, *row) for one in classes for row in self._enrolments(one)]
        Enrolment.objects.bulk_create([row for _one, row, _member in rows], batch_size=BATCH)
        for one, row, member in sorted(rows, key=lambda found: found[0].session.starts_at):
            self._tell(row, member)
            if row.state == S.COMPLETED:
                self._learn(one, row, member)

    def _classes_of(self, body: Body) -> Iterator[Class]:
        if body.is_trust:
            runs, reached = _TRUST_RUNS, body.members
        elif body.above:
            runs = _SYSTEM_RUNS
            reached = [member for other in self.world.bodies for member in other.members]
        else:
            runs = _REGION_RUNS
            reached = self.world.members
        for code, capacity in runs.items():
            yield from self._classes(body, self.programmes[code], capacity, reached)

    def _classes(
        self, body: Body, programme: Programme, capacity: int, reached: list[Member]
    ) -> Iterator[Class]:
        offering = Offering.objects.create(
            programme=programme,
            host=body.organisation,
            route="National" if not body.is_trust else "Local",
            study_hours=programme.study_hours or 12,
            price_pence=PRICES.get(programme.code, 0),
            offer_hours=48 if body.is_trust else 0,
        )
        if body.above and not body.is_trust:
            self._share(offering)
        askers = self._askers(programme, reached)
        entitled = sum(is_entitled for _member, is_entitled in askers)
        past = max(2, round(entitled * _PAST_SHARE / capacity))
        future = max(2, round(entitled * _FUTURE_SHARE / capacity))
        for number in range(past + future):
            is_future = number >= past
            session = self._session(offering, programme, capacity, is_future=is_future)
            wish = self.dice.uniform(0.35, 1.35) if is_future else self.dice.uniform(0.7, 1.15)
            yield Class(session, programme, body, _take(askers, round(capacity * wish)))

    def _share(self, offering: Offering) -> None:
        """What one system runs is open to the trusts of the other, by agreement."""
        OfferingShare.objects.bulk_create(
            OfferingShare(offering=offering, organisation=other.organisation)
            for other in self.world.bodies
            if other.is_trust and other.above and other.above.pk != offering.host_id
        )

    def _askers(self, programme: Programme, reached: list[Member]) -> list[tuple[Member, bool]]:
        roles = self.entitled.get(programme.code, set())
        entitled = [(member, True) for member in reached if member.job.role in roles]
        others = [
            (member, False)
            for member in reached
            if member.job.role not in roles and member.manager and member.job.role
        ]
        askers = entitled + self.dice.sample(others, min(len(others), 10 + len(entitled) // 4))
        self.dice.shuffle(askers)
        if programme.code == _BEHIND_THE_PERSONAS:
            # The first to ask were in last year's classes; the other courses are still ahead.
            askers.sort(key=lambda asked: asked[0].person.email not in self.personas)
        return askers

    def _session(
        self, offering: Offering, programme: Programme, capacity: int, *, is_future: bool
    ) -> Session:
        offset = self.dice.randrange(9, 190) if is_future else -self.dice.randrange(4, 250)
        day = _working_day(self.world.day(offset))
        starts_at = datetime.combine(day, time(9, 30), tzinfo=LONDON)
        is_cancelled = self.dice.random() < 0.05
        state = SessionState.CANCELLED if is_cancelled else SessionState.OPEN
        if not is_cancelled and starts_at < self.world.now - _REGISTER_DUE:
            state = SessionState.CLOSED
        place = f"Education centre, {offering.host.name}"
        return Session(
            offering=offering,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=7),
            closes_at=starts_at - timedelta(days=5),
            place="Online" if programme.mode == DeliveryMode.ONLINE else place[:200],
            capacity=capacity,
            state=state,
        )

    def _enrolments(self, one: Class) -> Iterator[tuple[Enrolment, Member]]:
        """Enrolments in the order of asking; seats are given in that order until there are none."""
        seats = iter(range(1, one.session.capacity + 1))
        is_future = one.session.starts_at > self.world.now
        for member, is_entitled in one.askers:
            if is_future and member.person.email in self.personas:
                continue
            asked_at = self._asked_at(one.session, member)
            if asked_at is None:
                continue
            row = Enrolment(
                session=one.session,
                person=member.person,
                organisation=member.organisation,
                basis=EnrolmentBasis.ENTITLEMENT if is_entitled else EnrolmentBasis.APPROVAL,
                study_hours=one.session.offering.study_hours,
                price_pence=one.session.offering.price_pence,
                requested_at=asked_at,
                reason="" if is_entitled else self.dice.choice(texts()["reasons"]["enrolment"]),
            )
            self._decide(row, member)
            self._seat(row, one, seats)
            yield row, member

    def _asked_at(self, session: Session, member: Member) -> datetime | None:
        last = min(session.closes_at, self.world.now).date()
        day = last - timedelta(days=self.dice.randrange(1, 60))
        return None if day <= member.starts_on else self.world.moment(day, self.dice)

    def _decide(self, row: Enrolment, member: Member) -> None:
        """A line manager decides within a week; requests of the last days may still wait."""
        if row.basis == EnrolmentBasis.ENTITLEMENT or member.manager is None:
            return
        decided_at = row.requested_at + timedelta(days=self.dice.randrange(1, 7))
        is_fresh = decided_at > self.world.now or self.world.now - row.requested_at < timedelta(9)
        if is_fresh and row.session.state == SessionState.OPEN:
            row.state = S.REQUESTED
            return
        row.decided_at, row.decided_by = decided_at, member.manager.person
        if self.dice.random() < 0.14:
            row.state, row.ended_at = S.REFUSED, decided_at
            row.refusal_reason = self.dice.choice(_REASONS)
            row.refusal_text = self.dice.choice(texts()["reasons"]["refusal"])

    def _seat(self, row: Enrolment, one: Class, seats: Iterator[int]) -> None:
        session = one.session
        if session.state == SessionState.CANCELLED:
            self._end(row, S.CANCELLED, min(session.closes_at, self.world.now))
            return
        if row.state:
            return
        if self.dice.random() < 0.06:
            days = timedelta(days=self.dice.randrange(0, 3))
            self._give_up(row, min(row.requested_at + days, self.world.now))
            return
        row.seat = next(seats, None)
        ready_at = row.decided_at or row.requested_at
        if row.seat is None:
            row.state, row.queued_at = S.WAITING, ready_at
            if one.is_past:
                self._end(row, S.CANCELLED, session.ends_at)
            return
        if row.seat == session.capacity and session.offering.offer_hours and not one.is_past:
            # The last place had just become free.
            row.state, row.queued_at = S.OFFERED, ready_at
            row.offer_ends_at = min(self.world.now + _OFFERED_FOR, session.starts_at)
            return
        row.state, row.confirmed_at = S.CONFIRMED, ready_at
        if one.is_past:
            self._attend(row, session)

    def _give_up(self, row: Enrolment, at: datetime) -> None:
        """Some had waited, and did not want the place that was offered, or did not answer."""
        state = S.WITHDRAWN
        if row.session.offering.offer_hours:
            state = self.turns.choice((S.WITHDRAWN, S.WITHDRAWN, S.DECLINED, S.LAPSED))
        if state != S.WITHDRAWN:
            row.queued_at = row.decided_at or row.requested_at
            row.offer_ends_at = max(at, row.queued_at)
        self._end(row, state, at)

    def _attend(self, row: Enrolment, session: Session) -> None:
        if self.dice.random() < 0.08:
            self._end(row, S.ABSENT, session.ends_at)
        elif session.ends_at + _COMPLETES_AFTER > self.world.now:
            row.state = S.ATTENDED
        else:
            in_part = self.turns.random() < _IN_PART
            state = S.PARTIAL if in_part else S.COMPLETED
            self._end(row, state, session.ends_at + _COMPLETES_AFTER)

    def _end(self, row: Enrolment, state: EnrolmentState, at: datetime) -> None:
        row.state, row.ended_at = state, max(at, row.requested_at)

    def _tell(self, row: Enrolment, member: Member) -> None:
        self._event("enrol", row, member, row.requested_at, member.person)
        if row.decided_at:
            verb = "refuse" if row.state == S.REFUSED else "approve"
            self._event(verb, row, member, row.decided_at, row.decided_by)
        verbs = {
            S.WITHDRAWN: ("withdraw", member.person),
            S.DECLINED: ("decline_offer", member.person),
            S.LAPSED: ("lapse", None),
            S.PARTIAL: ("complete_in_part", None),
            S.COMPLETED: ("complete", None),
            S.ABSENT: ("miss", None),
            S.CANCELLED: ("cancel", None),
        }
        if row.ended_at and row.state in verbs:
            verb, by = verbs[S(row.state)]
            self._event(verb, row, member, row.ended_at, by)

    def _event(
        self, verb: str, row: Enrolment, member: Member, at: datetime, by: Person | None
    ) -> None:
        self.world.ledger.tell(
            verb,
            row,
            at=at,
            subject=member.person,
            organisation=member.organisation,
            by=by,
        )

    def _learn(self, one: Class, row: Enrolment, member: Member) -> None:
        """Completing brings levels, and never takes one away."""
        held = self.levels.held.get(member.person.pk, {})
        ranks: dict[int, int | None] = {
            competency_id: rank
            for competency_id, rank in self.brings.get(one.programme.pk, {}).items()
            if rank > held.get(competency_id, 0)
        }
        lead = one.body.one_of("hr-business-partner").person
        self.levels.reach(
            member.person,
            ranks,
            source=AttainmentSource.COURSE,
            key=f"enrolment:{row.pk}",
            at=row.ended_at or self.world.now,
            by=lead,
        )


def _take(askers: list[tuple[Member, bool]], number: int) -> list[tuple[Member, bool]]:
    """Nobody asks for the same programme twice: who has asked is gone from the list."""
    taken, askers[:] = askers[:number], askers[number:]
    return taken


def _working_day(day: date) -> date:
    while not is_working_day(day):
        day += timedelta(days=1)
    return day
