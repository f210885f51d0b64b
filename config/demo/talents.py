"""Consent to be found, pools with nominations in every state, and judgements of readiness."""

import random
from datetime import date, timedelta
from itertools import cycle

from accounts.models import Person
from config.demo.personas import PERSONAS
from config.demo.texts import texts
from config.demo.world import BATCH, Body, Member, World
from talent.models import (
    ConsentScope,
    Nomination,
    NominationRoute,
    NominationState,
    Pool,
    Readiness,
    ReadinessJudgement,
    TalentConsent,
)

_POOLS: dict[str, list[tuple[str, str, tuple[str, ...]]]] = {
    "TRUST": [
        ("Future service managers", "service-manager", ("team-leader", "ward-manager")),
        ("Future general managers", "general-manager", ("service-manager", "matron")),
    ],
    "ICB": [("Aspiring chief operating officers", "chief-operating-officer", ("general-manager",))],
    "REGION": [
        ("Aspiring chief executives", "chief-executive", ("chief-nurse", "director-of-finance"))
    ],
}
_CONSENT_OF_PERSONAS = {
    "priya.raman": ConsentScope.REGION,
    "daniel.hughes": ConsentScope.SYSTEM,
    "ewa.kowalska": ConsentScope.ORGANISATION,
}

# Their stories are told by the services, in config.demo.story.
_ADDRESSES = {persona.email for persona in PERSONAS}


def write_talent(world: World) -> None:
    """Four in ten may be found by somebody; a few took it back, a few let it run out."""
    dice = world.dice("talent")
    found = _write_consents(world, dice)
    for body in world.bodies:
        _write_pools(world, body, found, dice)
    _write_readiness(world, found, dice)


def _write_consents(world: World, dice: random.Random) -> set[Member]:
    slugs = {persona.email: persona.slug for persona in PERSONAS}
    found: set[Member] = set()
    rows: list[tuple[TalentConsent, Member]] = []
    for member in world.members:
        slug = slugs.get(member.person.email)
        if slug is None and dice.random() >= 0.44:
            continue
        if slug and slug not in _CONSENT_OF_PERSONAS:
            continue
        scope = dice.choices(list(ConsentScope), [50, 30, 20])[0]
        since = max(world.day(-dice.randrange(3, 300)), member.starts_on)
        consent = TalentConsent(
            person=member.person,
            scope=_CONSENT_OF_PERSONAS.get(slug or "", scope),
            starts_on=min(since, world.today),
            given_at=world.moment(min(since, world.today), dice),
        )
        consent.ends_on = consent.starts_on + timedelta(days=350)
        if slug is None:
            _maybe_over(world, consent, dice)
        if consent.withdrawn_at is None and consent.ends_on >= world.today:
            found.add(member)
        rows.append((consent, member))
    TalentConsent.objects.bulk_create([row for row, _member in rows], batch_size=BATCH)
    for row, member in rows:
        world.ledger.tell(
            "give_talent_consent",
            row,
            at=row.given_at,
            subject=member.person,
            organisation=member.organisation,
            by=member.person,
            scope=row.scope,
        )
    return found


def _maybe_over(world: World, consent: TalentConsent, dice: random.Random) -> None:
    """Now and then a consent was withdrawn, or was given for a few months only."""
    drawn = dice.random()
    if drawn < 0.06:
        days = (world.today - consent.starts_on).days
        consent.ends_on = consent.starts_on + timedelta(days=dice.randrange(days + 1))
        consent.withdrawn_at = max(consent.given_at, world.moment(consent.ends_on, dice))
    elif drawn < 0.12:
        consent.ends_on = consent.starts_on + timedelta(days=dice.randrange(20, 200))


