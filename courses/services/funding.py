"""Committing money for places: reserved when a wish is granted, spent or released at its end."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from accounts.actors import Actor
from accounts.models import Event, Person
from accounts.scope import lifted
from accounts.services.ledger import event_row
from common.dates import london_date
from courses.models import (
    COMMITMENT_WORKFLOW,
    Commitment,
    CommitmentState,
    Enrolment,
    Fund,
    Session,
)
from courses.selectors.charges import with_due
from courses.selectors.funding import Choice, Purse, Wish, wish_of
from courses.services.budgets import FUNDING, locked_funds, refusal_of
from courses.services.money_notices import tell_money_is_owed

_COMES_TO = {
    "spend": CommitmentState.SPENT,
    "owe": CommitmentState.OWED,
    "release": CommitmentState.RELEASED,
}
_STILL_TO_COME = ("REQUESTED", "WAITING", "OFFERED", "CONFIRMED")


def refuse_without_budget(
    session: Session, *, person: Person, organisation_id: int, now: datetime
) -> None:
    """Say before anybody is troubled that a place could not be paid for.

    Nothing is reserved yet: that is done, under a lock, when the wish is granted.
    """
    price = session.offering.price_pence
    if not price:
        return
    wish = Wish(
        organisation_id=organisation_id,
        person_id=person.pk,
        programme_id=session.offering.programme_id,
        on=london_date(session.starts_at),
        pence=price,
    )
    with lifted(FUNDING):
        purse = Purse([wish], funds=Fund.objects.with_holder(on=london_date(now)))
        choice = purse.choose(wish)
        _refuse_if_short(wish, choice, purse=purse)


def reserve(enrolments: Sequence[Enrolment], *, by: Actor, now: datetime) -> None:
    """Commit the price of each place to the fund that the organisation's rule leads to.

    Refuses ``no_budget`` where that rule refuses; then none is committed. What an enrolment that
    somebody moves from had reserved is released first, so that moving needs no second budget.
    """
    paid = [enrolment for enrolment in enrolments if enrolment.price_pence]
    if not paid:
        return
    with lifted(FUNDING):
        _lock_all_funds_of(paid)
        left = _held_for(row.moved_from_id for row in paid if row.moved_from_id)
        _save([row for row in left if _release(row, now=now)], by=by, now=now)
        known = {row.enrolment_id for row in _held_for(row.pk for row in paid)}
        _reserve([row for row in paid if row.pk not in known], by=by, now=now)
        # Moving needs no second budget, so what the fund owes comes after the place moved to.
        if left:
            pay_owed({row.fund_id for row in left}, by=by, now=now)


def settle(enrolments: Sequence[Enrolment], *, by: Actor, now: datetime) -> None:
    """Spend or release what is reserved for places that were used, missed or given up.

    Safe to call again after a register was put right: what is charged follows, and never refuses,
    because who was there is a fact. What a fund has given away meanwhile it owes: whoever holds it
    is told, and it is spent as soon as the fund has it.
    """
    ids = [enrolment.pk for enrolment in enrolments if enrolment.price_pence]
    if not ids:
        return
    with lifted(FUNDING):
        held = {row.enrolment_id: row for row in _held_for(ids, live=False)}
        over = Enrolment.objects.filter(pk__in=ids).exclude(state__in=_STILL_TO_COME)
        due = with_due(over).order_by("pk").values_list("pk", "due_pence")
        dues = [(held[pk], min(pence, held[pk].pence)) for pk, pence in due if pk in held]
        # What is given back comes first, so that it can pay for what is asked in the same moment.
        eased = [row for row, pence in dues if _ease(row, due=pence, now=now)]
        _save(eased, by=by, now=now)
        _spend([one for one in dues if one[1] > _covered(one[0])], by=by, now=now)
        if eased:
            pay_owed({row.fund_id for row in eased}, by=by, now=now)


def pay_owed(fund_ids: Iterable[int], *, by: Actor, now: datetime) -> None:
    """Let funds, which the caller has locked, spend what they owe as far as they have it, what was
    owed first first."""
    with lifted(FUNDING):
        rows = Commitment.objects.filter(fund__in=set(fund_ids), state=CommitmentState.OWED)
        owed = rows.select_related("fund", "enrolment").order_by("settled_at", "pk")
        _spend([(row, row.spent_pence + row.owed_pence) for row in owed], by=by, now=now)


def _reserve(paid: Sequence[Enrolment], *, by: Actor, now: datetime) -> None:
    wishes = {row.pk: wish_of(row, session=row.session) for row in paid}
    purse = Purse(list(wishes.values()), funds=locked_funds(on=london_date(now)))
    made = []
    for enrolment in paid:
        choice = purse.choose(wishes[enrolment.pk])
        _refuse_if_short(wishes[enrolment.pk], choice, purse=purse)
        if choice and choice.fund:
            made.append(_commitment(enrolment, choice, purse=purse, now=now))
    Commitment.objects.bulk_create(made)
    Event.objects.bulk_create(
        _event(row, "reserve_money", row.pence, by=by, now=now) for row in made
    )


def lock_funds_elsewhere(enrolments: Sequence[Enrolment], sessions: Sequence[Session]) -> None:
    """Lock every fund that holds money for these enrolments or could pay for them on one of the
    other ``sessions``, before any of it is given back or asked for again."""
    paid = [row for row in enrolments if row.price_pence]
    if paid and sessions:
        with lifted(FUNDING):
            wishes = {wish_of(row, session=session) for row in paid for session in sessions}
            _lock_in_order([row.pk for row in paid], wishes=list(wishes))


def _lock_all_funds_of(paid: Sequence[Enrolment]) -> None:
    before = [row.moved_from_id for row in paid if row.moved_from_id]
    if before:
        _lock_in_order(before, wishes=[wish_of(row, session=row.session) for row in paid])


def _lock_in_order(held_for: Sequence[int], *, wishes: Sequence[Wish]) -> None:
    """Lock what is held for those who move and what could pay for them now in one order of ids:
    one after the other, two people would wait for each other's fund."""
    held = Commitment.objects.filter(enrolment_id__in=held_for).values_list("fund_id", flat=True)
    purse = Purse(wishes, funds=Fund.objects.all())
    funds = Fund.objects.select_for_update().filter(pk__in={*held, *purse.fund_ids})
    list(funds.order_by("pk").values_list("pk", flat=True))


