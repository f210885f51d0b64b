"""A trust in which everything that can happen to a place can happen, and who acts in it.

The world is built once; each run is taken back to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from accounts.actors import Actor, ApiClientPrincipal
from accounts.models import Organisation, Person
from courses.models import ApprovalRule, Fund, Intake, Offering, RoleProgramme, Session
from tests.factories.accounts import (
    ApiClientFactory,
    DelegationFactory,
    OrganisationFactory,
    PersonFactory,
    employ,
    grant,
)
from tests.factories.approvals import ApprovalRuleFactory
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import (
    STARTS,
    OfferingFactory,
    OfferingShareFactory,
    SessionFactory,
    entitle,
    outcome,
)
from tests.factories.money import FundFactory, MoneyRuleFactory
from tests.factories.pathways import competencies_of, role_asking
from tests.factories.selection import IntakeFactory, sent

PRICE = 60_000
FUNDED = 3 * PRICE + 1
# What the trust charges, in per cent: for a place on which nobody appears, and for one that is
# given up fewer than so many days before the session.
MISSED, LATE, LATE_DAYS = 50, 25, 14
HOURS = 12

OF_THE_TRUST = ("first", "second", "third", "entitled")
LEARNERS = (*OF_THE_TRUST, "guest")
ACTORS = (*LEARNERS, "manager", "deputy", "next_line", "lead", "program", "stranger")


@dataclass
class World:
    """Three courses: a dear one, of which the second approver is the learning lead, with money for
    three places; a free one that is shared with a partner, whose places are offered for two days;
    and one for which people are chosen."""

    trust: Organisation
    partner: Organisation
    actors: Mapping[str, Actor]
    rule: ApprovalRule
    fund: Fund
    intake: Intake
    sessions: tuple[Session, ...]
    # Who is asked by their pathway to do which programme.
    entitled: frozenset[tuple[int, int]]
    # The competencies that the dear course brings.
    brings: tuple[int, ...]

    def person(self, name: str) -> Person:
        person = self.actors[name]
        assert isinstance(person, Person)
        return person

    def name_of(self, person_id: int) -> str:
        """Which of the learners somebody is."""
        return next(name for name in LEARNERS if self.person(name).pk == person_id)

    @property
    def programmes(self) -> Mapping[int, int]:
        """Session -> programme."""
        return {session.pk: session.offering.programme_id for session in self.sessions}


def build_world() -> World:
    trust, partner = OrganisationFactory(), OrganisationFactory()
    dear, free, chosen = _offerings(trust, shared_with=partner)
    actors = _people(trust, partner)
    sessions = (
        SessionFactory(offering=dear, capacity=2),
        SessionFactory(offering=dear, capacity=1, starts_at=STARTS + timedelta(days=7)),
        SessionFactory(offering=free, capacity=1, starts_at=NOW + timedelta(days=30)),
        SessionFactory(offering=free, capacity=2, starts_at=NOW + timedelta(days=60)),
        SessionFactory(offering=chosen, capacity=2, starts_at=STARTS + timedelta(days=14)),
        SessionFactory(offering=chosen, capacity=1, starts_at=STARTS + timedelta(days=21)),
    )
    return World(
        trust=trust,
        partner=partner,
        actors=actors,
        rule=ApprovalRuleFactory(
            organisation=trust,
            working_days=3,
            refusal_months=1,
            second_above_pence=PRICE - 1,
            second_approver="LEARNING_LEAD",
        ),
        fund=FundFactory(organisation=trust, amount_pence=FUNDED),
        intake=_intake(sessions[4], applicants=[actors["first"], actors["second"]]),
        sessions=sessions,
        entitled=_entitled(actors, dear, free),
        brings=tuple(dear.programme.outcomes.values_list("competency_id", flat=True)),
    )


def _offerings(trust: Organisation, *, shared_with: Organisation) -> list[Offering]:
    dear = OfferingFactory(host=trust, price_pence=PRICE, study_hours=HOURS)
    free = OfferingFactory(host=trust, offer_hours=48, study_hours=HOURS)
    chosen = OfferingFactory(
        host=trust, price_pence=PRICE // 2, study_hours=HOURS, admission="SELECTION"
    )
    OfferingShareFactory(offering=free, organisation=shared_with)
    for competency in competencies_of(role_asking(2, 2)):
        outcome(dear.programme, competency, 2)
    MoneyRuleFactory(
        organisation=trust, missed_percent=MISSED, late_percent=LATE, late_days=LATE_DAYS
    )
    return [dear, free, chosen]


def _people(trust: Organisation, partner: Organisation) -> dict[str, Actor]:
    next_line = employ(organisation=trust)
    manager = employ(organisation=trust, manager=next_line)
    deputy = employ(organisation=trust)
    DelegationFactory(
        manager=manager, delegate=deputy, organisation=trust, ends_on=TODAY + timedelta(days=200)
    )
    client = ApiClientFactory(organisation=trust)
    return {
        **{name: employ(organisation=trust, manager=manager) for name in OF_THE_TRUST},
        "guest": employ(organisation=partner),
        "manager": manager,
        "deputy": deputy,
        "next_line": next_line,
        "lead": grant(employ(organisation=trust), "LEARNING_LEAD", trust),
        "program": ApiClientPrincipal(client=client, scopes=frozenset()),
        "stranger": PersonFactory(),
    }


def _entitled(
    actors: Mapping[str, Actor], dear: Offering, free: Offering
) -> frozenset[tuple[int, int]]:
    person, guest = actors["entitled"], actors["guest"]
    assert isinstance(person, Person)
    assert isinstance(guest, Person)
    role = entitle(person, dear.programme)
    RoleProgramme.objects.create(role_profile=role, programme=free.programme)
    entitle(guest, free.programme)
    both = {(person.pk, dear.programme_id), (person.pk, free.programme_id)}
    return frozenset(both | {(guest.pk, free.programme_id)})


def _intake(session: Session, *, applicants: list[Actor]) -> Intake:
    """Two have applied already, and the time to apply is nearly over."""
    intake = IntakeFactory(
        session=session,
        closes_at=NOW + timedelta(minutes=30),
        decided_on=TODAY + timedelta(days=14),
        places=2,
    )
    for person in applicants:
        assert isinstance(person, Person)
        sent(intake, person)
    return intake
