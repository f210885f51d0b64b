"""Which fund pays for a place: the rule of the day, the funds in its order, what each has left."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import OuterRef, Q, QuerySet

from accounts.selectors.emergency import organisations_upwards
from common.dates import london_date
from courses.models import Enrolment, Fund, FundKind, MoneyRule, Session

_OUT_OF_BALANCE = """
SELECT fund.id
  FROM courses_fund fund LEFT JOIN courses_commitment held ON held.fund_id = fund.id
 GROUP BY fund.id
HAVING fund.reserved_pence <> COALESCE(sum(held.pence) FILTER (WHERE held.state = 'RESERVED'), 0)
    OR fund.spent_pence <> COALESCE(sum(held.spent_pence), 0)
    OR fund.amount_pence < fund.reserved_pence + fund.spent_pence
 ORDER BY fund.id
"""


@dataclass(frozen=True, slots=True)
class Wish:
    """A place that has to be paid for: by whom, for whom, for what, on which day, how much."""

    organisation_id: int
    person_id: int
    programme_id: int
    on: date
    pence: int


@dataclass(frozen=True, slots=True)
class Choice:
    """What the rule of the organisation comes to.

    ``fund`` is None where none of ``short`` (funds that could pay, in the order of the rule) has
    enough left.
    """

    rule: MoneyRule
    fund: Fund | None
    short: tuple[Fund, ...]


def wish_of(enrolment: Enrolment, *, session: Session) -> Wish:
    return Wish(
        organisation_id=enrolment.organisation_id,
        person_id=enrolment.person_id,
        programme_id=session.offering.programme_id,
        on=london_date(session.starts_at),
        pence=enrolment.price_pence,
    )


class Purse:
    """The rules and funds that could pay for ``wishes``, read at once.

    Choosing takes from what is left, so that several wishes are not promised the same pound.
    ``funds`` says how the rows are read, with a lock or without.
    """

    def __init__(self, wishes: Sequence[Wish], *, funds: QuerySet[Fund]) -> None:
        self._rules = _rules_for(wishes)
        days = {wish.organisation_id: wish.on for wish in wishes if self.rule_for(wish)}
        # The organisation, and those above it, whose central funding is for those below too.
        payers = {payer: organisations_upwards(payer, on=day) for payer, day in days.items()}
        self._upwards = payers
        self._funds = _funds_for(wishes, payers=payers, funds=funds)
        self._left = {fund.pk: fund.left for fund in self._funds}

    def rule_for(self, wish: Wish) -> MoneyRule | None:
        """The rule by which the organisation pays on that day; None where it uses no funds."""
        if not wish.pence:
            return None
        for rule in self._rules:
            is_theirs = rule.organisation_id == wish.organisation_id
            if is_theirs and rule.is_in_force(on=wish.on) and rule.kinds:
                return rule
        return None

    def choose(self, wish: Wish) -> Choice | None:
        """The first fund in the order of the rule that has enough left, which it then has no
        more; None where no fund is needed."""
        rule = self.rule_for(wish)
        if rule is None:
            return None
        able = [fund for fund in self._funds if self._can_pay(fund, wish)]
        able = [fund for fund in able if fund.kind in rule.kinds]
        # Of one kind the fund goes first that ends first, then the one nearest to the person.
        places = self._upwards[wish.organisation_id]
        able.sort(
            key=lambda fund: (
                rule.kinds.index(fund.kind),
                fund.ends_on,
                places.index(fund.organisation_id),
                fund.pk,
            )
        )
        short: list[Fund] = []
        for fund in able:
            if self._left[fund.pk] >= wish.pence:
                self._left[fund.pk] -= wish.pence
                return Choice(rule, fund, tuple(short))
            short.append(fund)
        return Choice(rule, None, tuple(short))

    @property
    def fund_ids(self) -> set[int]:
        return {fund.pk for fund in self._funds}

    def left(self, fund: Fund) -> int:
        """What ``fund`` has left after what was chosen so far, in pence."""
        return self._left[fund.pk]

    def _can_pay(self, fund: Fund, wish: Wish) -> bool:
        named: list[int] = fund.programme_ids  # type: ignore[attr-defined]
        is_for_programme = wish.programme_id in named if named else fund.kind != FundKind.LEVY
        is_own = fund.organisation_id == wish.organisation_id
        is_central = fund.kind == FundKind.CENTRAL
        return (
            is_for_programme
            and fund.is_in_force(on=wish.on)
            and fund.person_id in {None, wish.person_id}
            and (is_own or (is_central and fund.organisation_id in self._place(wish)))
        )

    def _place(self, wish: Wish) -> list[int]:
        return self._upwards.get(wish.organisation_id, [])


def _rules_for(wishes: Iterable[Wish]) -> list[MoneyRule]:
    organisations = {wish.organisation_id for wish in wishes if wish.pence}
    if not organisations:
        return []
    return list(MoneyRule.objects.filter(organisation_id__in=organisations))


def _funds_for(
    wishes: Sequence[Wish], *, payers: dict[int, list[int]], funds: QuerySet[Fund]
) -> list[Fund]:
    if not payers:
        return []
    own = Q(organisation_id__in=payers)
    above = Q(
        organisation_id__in={place for places in payers.values() for place in places},
        kind=FundKind.CENTRAL,
    )
    days = {wish.on for wish in wishes}
    rows = funds.filter(
        own | above,
        Q(person__isnull=True) | Q(person_id__in={wish.person_id for wish in wishes}),
        starts_on__lte=max(days),
        ends_on__gte=min(days),
    )
    through: Any = Fund.programmes.through
    named = through.objects.filter(fund=OuterRef("pk")).values("programme")
    # Whoever commits money of several funds locks them in the order of their ids.
    return list(rows.annotate(programme_ids=ArraySubquery(named)).order_by("pk"))


def funds_that_do_not_balance() -> list[int]:
    """The ids of funds whose totals are not the sums of their commitments: none, ever."""
    with connection.cursor() as cursor:
        cursor.execute(_OUT_OF_BALANCE)
        return [pk for (pk,) in cursor.fetchall()]
