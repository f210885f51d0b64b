"""Two places at one hour are given at one moment, in real threads, and only one is."""

from contextlib import suppress
from threading import Barrier, BrokenBarrierError, Event

import pytest
from django.db import transaction

from common.errors import Conflict
from courses.models import Enrolment
from courses.services import clashes
from courses.services.enrolment import approve, withdraw
from tests.courses.test_overbooking import at_once
from tests.factories.approvals import around
from tests.factories.clock import NOW
from tests.factories.courses import SessionFactory, queued, seated

pytestmark = pytest.mark.django_db(transaction=True)

# Longer than two threads need to come so far, and to no purpose where one waits for the other.
A_WHILE = 2


def _nobody(_person_ids):
    """The control: nobody waits for anybody."""


@pytest.mark.parametrize(
    ("hold_people", "came_to"),
    [(clashes.hold_people, ["CONFIRMED", "clash"]), (_nobody, ["CONFIRMED", "CONFIRMED"])],
)
def test_two_requests_for_one_hour_approved_at_one_moment(monkeypatch, hold_people, came_to):
    team = around()
    also = SessionFactory(offering__host=team.trust)
    requests = [team.asks(), team.asks(session=also)]
    both_have_looked, look = Barrier(2), clashes.clash_of

    def look_and_wait(*given, **named):
        seen = look(*given, **named)
        with suppress(BrokenBarrierError):
            both_have_looked.wait(timeout=A_WHILE)
        return seen

    def decide(request):
        try:
            return approve(enrolment=request, by=team.manager, now=NOW).state
        except Conflict as refusal:
            return refusal.code

    monkeypatch.setattr(clashes, "hold_people", hold_people)
    monkeypatch.setattr(clashes, "clash_of", look_and_wait)
    answers = at_once(decide, requests)

    assert sorted(answers) == came_to
    confirmed = Enrolment.objects.filter(state="CONFIRMED")
    assert confirmed.count() == answers.count("CONFIRMED")


def test_who_may_be_getting_a_place_elsewhere_is_asked_and_waited_for_by_nobody():
    session = SessionFactory(capacity=1)
    leaving, waits = seated(session, 1), queued(session)
    is_held, is_done = Event(), Event()

    def act(way):
        if way == "elsewhere":
            with transaction.atomic():
                clashes.hold_people([waits.person_id])
                is_held.set()
                is_done.wait(timeout=60)
        else:
            is_held.wait(timeout=60)
            withdraw(enrolment=leaving, by=leaving.person, now=NOW)
            is_done.set()

    at_once(act, ["elsewhere", "here"])

    waits.refresh_from_db()
    assert waits.state == "OFFERED"
