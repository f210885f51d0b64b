"""Whoever needs several sessions and funds takes them in one order, so that nobody waits for
somebody who waits for them. Real threads; what each does first is given by the test."""

from threading import Event as Signal

import pytest
from django.db import transaction

from courses.models import Enrolment, Fund
from courses.services import deciding_together, funding, sessions
from courses.services.deciding_together import decide_together
from courses.services.enrolment import approve, enrol
from courses.services.moves import move
from courses.services.sessions import cancel_session
from tests.courses.test_overbooking import at_once
from tests.factories.accounts import employ
from tests.factories.clock import NOW
from tests.factories.courses import STARTS, colleague_of, entitle, host_of
from tests.factories.money import (
    PRICE,
    FundFactory,
    MoneyRuleFactory,
    learning_lead_of,
    priced_session,
)

pytestmark = pytest.mark.django_db(transaction=True)

# Longer than the database takes to find a deadlock, and to no purpose where there is none.
A_WHILE = 2


def test_deciding_together_waits_for_no_session_while_it_holds_money(monkeypatch):
    first = priced_session()
    trust = host_of(first)
    later = STARTS.replace(day=21)
    second = priced_session(offering=first.offering, starts_at=later)
    MoneyRuleFactory(organisation=trust)
    FundFactory(organisation=trust)
    manager = employ(organisation=trust)
    both, alone = (employ(organisation=trust, manager=manager) for _ in range(2))
    ask = [enrol(session=one, person=both, by=both, now=NOW) for one in (first, second)]
    other = enrol(session=second, person=alone, by=alone, now=NOW)
    has_money, has_session = Signal(), Signal()

    def approve_and_look_round(**given):
        done = approve(**given)
        has_money.set()
        has_session.wait(timeout=A_WHILE)
        return done

    def act(way):
        if way == "together":
            # As every request is: one transaction.
            with transaction.atomic():
                decide_together(enrolments=ask, because=None, by=manager, now=NOW)
        else:
            has_money.wait(timeout=60)
            with transaction.atomic():
                type(second).objects.select_for_update(of=("self",)).get(pk=second.pk)
                has_session.set()
                approve(enrolment=other, by=manager, now=NOW)

    monkeypatch.setattr(deciding_together, "approve", approve_and_look_round)
    at_once(act, ["together", "alone"])

    assert set(Enrolment.objects.values_list("state", flat=True)) == {"CONFIRMED"}
    assert Fund.objects.get().reserved_pence == 3 * PRICE


def test_moving_locks_the_fund_that_pays_and_those_that_could_in_one_order(monkeypatch):
    before = priced_session()
    trust = host_of(before)
    after = priced_session(offering=before.offering, starts_at=STARTS.replace(day=21))
    MoneyRuleFactory(organisation=trust)
    low = FundFactory(organisation=trust, amount_pence=1)
    high = FundFactory(organisation=trust)
    person = colleague_of(before)
    entitle(person, before.offering.programme)
    place = enrol(session=before, person=person, by=person, now=NOW)
    holds_high, holds_low = Signal(), Signal()
    reserve_in_order = funding._reserve

    def look_round_and_reserve(*given, **named):
        holds_high.set()
        holds_low.wait(timeout=A_WHILE)
        return reserve_in_order(*given, **named)

    def act(way):
        if way == "move":
            move(enrolment=place, session=after, by=person, now=NOW)
        else:
            holds_high.wait(timeout=60)
            with transaction.atomic():
                Fund.objects.select_for_update().get(pk=low.pk)
                holds_low.set()
                Fund.objects.select_for_update().get(pk=high.pk)

    monkeypatch.setattr(funding, "_reserve", look_round_and_reserve)
    at_once(act, ["move", "enrol"])

    assert Enrolment.objects.get(session=after).state == "CONFIRMED"
    high.refresh_from_db()
    assert high.reserved_pence == PRICE


def test_cancelling_locks_the_funds_of_before_and_of_what_is_offered_in_one_order(monkeypatch):
    before = priced_session()
    trust = host_of(before)
    after = priced_session(offering=before.offering, starts_at=STARTS.replace(day=21))
    lead = learning_lead_of(trust)
    MoneyRuleFactory(organisation=trust)
    low = FundFactory(organisation=trust, amount_pence=1)
    high = FundFactory(organisation=trust)
    person = colleague_of(before)
    entitle(person, before.offering.programme)
    enrol(session=before, person=person, by=person, now=NOW)
    has_settled, holds_low = Signal(), Signal()
    offer_in_order = sessions.offer_elsewhere

    def look_round_and_offer(*given, **named):
        has_settled.set()
        holds_low.wait(timeout=A_WHILE)
        return offer_in_order(*given, **named)

    def act(way):
        if way == "cancel":
            with transaction.atomic():
                cancel_session(session=before, by=lead, now=NOW)
        else:
            has_settled.wait(timeout=60)
            with transaction.atomic():
                Fund.objects.select_for_update().get(pk=low.pk)
                holds_low.set()
                Fund.objects.select_for_update().get(pk=high.pk)

    monkeypatch.setattr(sessions, "offer_elsewhere", look_round_and_offer)
    at_once(act, ["cancel", "enrol"])

    assert Enrolment.objects.get(session=after).state == "OFFERED"
    high.refresh_from_db()
    assert high.reserved_pence == PRICE
