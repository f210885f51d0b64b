"""Setting funds up, budgets, the rules of paying, and what the database keeps by itself."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Event, Person
from accounts.models.dated import Days
from accounts.scope import opened
from common.errors import Conflict, Forbidden
from courses.models import Commitment, Fund, FundKind, MoneyRule
from courses.policies.funds import may_keep_funds
from courses.services.enrolment import enrol
from courses.services.funds import (
    FundPlan,
    RulePlan,
    change_budget,
    open_fund,
    set_money_rule,
)
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ, grant, place_below
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import (
    EnrolmentFactory,
    ProgrammeFactory,
    colleague_of,
    entitle,
)
from tests.factories.money import (
    PRICE,
    YEAR,
    FundFactory,
    MoneyRuleFactory,
    learning_lead_of,
    priced_session,
)

pytestmark = pytest.mark.django_db

THIS_YEAR = Days(**YEAR)


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def lead(trust):
    return learning_lead_of(trust)


def plan(**changes):
    given = {
        "title": "Training budget",
        "kind": FundKind.TRAINING,
        "days": THIS_YEAR,
        "amount_pence": 5_000_000,
    }
    return FundPlan(**{**given, **changes})


def test_a_learning_lead_sets_up_a_fund(trust, lead):
    holder, programme = PersonFactory(), ProgrammeFactory()

    fund = open_fund(
        organisation=trust,
        plan=plan(holder=holder, programmes=(programme,)),
        by=lead,
        now=NOW,
    )

    assert (fund.organisation, fund.holder, fund.left) == (trust, holder, 5_000_000)
    assert list(fund.programmes.all()) == [programme]
    event = Event.objects.get(verb="open_fund")
    assert (event.organisation_id, event.subject_id) == (trust.pk, None)


@pytest.mark.parametrize(
    "role", ["PROGRAMME_LEAD", "HR_ADMINISTRATOR", "ORGANISATION_ADMINISTRATOR", "AUDITOR"]
)
def test_nobody_else_does(trust, role):
    somebody = grant(PersonFactory(), role, trust)

    with pytest.raises(Forbidden) as refusal:
        open_fund(organisation=trust, plan=plan(), by=somebody, now=NOW)

    assert refusal.value.code == "may_not_keep_funds"
    assert not Fund.objects.exists()


def test_nor_the_learning_lead_of_another_organisation(trust):
    other = learning_lead_of(OrganisationFactory())

    with pytest.raises(Forbidden):
        open_fund(organisation=trust, plan=plan(), by=other, now=NOW)


def test_keeping_funds_is_for_learning_leads_alone():
    assert may_keep_funds(frozenset({"LEARNING_LEAD"}))
    assert not may_keep_funds(frozenset({"PROGRAMME_LEAD", "COLLEAGUE", "AUDITOR"}))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"days": Days(date(2027, 4, 1), date(2027, 3, 31))}, "days_not_in_order"),
        ({"days": Days(date(2027, 4, 1))}, "days_not_in_order"),
        ({"kind": FundKind.LEVY}, "levy_needs_programmes"),
        ({"kind": FundKind.STUDY_LEAVE}, "allowance_needs_a_person"),
    ],
)
def test_a_fund_that_makes_no_sense_is_refused(trust, lead, changes, code):
    with pytest.raises(Conflict) as refusal:
        open_fund(organisation=trust, plan=plan(**changes), by=lead, now=NOW)

    assert refusal.value.code == code
    assert not Fund.objects.exists()


def test_a_title_twice_from_the_same_day_is_refused(trust, lead):
    open_fund(organisation=trust, plan=plan(), by=lead, now=NOW)

    with pytest.raises(Conflict) as refusal:
        open_fund(organisation=trust, plan=plan(), by=lead, now=NOW)

    assert refusal.value.code == "fund_exists"


def test_a_second_allowance_for_the_same_days_is_refused(trust, lead):
    person = employ(organisation=trust)
    own = {"kind": FundKind.STUDY_LEAVE, "person": person}
    open_fund(organisation=trust, plan=plan(**own), by=lead, now=NOW)

    with pytest.raises(Conflict) as refusal:
        open_fund(organisation=trust, plan=plan(title="More", **own), by=lead, now=NOW)

    assert refusal.value.code == "has_an_allowance"


@pytest.fixture
def committed(trust, lead):
    """A fund of which one place is reserved."""
    session = priced_session(offering__host=trust)
    MoneyRuleFactory(organisation=trust)
    fund = FundFactory(organisation=trust)
    person = colleague_of(session)
    entitle(person, session.offering.programme)
    enrol(session=session, person=person, by=person, now=NOW)
    fund.refresh_from_db()
    return fund


def test_a_budget_goes_down_to_what_is_committed_and_no_further(committed, lead):
    changed = change_budget(fund=committed, amount_pence=PRICE, by=lead, now=NOW)
    assert (changed.amount_pence, changed.left) == (PRICE, 0)

    with pytest.raises(Conflict) as refusal:
        change_budget(fund=committed, amount_pence=PRICE - 1, by=lead, now=NOW)

    assert refusal.value.code == "below_commitments"
    assert refusal.value.message == (
        "£1,200 is reserved or spent already. Enter that amount or more."
    )
    assert Event.objects.filter(verb="change_budget").count() == 1


def test_only_its_learning_lead_changes_a_budget(committed):
    auditor = grant(PersonFactory(), "AUDITOR", committed.organisation)

    with pytest.raises(Forbidden):
        change_budget(fund=committed, amount_pence=10**9, by=auditor, now=NOW)


@pytest.mark.parametrize(
    "change", [{"reserved_pence": 0}, {"spent_pence": 5}, {"amount_pence": PRICE - 1}]
)
def test_the_database_keeps_totals_whatever_the_code_says(committed, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        Fund.objects.filter(pk=committed.pk).update(**change)


def test_the_database_starts_no_fund_with_totals(trust):
    with pytest.raises(IntegrityError), transaction.atomic():
        FundFactory(organisation=trust, reserved_pence=1)


@pytest.mark.parametrize(
    "change",
    [
        {"spent_pence": 1},
        {"state": "SPENT", "spent_pence": PRICE + 1, "settled_at": NOW},
        {"state": "SPENT", "spent_pence": 0, "settled_at": NOW},
        {"state": "RELEASED"},
    ],
)
def test_the_database_refuses_a_commitment_that_contradicts_itself(committed, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        Commitment.objects.update(**change)


def test_the_database_keeps_amount_and_fund_of_a_commitment(committed):
    for change in ({"pence": 1}, {"fund": FundFactory()}):
        with pytest.raises(Exception, match="Cannot update rows"), transaction.atomic():
            Commitment.objects.update(**change)


def test_what_a_commitment_was_for_may_go_and_the_amount_stays(trust):
    fund = FundFactory(organisation=trust)
    place = EnrolmentFactory(price_pence=PRICE)
    held = Commitment.objects.create(
        fund=fund,
        enrolment=place,
        rule=MoneyRuleFactory(organisation=trust),
        passed_over=[],
        pence=PRICE,
        reserved_at=NOW,
    )

    place.delete()

    held.refresh_from_db()
    fund.refresh_from_db()
    assert (held.enrolment, fund.reserved_pence) == (None, PRICE)


def rule_plan(**changes):
    given = {"starts_on": TODAY, "kinds": ("TRAINING",), "when_short": "REFUSE"}
    return RulePlan(**{**given, **changes})


def test_another_rule_ends_the_one_before_and_changes_nothing_of_it(trust, lead):
    first = set_money_rule(organisation=trust, plan=rule_plan(), by=lead, now=NOW)

    second = set_money_rule(
        organisation=trust,
        plan=rule_plan(starts_on=date(2027, 4, 1), kinds=(), missed_percent=50),
        by=lead,
        now=NOW,
    )

    first.refresh_from_db()
    assert (first.ends_on, first.kinds) == (date(2027, 3, 31), ["TRAINING"])
    assert (second.ends_on, second.missed_percent) == (None, 50)
    assert Event.objects.filter(verb="set_money_rule").count() == 2


def test_a_rule_is_not_set_for_days_that_are_gone_or_that_another_begins_after(trust, lead):
    with pytest.raises(Conflict) as past:
        set_money_rule(
            organisation=trust, plan=rule_plan(starts_on=date(2026, 11, 19)), by=lead, now=NOW
        )
    paid_by = set_money_rule(organisation=trust, plan=rule_plan(), by=lead, now=NOW)
    # Of an organisation above, whose commitments the lead does not see.
    fund = FundFactory(kind="CENTRAL")
    fund.commitments.create(rule=paid_by, pence=1, passed_over=[], reserved_at=NOW)
    with opened(lead, on=TODAY), pytest.raises(Conflict) as again:
        set_money_rule(organisation=trust, plan=rule_plan(), by=lead, now=NOW)

    assert (past.value.code, again.value.code) == ("rule_in_the_past", "rule_already_used")
    assert MoneyRule.objects.get() == paid_by


def test_a_rule_that_was_planned_and_is_not_used_yet_is_replaced(trust, lead):
    first = set_money_rule(organisation=trust, plan=rule_plan(), by=lead, now=NOW)
    mistyped = date(2072, 4, 1)
    set_money_rule(organisation=trust, plan=rule_plan(starts_on=mistyped), by=lead, now=NOW)

    meant = set_money_rule(
        organisation=trust, plan=rule_plan(starts_on=date(2027, 4, 1)), by=lead, now=NOW
    )

    assert list(MoneyRule.objects.order_by("starts_on")) == [first, meant]
    first.refresh_from_db()
    assert (first.ends_on, meant.ends_on) == (date(2027, 3, 31), None)
    assert Event.objects.order_by("pk").last().facts["replaced"] == ["2072-04-01"]


def test_who_sees_a_fund(trust, lead):
    holder, person = employ(organisation=trust), employ(organisation=trust)
    budget = FundFactory(organisation=trust, holder=holder)
    allowance = FundFactory(organisation=trust, kind="STUDY_LEAVE", person=person)
    board = OrganisationFactory(kind="ICB")
    place_below(trust, board)

    def seen(actor):
        return list(Fund.objects.visible_to(actor, on=TODAY).order_by("pk"))

    assert seen(lead) == [budget, allowance]
    assert seen(grant(PersonFactory(), "AUDITOR", board)) == [budget, allowance]
    assert seen(holder) == [budget]
    holder.assignments.update(ends_on=TODAY - timedelta(days=1))
    assert seen(Person.objects.get(pk=holder.pk)) == []
    assert seen(person) == [allowance]
    assert seen(employ(organisation=trust)) == []
    assert seen(grant(employ(organisation=trust), "HR_ADMINISTRATOR", trust)) == []
    assert seen(learning_lead_of(OrganisationFactory())) == []
