"""There is no money for a place: nothing is half done, the rest goes on, and people are told."""

from datetime import timedelta

import pytest

from common.errors import Conflict
from courses.models import Commitment, Contest, Enrolment
from courses.selectors.funding import funds_that_do_not_balance
from courses.services.deciding_together import decide_together
from courses.services.funds import change_budget
from courses.services.moves import move
from courses.services.refusals import answer_contest
from courses.services.sessions import cancel_session
from courses.services.silence import answer_for_the_silent
from courses.services.swaps import agree_to_swap
from notifications.models import Notice
from notifications.registry import WORDINGS
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ
from tests.factories.approvals import ContestFactory, around, working_days_later
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import STARTS, EnrolmentFactory, SessionFactory, colleague_of, host_of
from tests.factories.money import (
    PRICE,
    FundFactory,
    MoneyRuleFactory,
    learning_lead_of,
    priced_session,
)
from tests.factories.swaps import asked

pytestmark = pytest.mark.django_db

ONE_LATE = working_days_later(6)
TWICE_LATE = working_days_later(12)
# A session in the next financial year, for which another fund has to pay.
NEXT_YEAR = STARTS + timedelta(days=120)


@pytest.fixture
def team():
    """Somebody who asks for a place that their organisation pays for."""
    team = around(price_pence=PRICE)
    MoneyRuleFactory(organisation=team.trust)
    return team


@pytest.fixture
def fund(team):
    return FundFactory(organisation=team.trust, title="Ward budget", holder=team.deputy)


def is_spent_elsewhere(fund):
    fund.amount_pence = 0
    fund.save()


def told(person):
    rows = Notice.objects.filter(recipient=person).order_by("pk")
    return [(notice.rule, WORDINGS[notice.rule](notice.facts)) for notice in rows]


def rules_told(person):
    return [rule for rule, _words in told(person)]


# --- Silence


def test_silence_without_money_changes_nothing_and_tells_everybody_once(team, fund):
    request = team.asks()
    answer_for_the_silent(now=ONE_LATE)
    is_spent_elsewhere(fund)

    assert answer_for_the_silent(now=TWICE_LATE) == 0
    assert answer_for_the_silent(now=TWICE_LATE + timedelta(days=1)) == 0

    request.refresh_from_db()
    assert (request.state, request.seat, request.decided_by_rule) == ("REQUESTED", None, "")
    assert request.approvals.get().state == "ESCALATED"
    assert not Commitment.objects.exists()
    programme = team.session.offering.programme.title
    assert told(team.person)[-1] == (
        "courses.no_money_for_request",
        (
            f"Nobody answered about {programme} on 14 January 2027 in time, so it would be granted,"
            " but there is no money for your place. It is granted as soon as there is."
            f" Ask {team.deputy.full_name}, who holds the budget."
        ),
    )
    assert rules_told(team.person).count("courses.no_money_for_request") == 1
    assert rules_told(team.second) == ["courses.approval_passed_on", "courses.no_money_to_decide"]
    assert told(team.deputy)[-1] == (
        "courses.money_missing",
        (
            f"There is no money for the place of {team.person.full_name} on {programme} on"
            " 14 January 2027, which costs £1,200. Have a budget raised, or tell them that they"
            " cannot go."
        ),
    )


def test_silence_grants_once_there_is_money(team, fund):
    request = team.asks()
    answer_for_the_silent(now=ONE_LATE)
    is_spent_elsewhere(fund)
    answer_for_the_silent(now=TWICE_LATE)

    change_budget(fund=fund, amount_pence=PRICE, by=team.lead, now=TWICE_LATE)

    assert answer_for_the_silent(now=TWICE_LATE) == 1
    request.refresh_from_db()
    assert (request.state, request.decided_by_rule) == ("CONFIRMED", "SILENCE_GRANTS")


def test_silence_goes_on_with_the_next(team, fund):
    other = around()
    blocked, free = team.asks(), other.asks()
    answer_for_the_silent(now=ONE_LATE)
    is_spent_elsewhere(fund)

    assert answer_for_the_silent(now=TWICE_LATE) == 1

    blocked.refresh_from_db()
    free.refresh_from_db()
    assert (blocked.state, free.state) == ("REQUESTED", "CONFIRMED")


@pytest.mark.parametrize("has_left", [False, True])
def test_without_a_holder_the_learning_leads_are_told(team, fund, has_left):
    left = employ(organisation=team.trust, ends_on=TODAY - timedelta(days=1))
    fund.holder = left if has_left else None
    fund.save()
    team.asks()
    answer_for_the_silent(now=ONE_LATE)
    is_spent_elsewhere(fund)

    answer_for_the_silent(now=TWICE_LATE)

    assert "courses.money_missing" in rules_told(team.lead)
    assert told(team.person)[-1][1].endswith("Ask the learning lead of your organisation.")


# --- Decisions by people


def test_of_several_decided_together_those_with_money_go_on(team, fund):
    colleague = employ(organisation=team.trust, manager=team.manager)
    first = team.asks()
    second = EnrolmentFactory(session=team.session, person=colleague, price_pence=PRICE)
    fund.amount_pence = PRICE
    fund.save()

    outcomes = decide_together(enrolments=[first, second], because=None, by=team.manager, now=NOW)

    assert [row.refusal == "" for row in outcomes] == [True, False]
    assert "Ward budget has £0 left." in outcomes[1].refusal
    states = Enrolment.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["CONFIRMED", "REQUESTED"]
    assert Commitment.objects.get().enrolment == first