def _write_pools(world: World, body: Body, found: set[Member], dice: random.Random) -> None:
    reached = [
        member
        for other in world.bodies
        if body.is_trust is False or other is body
        for member in other.members
    ]
    for title, role, from_roles in _POOLS[body.organisation.kind]:
        pool = Pool.objects.create(
            organisation=body.organisation, role_profile=world.roles[role], title=title
        )
        fitting = [
            member
            for member in reached
            if member.job.role in from_roles
            and member.manager
            and member.person.email not in _ADDRESSES
        ]
        in_sight = [member for member in fitting if member in found] or fitting
        chosen = dice.sample(in_sight, min(len(in_sight), max(4, len(in_sight) // 12), 60))
        states = cycle(dice.sample(list(NominationState), 4))
        rows = [
            _nomination(world, body, pool, member, next(states), dice)
            for member in chosen
            if member.person != _lead(body)
        ]
        for row, member in zip(
            Nomination.objects.bulk_create(rows, batch_size=BATCH),
            [member for member in chosen if member.person != _lead(body)],
            strict=True,
        ):
            _tell(world, row, member)


def _lead(body: Body) -> Person:
    role = "deputy-director-of-people" if body.is_trust else "hr-business-partner"
    return body.one_of(role, "director-of-people").person


def _nomination(
    world: World,
    body: Body,
    pool: Pool,
    member: Member,
    state: NominationState,
    dice: random.Random,
) -> Nomination:
    route = dice.choices(list(NominationRoute), [40, 20, 30, 10])[0]
    at = world.moment(world.day(-dice.randrange(20, 200)), dice)
    row = Nomination(
        pool=pool,
        person=member.person,
        nominated_by=_nominator(body, member, route, dice),
        route=route,
        reason=dice.choice(texts()["reasons"]["nomination"]),
        state=state,
        nominated_at=at,
    )
    if state in {NominationState.ACCEPTED, NominationState.DECLINED}:
        key = "accepted" if state == NominationState.ACCEPTED else "declined"
        row.decided_at = at + timedelta(days=dice.randrange(3, 19))
        row.decided_by = _lead(body)
        row.decision_reason = dice.choice(texts()["reasons"][key])
    return row


def _nominator(body: Body, member: Member, route: NominationRoute, dice: random.Random) -> Person:
    if route == NominationRoute.MANAGER and member.manager:
        return member.manager.person
    if route == NominationRoute.TALENT_TEAM:
        return _lead(body)
    if route == NominationRoute.PEER and member.manager:
        return dice.choice(member.manager.reports).person
    return member.person


def _tell(world: World, row: Nomination, member: Member) -> None:
    world.ledger.tell(
        "nominate",
        row,
        at=row.nominated_at,
        subject=member.person,
        organisation=member.organisation,
        by=row.nominated_by,
    )
    if row.decided_at and row.decided_by:
        step = "accept" if row.state == NominationState.ACCEPTED else "decline"
        world.ledger.tell(
            f"{step}_nomination",
            row,
            at=row.decided_at,
            subject=member.person,
            organisation=member.organisation,
            by=row.decided_by,
        )


def _write_readiness(world: World, found: set[Member], dice: random.Random) -> None:
    judged = [m for m in world.members if m in found and m.manager and dice.random() < 0.6]
    leads = {body.organisation.pk: _lead(body) for body in world.bodies}
    judged = [member for member in judged if member.person != leads[member.organisation.pk]]
    rows = ReadinessJudgement.objects.bulk_create(
        [_judgement(world, member, leads[member.organisation.pk], dice) for member in judged],
        batch_size=BATCH,
    )
    for row, member in zip(rows, judged, strict=True):
        world.ledger.tell(
            "judge_readiness",
            row,
            at=row.judged_at,
            subject=member.person,
            organisation=member.organisation,
            by=row.judged_by,
        )


def _judgement(
    world: World, member: Member, lead: Person, dice: random.Random
) -> ReadinessJudgement:
    day: date = world.day(-dice.randrange(1, 250))
    return ReadinessJudgement(
        person=member.person,
        organisation=member.organisation,
        readiness=dice.choices(list(Readiness), [18, 30, 28, 24])[0],
        reason=dice.choice(texts()["reasons"]["readiness"]),
        judged_by=lead,
        judged_at=world.moment(day, dice),
        starts_on=day,
    )
