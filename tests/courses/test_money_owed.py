"""A register can always be put right; what the fund has given away meanwhile it owes."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Event
from courses.models import Commitment, Fund, MeetingMark
from courses.selectors.funding import funds_that_do_not_balance
from courses.services.attendance import record_attendance
from courses.services.consequences import given_up, granted
from courses.services.enrolment import enrol
from courses.services.funds import change_budget
from courses.services.registers import Marked, keep_register
from notifications.models import Notice
from notifications.registry import WORDINGS
from tests.api_client import hr_system
from tests.factories.accounts import employ
from tests.factories.clock import NOW
from tests.factories.courses import STARTS, colleague_of, entitle, host_of, queued
from tests.factories.money import (
    PRICE,
    FundFactory,
    MoneyRuleFactory,
    learning_lead_of,
    priced_session,
)

pytestmark = pytest.mark.django_db

AFTER = STARTS + timedelta(days=1)


@pytest.fixture
def session():
    return priced_session()


@pytest.fixture
def lead(session):
    return learning_lead_of(host_of(session))


@pytest.fixture
def rule(session):
    return MoneyRuleFactory(organisation=host_of(session), missed_percent=25)


@pytest.fixture
def fund(session, rule):
    return FundFactory(organisation=host_of(session), title="Ward budget", amount_pence=2 * PRICE)


def taken(session):
    person = colleague_of(session)
    entitle(person, session.offering.programme)
    return enrol(session=session, person=person, by=person, now=NOW)


def closed(session, *, came, lead):
    record_attendance(session=session, attended={row.pk for row in came}, by=lead, now=STARTS)


def put_right(session, place, mark, *, lead, now=AFTER):
    """Mark one person at the only meeting of the session, as the register has it."""
    known = MeetingMark.objects.filter(enrolment=place).first()
    marked = Marked(mark, seen=known.version if known else 0)
    keep_register(
        session=session, begins_at=session.starts_at, marks={place.pk: marked}, by=lead, now=now
    )
    place.refresh_from_db()
    return place.state


def commits(fund, pence, session):
    """Somebody else's place takes ``pence`` of what ``fund`` has left."""
    wish = queued(session, person=colleague_of(session), price_pence=pence)
    granted([wish], by=wish.person, now=NOW)
    return Commitment.objects.get(enrolment=wish)


def told(fund):
    fund.refresh_from_db()
    return fund.reserved_pence, fund.spent_pence, fund.left


def owed(place):
    row = Commitment.objects.get(enrolment=place)
    return row.state, row.spent_pence, row.owed_pence


@pytest.fixture
def missed(session, fund, lead):
    """Two places that nobody came to; then somebody else's wish took most of what was released."""
    first, second = taken(session), taken(session)
    closed(session, came=[], lead=lead)
    commits(fund, PRICE, priced_session(offering=session.offering))
    return first, second