def test_a_contest_is_not_won_by_halves(team, fund):
    refused = team.is_refused()
    contest = ContestFactory(enrolment=refused)
    is_spent_elsewhere(fund)

    with pytest.raises(Conflict) as refusal:
        answer_contest(
            contest=contest, step="overturn", answer="It can be covered.", by=team.lead, now=NOW
        )

    assert refusal.value.code == "no_budget"
    assert Contest.objects.get().state == "OPEN"
    assert Enrolment.objects.get() == refused


# --- Moving, swapping, being offered another session


@pytest.fixture
def session():
    return priced_session()


@pytest.fixture
def later(session):
    return SessionFactory(offering=session.offering, starts_at=NEXT_YEAR)


def paid(session, seat, person, **fields):
    """A place that costs something and that was given while no fund was needed."""
    place = {"state": "CONFIRMED", "basis": "ENTITLEMENT", "seat": seat, "confirmed_at": NOW}
    return EnrolmentFactory(session=session, person=person, price_pence=PRICE, **place, **fields)


def year_after(organisation, **fields):
    days = {"starts_on": NEXT_YEAR.date().replace(month=4, day=1)}
    days["ends_on"] = days["starts_on"] + timedelta(days=364)
    return FundFactory(organisation=organisation, **days, **fields)


def test_a_move_into_a_year_without_money_is_refused_whole(session, later):
    MoneyRuleFactory(organisation=host_of(session))
    place = paid(session, 1, colleague_of(session))

    with pytest.raises(Conflict) as refusal:
        move(enrolment=place, session=later, by=place.person, now=NOW)

    assert refusal.value.code == "no_budget"
    place.refresh_from_db()
    assert (place.state, place.seat) == ("CONFIRMED", 1)
    assert not later.enrolments.exists()


def test_a_swap_that_the_asker_is_not_paid_for_says_so_and_not_what_their_funds_have(
    session, later
):
    theirs = OrganisationFactory()
    MoneyRuleFactory(organisation=theirs)
    year_after(theirs, title="Secret budget", amount_pence=1, holder=PersonFactory())
    mine = paid(session, 1, employ(organisation=theirs), organisation=theirs)
    other = paid(later, 1, colleague_of(session))
    swap = asked(mine, other)

    with pytest.raises(Conflict) as refusal:
        agree_to_swap(swap=swap, by=other.person, now=NOW)

    assert refusal.value.code == "no_budget"
    assert refusal.value.message == (
        f"There is no money for {mine.person.full_name} to go on your day, so you both keep your"
        f" places. Ask {mine.person.full_name} to speak to the learning lead of their organisation."
    )
    swap.refresh_from_db()
    states = Enrolment.objects.order_by("pk").values_list("state", flat=True)
    assert (swap.state, list(states)) == ("ASKED", ["CONFIRMED", "CONFIRMED"])


def test_a_swap_that_whoever_answers_is_not_paid_for_tells_them_all(session, later):
    MoneyRuleFactory(organisation=host_of(session))
    FundFactory(organisation=host_of(session), title="Own budget", amount_pence=1)
    mine = paid(session, 1, PersonFactory(), organisation=OrganisationFactory())
    other = paid(later, 1, colleague_of(session))
    swap = asked(mine, other)

    with pytest.raises(Conflict) as refusal:
        agree_to_swap(swap=swap, by=other.person, now=NOW)

    assert (refusal.value.code, "Own budget has" in refusal.value.message) == ("no_budget", True)


def test_a_session_is_cancelled_although_one_of_them_has_no_money_for_another(session, later):
    lead = learning_lead_of(host_of(session))
    poor, rich = OrganisationFactory(), OrganisationFactory()
    for organisation, pence in ((poor, PRICE - 1), (rich, PRICE)):
        MoneyRuleFactory(organisation=organisation)
        year_after(organisation, amount_pence=pence, title="Next year")
    holder = learning_lead_of(poor)
    first = paid(session, 1, employ(organisation=poor), organisation=poor)
    second = paid(session, 2, employ(organisation=rich), organisation=rich)

    cancel_session(session=session, by=lead, now=NOW)

    session.refresh_from_db()
    offer = Enrolment.objects.get(session=later)
    assert session.state == "CANCELLED"
    assert (offer.moved_from, offer.state, offer.seat) == (second, "OFFERED", 1)
    assert Commitment.objects.get().enrolment == offer
    assert funds_that_do_not_balance() == []
    assert rules_told(first.person) == ["courses.session_cancelled", "courses.no_money_instead"]
    assert rules_told(second.person) == ["courses.session_cancelled", "courses.offered_elsewhere"]
    assert rules_told(holder) == ["courses.money_missing"]


def test_who_is_paid_for_on_a_later_session_is_offered_that(session, later):
    lead = learning_lead_of(host_of(session))
    MoneyRuleFactory(organisation=host_of(session))
    year_after(host_of(session))
    sooner = SessionFactory(offering=session.offering, starts_at=STARTS + timedelta(days=7))
    place = paid(session, 1, colleague_of(session))

    cancel_session(session=session, by=lead, now=NOW)

    assert Enrolment.objects.get(moved_from=place).session == later
    assert not sooner.enrolments.exists()
    assert "courses.no_money_instead" not in rules_told(place.person)


def test_as_many_are_offered_places_as_the_money_is_enough_for(session, later):
    lead = learning_lead_of(host_of(session))
    MoneyRuleFactory(organisation=host_of(session))
    year_after(host_of(session), amount_pence=2 * PRICE)
    places = [paid(session, seat, colleague_of(session)) for seat in (1, 2, 3)]

    cancel_session(session=session, by=lead, now=NOW)

    offers = Enrolment.objects.filter(session=later).order_by("seat")
    assert [row.moved_from_id for row in offers] == [places[0].pk, places[1].pk]
    assert Commitment.objects.filter(state="RESERVED").count() == 2
    assert rules_told(places[2].person)[-1] == "courses.no_money_instead"