def _commitment(enrolment: Enrolment, choice: Choice, *, purse: Purse, now: datetime) -> Commitment:
    return Commitment(
        fund=choice.fund,
        enrolment=enrolment,
        rule=choice.rule,
        passed_over=[{"fund": fund.pk, "left": purse.left(fund)} for fund in choice.short],
        pence=enrolment.price_pence,
        reserved_at=now,
    )


def _held_for(enrolment_ids: Iterable[int | None], *, live: bool = True) -> list[Commitment]:
    """The commitments of these enrolments, the newest of each last, their funds locked."""
    rows = Commitment.objects.filter(enrolment_id__in=list(enrolment_ids))
    if live:
        rows = rows.exclude(state=CommitmentState.RELEASED)
    funds = Fund.objects.select_for_update().filter(pk__in=rows.values("fund")).order_by("pk")
    by_id = {fund.pk: fund for fund in funds}
    held = list(rows.select_related("enrolment").order_by("pk"))
    for row in held:
        row.fund = by_id[row.fund_id]
    return held


def _covered(row: Commitment) -> int:
    """What of its fund ``row`` has already, so that spending it asks for nothing more."""
    return row.pence if row.state == CommitmentState.RESERVED else row.spent_pence


def _ease(row: Commitment, *, due: int, now: datetime) -> bool:
    """Spend or release what the fund can do without asking; whether that changes anything."""
    if not due:
        return _release(row, now=now)
    is_as_it_is = (row.spent_pence, row.owed_pence) == (due, 0)
    if due > _covered(row) or is_as_it_is:
        return False
    _settle(row, step="spend", spent=due, now=now)
    return True


def _spend(dues: Sequence[tuple[Commitment, int]], *, by: Actor, now: datetime) -> None:
    """Spend more than before of each, or owe it where its fund has too little left."""
    if not dues:
        return
    funds = Fund.objects.filter(pk__in={row.fund_id for row, _due in dues})
    left = {fund.pk: fund.left for fund in funds}
    changed = []
    for row, due in dues:
        more = due - row.spent_pence
        if more <= left[row.fund_id]:
            left[row.fund_id] -= more
            _settle(row, step="spend", spent=due, now=now)
            changed.append(row)
        elif row.owed_pence != more:
            _settle(row, step="owe", spent=row.spent_pence, owed=more, now=now)
            changed.append(row)
    _save(changed, by=by, now=now)
    for row in changed:
        if row.state == CommitmentState.OWED:
            tell_money_is_owed(row, left=left[row.fund_id], now=now)


def _settle(row: Commitment, *, step: str, spent: int, now: datetime, owed: int = 0) -> None:
    target = _COMES_TO[step]
    if row.state != target:
        row.state = COMMITMENT_WORKFLOW.target(step, current=row.state)
    row.spent_pence, row.owed_pence, row.settled_at = spent, owed, now


def _release(row: Commitment, *, now: datetime) -> bool:
    if row.state == CommitmentState.RELEASED:
        return False
    _settle(row, step="release", spent=0, now=now)
    return True


def _save(rows: Sequence[Commitment], *, by: Actor, now: datetime) -> None:
    Commitment.objects.bulk_update(rows, ["state", "spent_pence", "owed_pence", "settled_at"])
    Event.objects.bulk_create(
        _event(row, "settle_money", row.spent_pence, by=by, now=now) for row in rows
    )


def _event(row: Commitment, verb: str, pence: int, *, by: Actor, now: datetime) -> Event:
    return event_row(
        by=by,
        now=now,
        verb=verb,
        about=row,
        rule="money_rule",
        organisation_id=row.fund.organisation_id,
        subject_id=row.enrolment.person_id if row.enrolment else None,
        facts={
            "fund": row.fund_id,
            "enrolment": row.enrolment_id,
            "pence": pence,
            "state": str(row.state),
            **({"owed": row.owed_pence} if row.owed_pence else {}),
        },
    )


def _refuse_if_short(wish: Wish, choice: Choice | None, *, purse: Purse) -> None:
    refusal = refusal_of(wish, choice, purse=purse)
    if refusal:
        raise refusal
