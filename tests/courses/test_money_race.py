"""Twelve people on twelve sessions and money for three, with real threads; and what happens when
each guard is taken away.

Every session is another one, so that nobody queues at a session: only the fund is shared. The last
test is the negative control: without the lock and without the guards of the database the same
service promises the same money to everybody, so the first test can fail.
"""

from contextlib import contextmanager
from threading import Barrier

import pytest
from django.conf import settings
from django.db import IntegrityError, connection

from common.errors import Conflict
from courses.models import Commitment, Fund, FundQuerySet
from courses.selectors.funding import Purse, funds_that_do_not_balance
from courses.services.enrolment import enrol, withdraw
from courses.services.funds import change_budget
from tests.courses.test_overbooking import at_once
from tests.factories.clock import NOW
from tests.factories.courses import OfferingFactory, colleague_of, entitle
from tests.factories.money import (
    PRICE,
    FundFactory,
    MoneyRuleFactory,
    learning_lead_of,
    priced_session,
)
from tests.factories.pathways import follow
from tests.roles import as_owner

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE, MONEY_FOR = 12, 3


@pytest.fixture
def fund():
    offering = OfferingFactory(price_pence=PRICE)
    MoneyRuleFactory(organisation=offering.host)
    return FundFactory(organisation=offering.host, amount_pence=MONEY_FOR * PRICE)


@pytest.fixture
def wishes(fund):
    """A session and an entitled person for each."""
    offering = OfferingFactory(price_pence=PRICE, host=fund.organisation)
    sessions = [priced_session(offering=offering) for _ in range(PEOPLE)]
    first, *others = [colleague_of(session) for session in sessions]
    role = entitle(first, offering.programme)
    for person in others:
        follow(person, role)
    return list(zip(sessions, [first, *others], strict=True))


def asked(wish):
    """What somebody's wish comes to, or who refused it."""
    session, person = wish
    try:
        return enrol(session=session, person=person, by=person, now=NOW).state
    except Conflict as refusal:
        return refusal.code
    except IntegrityError:
        return "refused by the database"


def test_money_for_three_gives_three_places_and_nine_refusals(fund, wishes):
    states = at_once(asked, wishes)

    assert (states.count("CONFIRMED"), states.count("no_budget")) == (3, 9)
    fund.refresh_from_db()
    assert (fund.reserved_pence, fund.left) == (MONEY_FOR * PRICE, 0)
    assert funds_that_do_not_balance() == []


def test_asking_giving_up_and_changing_the_budget_at_once_leave_the_fund_balanced(fund, wishes):
    lead = learning_lead_of(fund.organisation)
    at_once(asked, wishes[:MONEY_FOR])
    leaving = [row.enrolment for row in Commitment.objects.select_related("enrolment__person")]

    def act(thing):
        if thing == "budget":
            return change_budget(fund=fund, amount_pence=5 * PRICE, by=lead, now=NOW)
        if thing in leaving:
            return withdraw(enrolment=thing, by=thing.person, now=NOW)
        return asked(thing)

    at_once(act, [*leaving, "budget", *wishes[MONEY_FOR:]])

    fund.refresh_from_db()
    assert fund.amount_pence == 5 * PRICE
    assert fund.reserved_pence <= fund.amount_pence
    assert funds_that_do_not_balance() == []


@pytest.fixture
def no_lock(monkeypatch):
    """Take the lock away, and let everybody choose before anybody commits."""
    chosen = Barrier(PEOPLE)
    choose = Purse.choose

    def choose_then_wait(self, wish):
        found = choose(self, wish)
        chosen.wait(timeout=60)
        return found

    monkeypatch.setattr(FundQuerySet, "select_for_update", lambda self, **options: self)
    monkeypatch.setattr(Purse, "choose", choose_then_wait)


@contextmanager
def without_guards():
    """A copy of the table of commitments without index, constraint or trigger, in a schema of its
    own, which every connection finds first."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA unguarded")
        cursor.execute(
            "CREATE TABLE unguarded.courses_commitment"
            " (LIKE public.courses_commitment INCLUDING DEFAULTS INCLUDING IDENTITY)"
        )
        role = connection.ops.quote_name(settings.APPLICATION_ROLE)
        cursor.execute(f"GRANT USAGE ON SCHEMA unguarded TO {role}")
        cursor.execute(f"GRANT ALL ON unguarded.courses_commitment TO {role}")
    try:
        yield
    finally:
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA unguarded CASCADE")


def test_without_the_lock_the_database_still_overspends_nothing(fund, wishes, no_lock):
    states = at_once(asked, wishes)

    assert states.count("CONFIRMED") == MONEY_FOR
    assert states.count("refused by the database") == PEOPLE - MONEY_FOR
    assert Fund.objects.get(pk=fund.pk).left == 0
    assert funds_that_do_not_balance() == []


def test_negative_control_without_lock_and_guards_the_service_overspends(fund, wishes, no_lock):
    def asked_without_guards(wish):
        with connection.cursor() as cursor:
            cursor.execute("SET search_path TO unguarded, public")
        return asked(wish)

    with without_guards():
        states = at_once(asked_without_guards, wishes)

    assert states.count("CONFIRMED") == PEOPLE > MONEY_FOR
