"""Money is reserved when a wish is granted, charged or released at its end, never overspent."""

from datetime import date, timedelta

import pytest

from accounts.models import Event
from common.errors import Conflict
from courses.models import Commitment, Enrolment, RoleProgramme
from courses.selectors.funding import funds_that_do_not_balance
from courses.services.attendance import record_attendance
from courses.services.consequences import given_up, granted
from courses.services.enrolment import approve, enrol, withdraw
from courses.services.sessions import cancel_session
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ, place_below
from tests.factories.clock import NOW
from tests.factories.courses import STARTS, colleague_of, entitle, host_of, queued, seated
from tests.factories.money import (
    PRICE,
    FundFactory,
    MoneyRuleFactory,
    learning_lead_of,
    priced_session,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return priced_session()


@pytest.fixture
def rule(session):
    return MoneyRuleFactory(
        organisation=host_of(session), missed_percent=100, late_percent=50, late_days=7
    )


@pytest.fixture
def fund(session, rule):
    return FundFactory(organisation=host_of(session))


def entitled(session):
    person = colleague_of(session)
    entitle(person, session.offering.programme)
    return person


def taken(session, *, now=NOW):
    person = entitled(session)
    return enrol(session=session, person=person, by=person, now=now)


def totals(fund):
    fund.refresh_from_db()
    return fund.reserved_pence, fund.spent_pence


def test_a_place_that_is_granted_reserves_its_price_and_says_why_there(session, fund, rule):
    enrolment = taken(session)

    held = Commitment.objects.get()
    assert (held.enrolment, held.fund, held.rule) == (enrolment, fund, rule)
    assert (held.pence, held.state, held.passed_over) == (PRICE, "RESERVED", [])
    assert totals(fund) == (PRICE, 0)
    event = Event.objects.get(verb="reserve_money")
    assert event.facts == {
        "fund": fund.pk,
        "enrolment": enrolment.pk,
        "pence": PRICE,
        "state": "RESERVED",
    }
    assert event.subject_id == enrolment.person_id


def test_a_turn_on_the_waiting_list_has_its_money_already(fund, session):
    session.capacity = 1
    session.save()
    seated(session, 1)

    enrolment = taken(session)

    assert enrolment.state == "WAITING"
    assert totals(fund) == (PRICE, 0)


def test_a_request_reserves_nothing_until_it_is_approved(session, fund):
    manager = PersonFactory()
    person = colleague_of(session, manager=manager)
    enrolment = enrol(session=session, person=person, by=person, now=NOW)
    assert totals(fund) == (0, 0)

    approve(enrolment=enrolment, by=manager, now=NOW)

    assert totals(fund) == (PRICE, 0)


def test_without_a_rule_or_a_price_no_fund_is_needed(session):
    assert taken(session).state == "CONFIRMED"
    MoneyRuleFactory(organisation=host_of(session))
    free = priced_session(offering__price_pence=0, offering__host=host_of(session))
    assert taken(free).state == "CONFIRMED"

    assert Commitment.objects.count() == 0


def test_a_rule_without_funds_lets_places_be_given_without(session):
    MoneyRuleFactory(organisation=host_of(session), kinds=[])

    assert taken(session).state == "CONFIRMED"


def test_what_is_left_too_little_is_refused_at_asking_with_whom_to_ask(session, fund):
    fund.amount_pence = PRICE - 1
    ines = PersonFactory(given_name="Ines", family_name="Okoro")
    fund.holder = employ(person=ines, organisation=fund.organisation)
    fund.title = "Training budget"
    fund.save()
    person = colleague_of(session)

    with pytest.raises(Conflict) as refusal:
        enrol(session=session, person=person, by=person, now=NOW)

    assert refusal.value.code == "no_budget"
    assert refusal.value.message == (
        "There is no money for this place, which costs £1,200. Nothing was changed. "
        "Training budget has £1,199.99 left. Ask Ines Okoro, who holds this budget."
    )
    assert not Enrolment.objects.exists()


def test_whoever_is_named_holds_the_fund_that_is_shown(session, fund):
    fund.amount_pence = 0
    fund.save()
    holder = employ(organisation=fund.organisation)
    held = FundFactory(
        organisation=fund.organisation, kind="CENTRAL", amount_pence=1, holder=holder
    )
    person = colleague_of(session)

    with pytest.raises(Conflict) as refusal:
        enrol(session=session, person=person, by=person, now=NOW)

    assert (refusal.value.holder, refusal.value.fund) == (holder, held)


def test_money_that_went_meanwhile_refuses_the_approval_and_changes_nothing(session, fund):
    manager = PersonFactory()
    person = colleague_of(session, manager=manager)
    enrolment = enrol(session=session, person=person, by=person, now=NOW)
    fund.amount_pence = 0
    fund.save()

    with pytest.raises(Conflict) as refusal:
        approve(enrolment=enrolment, by=manager, now=NOW)

    enrolment.refresh_from_db()
    assert (refusal.value.code, enrolment.state) == ("no_budget", "REQUESTED")
    assert totals(fund) == (0, 0)


def test_where_the_rule_says_so_a_place_goes_ahead_without_a_fund(session, fund, rule):
    rule.when_short = "GO_AHEAD"
    rule.save()
    fund.amount_pence = 0
    fund.save()

    assert taken(session).state == "CONFIRMED"
    assert Commitment.objects.count() == 0


def test_the_allowance_of_the_person_goes_first_and_what_was_too_little_is_kept(session, fund):
    person = colleague_of(session)
    role = entitle(person, session.offering.programme)
    own = {"kind": "STUDY_LEAVE", "organisation": host_of(session)}
    allowance = FundFactory(person=person, **own)
    FundFactory(person=PersonFactory(), **own)
    enrol(session=session, person=person, by=person, now=NOW)
    assert Commitment.objects.get().fund == allowance
    other = priced_session(
        offering__host=host_of(session),
        offering__price_pence=10 * PRICE,
        starts_at=STARTS + timedelta(days=1),
    )
    RoleProgramme.objects.create(role_profile=role, programme=other.offering.programme)

    enrol(session=other, person=person, by=person, now=NOW)

    second = Commitment.objects.latest("pk")
    assert second.fund == fund
    assert second.passed_over == [{"fund": allowance.pk, "left": 9 * PRICE}]


def test_the_levy_pays_for_the_programmes_it_is_kept_for_alone(session, fund, rule):
    levy = FundFactory(organisation=host_of(session), kind="LEVY")
    taken(session)
    assert Commitment.objects.get().fund == fund

    levy.programmes.add(session.offering.programme)
    taken(session)

    assert Commitment.objects.latest("pk").fund == levy


def test_central_funding_pays_for_organisations_below_and_for_nobody_beside(session, rule):
    board = OrganisationFactory(kind="ICB")
    elsewhere = FundFactory(organisation=board, kind="CENTRAL")
    FundFactory(organisation=board, kind="TRAINING")
    person = entitled(session)
    with pytest.raises(Conflict, match="No fund pays for it on 14 January 2027"):
        enrol(session=session, person=person, by=person, now=NOW)
    place_below(host_of(session), board)

    enrol(session=session, person=person, by=person, now=NOW)

    assert Commitment.objects.get().fund == elsewhere


def test_a_fund_of_another_year_or_organisation_pays_nothing(session, rule):
    FundFactory(organisation=host_of(session), ends_on=date(2027, 1, 13))
    FundFactory()
    person = colleague_of(session)

    with pytest.raises(Conflict) as refusal:
        enrol(session=session, person=person, by=person, now=NOW)

    assert refusal.value.code == "no_budget"


@pytest.mark.parametrize(
    ("before", "state", "charged"),
    [
        (timedelta(days=8), "RELEASED", 0),
        (timedelta(days=7), "RELEASED", 0),
        (timedelta(days=7) - timedelta(minutes=1), "SPENT", PRICE // 2),
    ],
)
def test_giving_up_releases_what_is_not_charged_for_being_late(
    session, fund, before, state, charged
):
    enrolment = taken(session)

    withdraw(enrolment=enrolment, by=enrolment.person, now=STARTS - before)

    assert Commitment.objects.get().state == state
    assert totals(fund) == (0, charged)


def test_giving_up_a_turn_is_never_late(session, fund):
    session.capacity = 1
    session.save()
    seated(session, 1)
    enrolment = taken(session)

    withdraw(enrolment=enrolment, by=enrolment.person, now=STARTS - timedelta(hours=1))

    assert totals(fund) == (0, 0)


def test_a_session_that_is_cancelled_costs_nothing(session, fund):
    taken(session)

    cancel_session(session=session, by=learning_lead_of(host_of(session)), now=NOW)

    assert totals(fund) == (0, 0)
    assert Commitment.objects.get().state == "RELEASED"


def test_the_register_spends_what_was_used_and_the_stated_part_of_what_was_missed(
    session, fund, rule
):
    rule.missed_percent = 25
    rule.save()
    came, missed = taken(session), taken(session)
    lead = learning_lead_of(host_of(session))

    record_attendance(session=session, attended={came.pk}, by=lead, now=STARTS)

    spent = dict(Commitment.objects.values_list("enrolment", "spent_pence"))
    assert spent == {came.pk: PRICE, missed.pk: PRICE // 4}
    assert totals(fund) == (0, PRICE + PRICE // 4)
    assert funds_that_do_not_balance() == []


def test_half_a_penny_is_rounded_up(session, rule):
    session.offering.price_pence = 101
    session.offering.save()
    fund = FundFactory(organisation=host_of(session))
    enrolment = taken(session)

    withdraw(enrolment=enrolment, by=enrolment.person, now=STARTS - timedelta(days=1))

    assert totals(fund) == (0, 51)


def test_another_rule_from_the_day_of_the_session_on_is_the_one_that_charges(session, fund, rule):
    rule.ends_on = date(2027, 1, 13)
    rule.save()
    MoneyRuleFactory(organisation=host_of(session), starts_on=date(2027, 1, 14))
    enrolment = taken(session)

    withdraw(enrolment=enrolment, by=enrolment.person, now=STARTS - timedelta(days=1))

    assert totals(fund) == (0, 0)


def test_moving_up_reserves_nothing_twice(session, fund):
    session.capacity = 1
    session.save()
    first = seated(session, 1, person=colleague_of(session))
    waits = taken(session)

    withdraw(enrolment=first, by=first.person, now=NOW)

    waits.refresh_from_db()
    assert waits.state == "CONFIRMED"
    assert totals(fund) == (PRICE, 0)


def test_somebody_from_elsewhere_is_paid_for_by_their_own_organisation(session, rule, fund):
    theirs = OrganisationFactory()
    MoneyRuleFactory(organisation=theirs)
    other = FundFactory(organisation=theirs)
    enrolment = queued(session, organisation=theirs, price_pence=PRICE)

    granted([enrolment], by=enrolment.person, now=NOW)
    granted([enrolment], by=enrolment.person, now=NOW)

    assert (totals(fund), totals(other)) == ((0, 0), (PRICE, 0))


def test_moving_to_another_session_needs_no_second_budget(session, fund):
    fund.amount_pence = PRICE
    fund.save()
    first = taken(session)
    later = priced_session(offering=session.offering, starts_at=STARTS + timedelta(days=7))
    second = queued(later, person=first.person, price_pence=PRICE, moved_from=first)

    granted([second], by=first.person, now=NOW)
    first.state, first.seat, first.ended_at = "MOVED", None, NOW
    first.save()
    given_up([first], by=first.person, now=NOW)

    assert totals(fund) == (PRICE, 0)
    assert list(Commitment.objects.order_by("pk").values_list("state", flat=True)) == [
        "RELEASED",
        "RESERVED",
    ]
