"""Places that are offered to whoever waits first: who may answer, until when, and who is next."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Event
from common.errors import Conflict, Forbidden
from courses.models import Enrolment
from courses.needs_sessions import offers
from courses.services.enrolment import withdraw
from courses.services.offers import accept_offer, decline_offer, lapse_offers
from courses.services.sessions import change_capacity
from courses.tasks import lapse_offers_that_are_over
from jobs.models import OutboxMessage
from notifications.models import Notice
from notifications.registry import WORDINGS
from tests.api_client import hr_system
from tests.factories.accounts import OrganisationFactory, PersonFactory, grant
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import (
    STARTS,
    EnrolmentFactory,
    SessionFactory,
    colleague_of,
    host_of,
    queued,
    seated,
)

pytestmark = pytest.mark.django_db

ENDS = NOW + timedelta(hours=48)


@pytest.fixture
def session():
    return SessionFactory(capacity=1, offering__offer_hours=48)


def waiting(session, minutes=0):
    return queued(session, person=colleague_of(session), minutes=minutes)


def offered(session, **fields):
    """Somebody who waited and is offered the first place."""
    values = {"state": "OFFERED", "seat": 1, "queued_at": NOW, "offer_ends_at": ENDS} | fields
    return EnrolmentFactory(session=session, person=colleague_of(session), **values)


def state_of(enrolment):
    enrolment.refresh_from_db()
    return enrolment.state


def test_a_place_given_up_is_offered_to_whoever_waited_longest_and_held_for_them(session):
    leaving = seated(session, 1, person=colleague_of(session))
    second, first = waiting(session, minutes=5), waiting(session)

    withdraw(enrolment=leaving, by=leaving.person, now=NOW)

    first.refresh_from_db()
    assert (first.state, first.seat, first.offer_ends_at) == ("OFFERED", 1, ENDS)
    assert first.confirmed_at is None
    assert state_of(second) == "WAITING"
    notice = Notice.objects.get(recipient=first.person)
    assert (notice.rule, notice.url) == (
        "courses.place_offered",
        reverse("courses:offer_answer", args=[first.pk]),
    )
    assert "if you accept it before 22 November 2026 at 9am" in WORDINGS[notice.rule](notice.facts)
    assert OutboxMessage.objects.filter(key=f"alert:{notice.pk}").exists()
    assert Event.objects.get(verb="offer").subject == first.person


def test_an_offer_never_outlasts_the_moment_at_which_places_settle(session):
    leaving, first = seated(session, 1, person=colleague_of(session)), waiting(session)

    withdraw(enrolment=leaving, by=leaving.person, now=STARTS - timedelta(hours=3))

    first.refresh_from_db()
    assert first.offer_ends_at == STARTS


def test_more_places_offer_only_what_is_approved_and_in_order(session):
    lead = grant(PersonFactory(), "LEARNING_LEAD", host_of(session))
    seated(session, 1)
    unapproved = EnrolmentFactory(session=session, requested_at=NOW - timedelta(days=9))
    third, first, second = (waiting(session, minutes=number) for number in (3, 1, 2))

    change_capacity(session=session, capacity=3, by=lead, now=NOW)

    assert [state_of(row) for row in (first, second, third)] == ["OFFERED", "OFFERED", "WAITING"]
    assert state_of(unapproved) == "REQUESTED"


def test_who_accepts_has_the_place(session):
    mine = offered(session)

    accept_offer(enrolment=mine, by=mine.person, now=ENDS - timedelta(seconds=1))

    mine.refresh_from_db()
    assert (mine.state, mine.seat) == ("CONFIRMED", 1)
    assert mine.confirmed_at == ENDS - timedelta(seconds=1)
    assert set(Event.objects.values_list("verb", flat=True)) == {"accept_offer", "promise_time"}


def test_an_offer_cannot_be_accepted_once_it_is_over(session):
    mine = offered(session)

    with pytest.raises(Conflict) as refusal:
        accept_offer(enrolment=mine, by=mine.person, now=ENDS)

    assert refusal.value.code == "offer_over"
    assert "ended on 22 November 2026 at 9am" in refusal.value.message
    assert state_of(mine) == "OFFERED"


@pytest.mark.parametrize("answer", [accept_offer, decline_offer])
def test_nobody_answers_for_somebody_else(session, answer):
    mine = offered(session)
    lead = grant(PersonFactory(), "LEARNING_LEAD", host_of(session))

    with pytest.raises(Forbidden) as refusal:
        answer(enrolment=mine, by=lead, now=NOW)

    assert refusal.value.code == "may_not_answer"
    assert state_of(mine) == "OFFERED"


def test_what_is_declined_goes_to_whoever_waits_next(session):
    mine, following = offered(session), waiting(session, minutes=1)

    decline_offer(enrolment=mine, by=mine.person, now=NOW)

    mine.refresh_from_db()
    assert (mine.state, mine.seat, mine.ended_at) == ("DECLINED", None, NOW)
    assert state_of(following) == "OFFERED"


@pytest.mark.parametrize("answer", [accept_offer, decline_offer])
def test_what_was_not_offered_cannot_be_answered(session, answer):
    mine = waiting(session)

    with pytest.raises(Conflict) as refusal:
        answer(enrolment=mine, by=mine.person, now=NOW)

    assert refusal.value.code == "stale_state"


def test_offers_that_are_over_lapse_and_the_next_is_offered_once(session):
    late, following = offered(session), waiting(session, minutes=1)
    elsewhere = offered(SessionFactory(), offer_ends_at=ENDS + timedelta(seconds=1))

    lapsed = [lapse_offers(now=moment) for moment in (ENDS - timedelta(seconds=1), ENDS, ENDS)]

    assert lapsed == [0, 1, 0]
    late.refresh_from_db()
    assert (late.state, late.seat, late.ended_at) == ("LAPSED", None, ENDS)
    following.refresh_from_db()
    assert (following.state, following.offer_ends_at) == ("OFFERED", ENDS + timedelta(hours=48))
    assert state_of(elsewhere) == "OFFERED"
    assert Event.objects.filter(verb="lapse").count() == 1
    rules = Notice.objects.filter(recipient=late.person).values_list("rule", flat=True)
    assert list(rules) == ["courses.offer_lapsed"]


def test_the_sweep_finds_what_an_outage_left(session, clock):
    late = offered(session)
    clock.move_to(ENDS + timedelta(days=5))

    assert lapse_offers_that_are_over() == 1

    assert state_of(late) == "LAPSED"


def test_a_declined_or_lapsed_place_can_be_asked_for_again(session):
    mine = offered(session)
    decline_offer(enrolment=mine, by=mine.person, now=NOW)

    again = queued(session, person=mine.person)

    assert Enrolment.objects.filter(person=mine.person).count() == 2
    assert again.state == "WAITING"


def test_without_hours_to_answer_people_move_up_at_once():
    session = SessionFactory(capacity=1)
    leaving, first = seated(session, 1, person=colleague_of(session)), waiting(session)

    withdraw(enrolment=leaving, by=leaving.person, now=NOW)

    assert state_of(first) == "CONFIRMED"


def test_the_page_of_an_offer_says_until_when_and_takes_the_answer(client, clock, session):
    mine = offered(session)
    client.force_login(mine.person)
    address = reverse("courses:offer_answer", args=[mine.pk])

    shown = client.get(address).content.decode()
    empty = client.post(address, {})
    sent = client.post(address, {"answer": "ACCEPT"})

    assert "held for you until 22 November 2026 at 9am" in " ".join(shown.split())
    assert empty.status_code == 422
    assert "Select whether you want the place" in empty.content.decode()
    assert sent["Location"] == reverse("courses:session_show", args=[session.pk])
    assert state_of(mine) == "CONFIRMED"


def test_the_offer_of_somebody_else_is_not_there(client, clock, session):
    mine = offered(session)
    client.force_login(colleague_of(session))

    response = client.post(reverse("courses:offer_answer", args=[mine.pk]), {"answer": "ACCEPT"})

    assert response.status_code == 404
    assert state_of(mine) == "OFFERED"


def test_the_home_page_asks_for_an_answer(session):
    mine = offered(session)
    offered(SessionFactory())

    (need,) = offers(mine.person, TODAY)

    assert need.url == reverse("courses:offer_answer", args=[mine.pk])
    assert need.hint == "It is held for you until 22 November 2026 at 9am."


def test_a_program_answers_for_people_of_its_organisation_only(clock, session):
    mine = offered(session)
    address = f"/api/v1/enrolments/{mine.pk}/answer/"
    system, stranger = hr_system(host_of(session)), hr_system(OrganisationFactory())

    hidden = stranger.post(address, {"answer": "ACCEPT"})
    wrong = system.post(address, {"answer": "PERHAPS"})
    answered = system.post(address, {"answer": "ACCEPT"})

    assert (hidden.status_code, wrong.status_code) == (404, 400)
    assert answered.json()["state"] == "CONFIRMED"
    assert answered.json()["offer_ends_at"] == "2026-11-22T09:00:00Z"
