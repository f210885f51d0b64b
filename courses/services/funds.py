"""Keeping funds: setting one up, changing its budget, and the rule by which is paid."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Organisation, Person
from accounts.models.dated import Days
from accounts.scope import lifted
from accounts.selectors.relations import roles_at
from accounts.services.ledger import record
from common.dates import london_date, long_date
from common.errors import Conflict, Forbidden
from common.text import pounds
from courses.models import Commitment, Fund, FundKind, MoneyRule, Programme
from courses.policies.funds import may_keep_funds
from courses.services.budgets import FUNDING
from courses.services.funding import pay_owed


@dataclass(frozen=True, slots=True)
class FundPlan:
    """What a fund is: whose, for what, from when to when, how much, and who answers for it.

    ``programmes`` are those it is kept for; without any it pays for every programme.
    """

    title: str
    kind: FundKind
    days: Days
    amount_pence: int
    holder: Person | None = None
    person: Person | None = None
    programmes: tuple[Programme, ...] = ()


@dataclass(frozen=True, slots=True)
class RulePlan:
    """By what an organisation pays and charges from ``starts_on`` on; see ``MoneyRule``."""

    starts_on: date
    kinds: tuple[str, ...]
    when_short: str
    missed_percent: int = 0
    late_percent: int = 0
    late_days: int = 0


@transaction.atomic
def open_fund(*, organisation: Organisation, plan: FundPlan, by: Actor, now: datetime) -> Fund:
    """Set up a fund of ``organisation``.

    Refuses: ``may_not_keep_funds``, ``days_not_in_order``, ``levy_needs_programmes``,
    ``allowance_needs_a_person``, ``fund_exists``, ``has_an_allowance``.
    """
    # Two who set up the same fund queue here.
    Organisation.objects.select_for_update(no_key=True).only("pk").get(pk=organisation.pk)
    _refuse_unless_keeps(organisation.pk, by=by, now=now)
    last = _refuse_what_makes_no_sense(plan)
    _refuse_what_is_there(organisation, plan)
    fund = Fund.objects.create(
        organisation=organisation,
        title=plan.title,
        kind=plan.kind,
        starts_on=plan.days.starts_on,
        ends_on=last,
        amount_pence=plan.amount_pence,
        holder=plan.holder,
        person=plan.person,
    )
    fund.programmes.set(plan.programmes)
    facts = {
        "kind": str(plan.kind),
        "pence": plan.amount_pence,
        "programmes": sorted(programme.pk for programme in plan.programmes),
    }
    _record(fund, verb="open_fund", by=by, now=now, facts=facts)
    return fund


@transaction.atomic
def change_budget(*, fund: Fund, amount_pence: int, by: Actor, now: datetime) -> Fund:
    """Set the budget of a fund, never below what is reserved and spent of it; what it owes is spent
    as far as there is more.

    Refuses: ``may_not_keep_funds``, ``below_commitments``.
    """
    # Whoever commits money of this fund waits, and counts what the budget is then.
    fund = Fund.objects.select_for_update(of=("self",)).get(pk=fund.pk)
    _refuse_unless_keeps(fund.organisation_id, by=by, now=now, fund=fund)
    committed = fund.reserved_pence + fund.spent_pence
    if amount_pence < committed:
        raise Conflict(
            _("%(amount)s is reserved or spent already. Enter that amount or more.")
            % {"amount": pounds(committed)},
            code="below_commitments",
        )
    before, fund.amount_pence = fund.amount_pence, amount_pence
    fund.save(update_fields=["amount_pence"])
    facts = {"from": before, "to": amount_pence}
    _record(fund, verb="change_budget", by=by, now=now, facts=facts)
    pay_owed([fund.pk], by=by, now=now)
    fund.refresh_from_db(fields=["reserved_pence", "spent_pence"])
    return fund


@transaction.atomic
def set_money_rule(
    *, organisation: Organisation, plan: RulePlan, by: Actor, now: datetime
) -> MoneyRule:
    """Let ``organisation`` pay and charge by another rule from a day on; the one before ends, and
    what was planned from that day on is replaced unless places are paid for by it already.

    Refuses: ``may_not_keep_funds``, ``rule_in_the_past``, ``rule_already_used``.
    """
    Organisation.objects.select_for_update(no_key=True).only("pk").get(pk=organisation.pk)
    _refuse_unless_keeps(organisation.pk, by=by, now=now)
    if plan.starts_on < london_date(now):
        raise Conflict(
            _("A rule cannot start in the past: places were granted by the one before."),
            code="rule_in_the_past",
        )
    rows = MoneyRule.objects.filter(organisation=organisation)
    planned = rows.filter(starts_on__gte=plan.starts_on)
    _refuse_if_used(planned)
    replaced = [day.isoformat() for day in planned.values_list("starts_on", flat=True)]
    planned.delete()
    before = rows.on(plan.starts_on).first()
    if before:
        before.ends_on = plan.starts_on - timedelta(days=1)
        before.save(update_fields=["ends_on"])
    rule = MoneyRule.objects.create(
        organisation=organisation,
        starts_on=plan.starts_on,
        kinds=list(plan.kinds),
        when_short=plan.when_short,
        missed_percent=plan.missed_percent,
        late_percent=plan.late_percent,
        late_days=plan.late_days,
    )
    facts = {
        "from": plan.starts_on.isoformat(),
        "kinds": list(plan.kinds),
        "replaced": sorted(replaced),
    }
    _record(rule, verb="set_money_rule", by=by, now=now, facts=facts)
    return rule


def _refuse_if_used(planned: QuerySet[MoneyRule]) -> None:
    # Funds of organisations above pay by it, too.
    with lifted(FUNDING):
        paid_by = Commitment.objects.filter(rule__in=planned).values("rule")
        used = planned.filter(pk__in=paid_by).order_by("starts_on").last()
    if used:
        raise Conflict(
            _(
                "Places are paid for by the rule that starts on %(day)s already. Enter a day after"
                " it."
            )
            % {"day": long_date(used.starts_on)},
            code="rule_already_used",
        )


def _refuse_unless_keeps(
    organisation_id: int, *, by: Actor, now: datetime, fund: Fund | None = None
) -> None:
    if not may_keep_funds(roles_at(by, organisation_id, on=london_date(now)), fund=fund):
        raise Forbidden(
            _("Only a learning lead of the organisation keeps its funds."),
            code="may_not_keep_funds",
        )


def _refuse_what_makes_no_sense(plan: FundPlan) -> date:
    if plan.days.ends_on is None or plan.days.ends_on < plan.days.starts_on:
        raise Conflict(_("The last day cannot be before the first."), code="days_not_in_order")
    if plan.kind == FundKind.LEVY and not plan.programmes:
        raise Conflict(
            _("Say for which programmes the levy may be used: it pays for apprenticeships alone."),
            code="levy_needs_programmes",
        )
    if (plan.kind == FundKind.STUDY_LEAVE) != (plan.person is not None):
        raise Conflict(
            _("A study leave allowance is that of one person, and no other fund is."),
            code="allowance_needs_a_person",
        )
    return plan.days.ends_on


def _refuse_what_is_there(organisation: Organisation, plan: FundPlan) -> None:
    rows = Fund.objects.filter(organisation=organisation)
    if rows.filter(title=plan.title, starts_on=plan.days.starts_on).exists():
        raise Conflict(
            _("There is a fund with this title from this day on. Enter another title."),
            code="fund_exists",
        )
    if plan.person and rows.during(plan.days).filter(person=plan.person).exists():
        raise Conflict(
            _("%(person)s has an allowance for some of these days already.")
            % {"person": plan.person.full_name},
            code="has_an_allowance",
        )


def _record(
    row: Fund | MoneyRule, *, verb: str, by: Actor, now: datetime, facts: Mapping[str, object]
) -> None:
    record(
        by=by,
        now=now,
        verb=verb,
        about=row,
        rule="may_keep_funds",
        organisation_id=row.organisation_id,
        subject_id=row.person_id if isinstance(row, Fund) else None,
        facts=facts,
    )
