"""What pays for the year's courses: a rule and funds of every body, and what is committed."""

from datetime import date, timedelta

from common.dates import financial_year
from config.demo.world import BATCH, Body, World
from courses.models import (
    Commitment,
    CommitmentState,
    Enrolment,
    Fund,
    FundKind,
    MoneyRule,
    Programme,
    Statement,
    StatementLine,
    StatementState,
    WhenShort,
)
from courses.selectors.charges import with_due
from courses.selectors.statements import to_be_charged
from courses.services.statements import line_of

# What a place on these costs, whoever runs them; the others are free.
PRICES = {"ROSALIND_FRANKLIN": 45_000, "NYE_BEVAN": 620_000, "PROUD2BOPS": 18_500}
_APPRENTICESHIPS = ("OPS_MGR_L5_MS", "LMP_L6_MS", "EGA_SLA")
# A budget is a fifth more than what was committed of it, or this.
_LEAST_BUDGET = 2_000_000
_OVER = ("ATTENDED", "ABSENT", "PARTIAL", "COMPLETED")
_STILL_TO_COME = ("WAITING", "OFFERED", "CONFIRMED")


def fund_training(world: World) -> None:
    """Every body has a training budget for each year in which its people go somewhere."""
    for body in world.bodies:
        rule = _rule(body, world)
        for year in _years(world):
            _budget(body, rule, year)
        _others(body, world)
    for body in world.bodies:
        _charge(body, world)


def _rule(body: Body, world: World) -> MoneyRule:
    return MoneyRule.objects.create(
        organisation=body.organisation,
        starts_on=_years(world)[0][0],
        kinds=[FundKind.STUDY_LEAVE, FundKind.LEVY, FundKind.TRAINING],
        when_short=WhenShort.REFUSE,
        missed_percent=100,
        late_percent=50,
        late_days=7,
    )


def _years(world: World) -> list[tuple[date, date]]:
    """The financial years of last year, today and next year."""
    return [financial_year(world.day(offset)) for offset in (-365, 0, 365)]


def _budget(body: Body, rule: MoneyRule, year: tuple[date, date]) -> None:
    first, last = year
    places = Enrolment.objects.filter(
        organisation=body.organisation,
        price_pence__gt=0,
        state__in=(*_OVER, *_STILL_TO_COME),
    )
    paid = with_due(places).filter(session_day__range=year).select_related("session").order_by("pk")
    committed = [one for one in map(_committed, paid) if one]
    total = sum(one.pence for one in committed)
    fund = Fund.objects.create(
        organisation=body.organisation,
        title=f"Training budget {first.year} to {last.year}",
        kind=FundKind.TRAINING,
        holder=body.one_of("hr-business-partner").person,
        starts_on=first,
        ends_on=last,
        amount_pence=max(_LEAST_BUDGET, total + total // 5),
    )
    for one in committed:
        one.fund, one.rule = fund, rule
    Commitment.objects.bulk_create(committed, batch_size=BATCH)


def _committed(place: Enrolment) -> Commitment | None:
    is_over = place.state in _OVER
    spent: int = place.due_pence if is_over else 0  # type: ignore[attr-defined]
    if is_over and not spent:
        return None
    return Commitment(
        enrolment=place,
        passed_over=[],
        pence=place.price_pence,
        spent_pence=spent,
        state=CommitmentState.SPENT if is_over else CommitmentState.RESERVED,
        reserved_at=place.decided_at or place.requested_at,
        settled_at=place.session.ends_at if is_over else None,
    )


def _others(body: Body, world: World) -> None:
    """A levy for one programme, and somebody's study leave allowance."""
    first, last = financial_year(world.day(0))
    days = {"starts_on": first, "ends_on": last, "organisation": body.organisation}
    levy = Fund.objects.create(
        title="Apprenticeship levy", kind=FundKind.LEVY, amount_pence=9_000_000, **days
    )
    levy.programmes.set(Programme.objects.filter(code__in=_APPRENTICESHIPS))
    if body.is_trust:
        Fund.objects.create(
            title="Study leave allowance",
            kind=FundKind.STUDY_LEAVE,
            person=body.one_of("hr-business-partner").person,
            amount_pence=80_000,
            **days,
        )


def _charge(body: Body, world: World) -> None:
    """What a body charges the others for the last half year, issued yesterday."""
    first, last = world.day(-183), world.day(-1)
    due = to_be_charged(body.organisation.pk, first=first, last=last)
    places: dict[int, list[Enrolment]] = {}
    for place in due.select_related("session__offering__programme"):
        places.setdefault(place.organisation_id, []).append(place)
    for number, (payer_id, rows) in enumerate(sorted(places.items()), start=1):
        statement = Statement.objects.create(
            host=body.organisation,
            payer_id=payer_id,
            starts_on=first,
            ends_on=last,
            drafted_at=world.morning - timedelta(days=1),
        )
        StatementLine.objects.bulk_create(line_of(statement, place) for place in rows)
        statement.number, statement.state = number, StatementState.ISSUED
        statement.issued_at = world.morning - timedelta(days=1)
        statement.issued_by = body.one_of("hr-business-partner").person
        statement.save()