def test_who_was_there_is_recorded_although_the_fund_has_given_the_money_away(
    session, fund, lead, missed
):
    assert told(fund) == (PRICE, PRICE // 2, PRICE // 2)

    assert put_right(session, missed[0], "PRESENT", lead=lead) == "ATTENDED"

    assert owed(missed[0]) == ("OWED", PRICE // 4, PRICE * 3 // 4)
    assert told(fund) == (PRICE, PRICE // 2, PRICE // 2)
    assert funds_that_do_not_balance() == []
    event = Event.objects.filter(verb="settle_money").latest("pk")
    assert (event.facts["state"], event.facts["owed"]) == ("OWED", PRICE * 3 // 4)
    notice = Notice.objects.get(rule="courses.money_owed")
    assert notice.recipient == lead
    assert WORDINGS[notice.rule](notice.facts) == (
        "A register was put right, and Ward budget owes £900 for a place that was used. It has"
        " £600 left. Have its budget raised, so that it is paid."
    )


def test_who_holds_the_budget_is_told_instead_of_the_leads(session, fund, lead, missed):
    fund.holder = employ(organisation=fund.organisation)
    fund.save(update_fields=["holder"])

    put_right(session, missed[0], "PRESENT", lead=lead)

    assert Notice.objects.get(rule="courses.money_owed").recipient == fund.holder


def test_a_budget_that_is_raised_pays_what_was_owed_first_as_far_as_it_goes(
    session, fund, lead, missed
):
    for place in missed:
        put_right(session, place, "PRESENT", lead=lead)

    change_budget(fund=fund, amount_pence=fund.amount_pence + PRICE // 4, by=lead, now=AFTER)

    assert owed(missed[0]) == ("SPENT", PRICE, 0)
    assert owed(missed[1]) == ("OWED", PRICE // 4, PRICE * 3 // 4)
    assert told(fund) == (PRICE, PRICE + PRICE // 4, 0)

    change_budget(fund=fund, amount_pence=3 * PRICE, by=lead, now=AFTER)

    assert owed(missed[1]) == ("SPENT", PRICE, 0)
    assert told(fund) == (PRICE, 2 * PRICE, 0)
    assert funds_that_do_not_balance() == []


def test_money_that_is_released_pays_what_is_owed(session, fund, lead, missed):
    put_right(session, missed[0], "PRESENT", lead=lead)
    other = Commitment.objects.get(state="RESERVED").enrolment
    other.state, other.ended_at = "WITHDRAWN", AFTER
    other.save()
    given_up([other], by=other.person, now=AFTER)

    assert owed(missed[0]) == ("SPENT", PRICE, 0)
    assert told(fund) == (0, PRICE + PRICE // 4, PRICE * 3 // 4)


def test_what_one_gives_back_pays_for_the_other_in_the_same_register(session, lead):
    MoneyRuleFactory(organisation=host_of(session))
    fund = FundFactory(organisation=host_of(session), amount_pence=2 * PRICE)
    came, missed = taken(session), taken(session)
    closed(session, came=[came], lead=lead)
    commits(fund, PRICE, priced_session(offering=session.offering))
    marks = {
        came.pk: Marked("ABSENT", seen=0),
        missed.pk: Marked("PRESENT", seen=0),
    }

    keep_register(session=session, begins_at=session.starts_at, marks=marks, by=lead, now=AFTER)

    assert (owed(came), owed(missed)) == (("RELEASED", 0, 0), ("SPENT", PRICE, 0))
    assert told(fund) == (PRICE, PRICE, 0)
    assert not Notice.objects.filter(rule="courses.money_owed").exists()


def test_what_is_owed_ends_when_the_register_is_put_right_again(session, fund, lead, missed):
    put_right(session, missed[0], "PRESENT", lead=lead)

    assert put_right(session, missed[0], "ABSENT", lead=lead) == "ABSENT"

    assert owed(missed[0]) == ("SPENT", PRICE // 4, 0)
    assert told(fund) == (PRICE, PRICE // 2, PRICE // 2)


def test_what_was_released_whole_is_owed_whole(session, fund, rule, lead):
    rule.missed_percent = 0
    rule.save()
    place = taken(session)
    closed(session, came=[], lead=lead)
    commits(fund, 2 * PRICE, priced_session(offering=session.offering))

    put_right(session, place, "PRESENT", lead=lead)

    assert owed(place) == ("OWED", 0, PRICE)
    assert told(fund) == (2 * PRICE, 0, 0)


def test_two_on_one_register_do_not_both_spend_what_is_enough_for_one(session, fund, rule, lead):
    rule.missed_percent = 0
    rule.save()
    places = [taken(session), taken(session)]
    closed(session, came=[], lead=lead)
    commits(fund, PRICE, priced_session(offering=session.offering))
    marks = {row.pk: Marked("PRESENT", seen=0) for row in places}

    keep_register(session=session, begins_at=session.starts_at, marks=marks, by=lead, now=AFTER)

    assert [owed(row)[0] for row in places] == ["SPENT", "OWED"]
    assert told(fund) == (PRICE, PRICE, 0)


@pytest.mark.usefixtures("clock")
def test_the_pages_the_file_and_programs_say_what_is_owed(client, session, fund, lead, missed):
    client.force_login(lead)
    address = reverse("courses:fund_show", args=[fund.pk])
    before = client.get(address).content.decode()

    put_right(session, missed[0], "PRESENT", lead=lead)
    page = " ".join(client.get(address).content.decode().split())
    listed = " ".join(client.get(reverse("courses:fund_list")).content.decode().split())
    file = client.get(address, {"format": "csv"}).content.decode()
    told = hr_system(host_of(session), scopes=["funds:read"]).get("/api/v1/funds/").json()

    assert "Owed" not in before
    assert "The fund owes £900: registers were put right" in page
    assert "Owed: the fund has too little left (£900)" in page
    assert "and owes £900" in listed
    assert "900.0,Owed: the fund has too little left" in file
    assert [one["owed_pence"] for one in told["results"]] == [PRICE * 3 // 4]


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "OWED", "owed_pence": 0},
        {"state": "OWED", "owed_pence": PRICE},
        {"state": "SPENT", "owed_pence": 1},
    ],
)
def test_the_database_refuses_what_is_owed_beyond_the_price_or_without_owing(
    session, fund, lead, missed, wrong
):
    rows = Commitment.objects.filter(enrolment=missed[0])

    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(**wrong)

    assert Fund.objects.get(pk=fund.pk).spent_pence == PRICE // 2


def test_what_somebody_who_moves_leaves_pays_what_is_owed(session, fund, rule, lead, missed):
    other = FundFactory(
        organisation=host_of(session), kind="STUDY_LEAVE", person=colleague_of(session)
    )
    mover, after = (
        other.person,
        priced_session(offering=session.offering, starts_at=STARTS + timedelta(days=7)),
    )
    change_budget(fund=fund, amount_pence=fund.amount_pence + PRICE // 2, by=lead, now=NOW)
    place = commits(fund, PRICE, priced_session(offering=session.offering)).enrolment
    put_right(session, missed[0], "PRESENT", lead=lead)
    assert owed(missed[0])[0] == "OWED"
    wish = queued(after, person=mover, price_pence=PRICE, moved_from=place)

    granted([wish], by=mover, now=NOW)

    assert Commitment.objects.get(enrolment=wish).fund == other
    assert owed(missed[0]) == ("SPENT", PRICE, 0)
