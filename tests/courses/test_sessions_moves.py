"""Moving to another session, and what becomes of people when theirs is cancelled."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Event
from common.errors import Conflict, Forbidden
from courses.models import Enrolment, Offering, Session
from courses.services.moves import move
from courses.services.offers import accept_offer
from courses.services.sessions import cancel_session
from notifications.models import Notice
from notifications.registry import WORDINGS
from tests.api_client import hr_system
from tests.factories.accounts import OrganisationFactory, PersonFactory, grant
from tests.factories.clock import NOW
from tests.factories.courses import (
    STARTS,
    EnrolmentFactory,
    SessionFactory,
    colleague_of,
    host_of,
    queued,
    seated,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

WEEK = timedelta(days=7)


@pytest.fixture
def session():
    return SessionFactory(capacity=1)


@pytest.fixture
def other(session):
    return SessionFactory(offering=session.offering, starts_at=STARTS + WEEK, capacity=2)


@pytest.fixture
def mine(session):
    return seated(session, 1, person=colleague_of(session))


@pytest.fixture
def lead(session):
    return grant(PersonFactory(), "LEARNING_LEAD", host_of(session))


def state_of(enrolment):
    enrolment.refresh_from_db()
    return enrolment.state


def refused(enrolment, session, *, by=None, now=NOW):
    before = list(Enrolment.objects.order_by("pk").values_list("pk", "state", "seat"))
    with pytest.raises((Conflict, Forbidden)) as refusal:
        move(enrolment=enrolment, session=session, by=by or enrolment.person, now=now)
    assert list(Enrolment.objects.order_by("pk").values_list("pk", "state", "seat")) == before
    return refusal.value.code


def test_who_moves_has_a_place_there_and_whoever_waited_here_moves_up(session, other, mine):
    waits = queued(session, person=colleague_of(session))

    going_on = move(enrolment=mine, session=other, by=mine.person, now=NOW)

    assert (going_on.session, going_on.state, going_on.seat) == (other, "CONFIRMED", 1)
    assert going_on.moved_from == mine
    mine.refresh_from_db()
    assert (mine.state, mine.seat, mine.ended_at) == ("MOVED", None, NOW)
    assert state_of(waits) == "CONFIRMED"
    moves = Event.objects.filter(verb__in=("move", "promote")).values_list("verb", "subject_id")
    assert sorted(moves) == [("move", mine.person_id), ("promote", waits.person_id)]
    told = Notice.objects.get(recipient=mine.person)
    assert WORDINGS[told.rule](told.facts).startswith("You have moved: your place is now on")


def test_what_was_approved_stays_approved_by_whom_and_when(session, other):
    manager = PersonFactory()
    approved = EnrolmentFactory(
        session=session,
        person=colleague_of(session),
        state="CONFIRMED",
        basis="APPROVAL",
        seat=1,
        reason="To lead",
        decided_at=NOW - WEEK,
        decided_by=manager,
        confirmed_at=NOW - WEEK,
    )

    going_on = move(enrolment=approved, session=other, by=approved.person, now=NOW)

    assert (going_on.basis, going_on.decided_by, going_on.decided_at, going_on.reason) == (
        "APPROVAL",
        manager,
        NOW - WEEK,
        "To lead",
    )


def test_a_request_that_nobody_approved_does_not_move(session, other):
    request = EnrolmentFactory(session=session, person=colleague_of(session))

    assert refused(request, other) == "stale_state"


def test_a_turn_moves_to_a_place_or_to_the_end_of_the_other_list(session, other, mine):
    seated(other, 1)
    first, second = (queued(session, person=colleague_of(session)) for _ in range(2))

    there = move(enrolment=first, session=other, by=first.person, now=NOW)
    after = move(enrolment=second, session=other, by=second.person, now=NOW)

    assert (there.state, after.state) == ("CONFIRMED", "WAITING")


def test_a_place_is_not_given_up_for_a_turn(session, other, mine):
    Session.objects.filter(pk=other.pk).update(capacity=1)
    seated(other, 1)

    assert refused(mine, other) == "session_full"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"price_pence": 100}, "dearer"),
        ({"study_hours": 13}, "dearer"),
        ({"is_open": False}, "enrolment_closed"),
    ],
)
def test_what_was_not_agreed_is_asked_for_anew(session, other, mine, changes, code):
    Offering.objects.filter(pk=session.offering_id).update(**changes)

    assert refused(mine, other) == code


def test_nobody_moves_to_another_course_or_for_somebody_else_or_too_late(session, other, mine):
    elsewhere = SessionFactory(offering__host=host_of(session))
    Session.objects.filter(pk=session.pk).update(withdraw_by=NOW + WEEK)

    codes = [
        refused(mine, elsewhere),
        refused(mine, session),
        refused(mine, other, by=colleague_of(session)),
        refused(mine, other, now=NOW + WEEK),
    ]

    assert codes == ["other_offering", "other_offering", "may_not_move", "withdrawal_closed"]


def test_nobody_moves_to_where_they_have_no_time(session, other, mine):
    third = SessionFactory(offering__host=host_of(session), starts_at=STARTS + WEEK)
    seated(third, 1, person=mine.person)

    assert refused(mine, other) == "clash"


def test_nobody_moves_to_where_they_wait_already(session, other, mine):
    queued(other, person=mine.person)

    assert refused(mine, other) == "already_enrolled"


def test_the_page_offers_other_sessions_and_moves(client, session, other, mine):
    SessionFactory(place="Theirs")
    client.force_login(mine.person)
    address = reverse("courses:enrolment_move", args=[mine.pk])

    shown = " ".join(client.get(address).content.decode().split())
    wrong = client.post(address, {"session": session.pk})
    sent = client.post(address, {"session": other.pk})

    assert "21 January 2027 at 9:30am, Education centre, room 2, places left" in shown
    assert "Theirs" not in shown
    assert wrong.status_code == 422
    assert sent["Location"] == reverse("courses:session_show", args=[other.pk])
    assert state_of(mine) == "MOVED"


def test_a_full_session_is_refused_on_the_page_and_the_place_kept(client, session, other, mine):
    Session.objects.filter(pk=other.pk).update(capacity=1)
    seated(other, 1)
    client.force_login(mine.person)

    response = client.post(reverse("courses:enrolment_move", args=[mine.pk]), {"session": other.pk})

    assert response.status_code == 422
    assert "you keep your place here" in response.content.decode()
    assert state_of(mine) == "CONFIRMED"


def test_a_program_moves_people_of_its_organisation_only(session, other, mine):
    address = f"/api/v1/enrolments/{mine.pk}/move/"
    body = {"session_id": other.pk}

    hidden = hr_system(OrganisationFactory()).post(address, body)
    moved = hr_system(host_of(session)).post(address, body)

    assert (hidden.status_code, moved.status_code) == (404, 201)
    assert (moved.json()["moved_from_id"], moved.json()["session_id"]) == (mine.pk, other.pk)


# --- Cancelling


def test_everybody_with_a_place_is_offered_one_where_there_is_room(session, other, lead):
    Session.objects.filter(pk=session.pk).update(capacity=4)
    people = [seated(session, number, person=colleague_of(session)) for number in (1, 2, 3)]
    waits = queued(session, person=colleague_of(session))
    elsewhere = SessionFactory(offering__host=host_of(session))

    cancel_session(session=session, reason="ROOM", text="The roof leaks", by=lead, now=NOW)

    offers = list(Enrolment.objects.filter(session=other).order_by("seat"))
    assert [(row.moved_from_id, row.state) for row in offers] == [
        (people[0].pk, "OFFERED"),
        (people[1].pk, "OFFERED"),
    ]
    assert offers[0].offer_ends_at == NOW + timedelta(hours=72)
    assert not elsewhere.enrolments.exists()
    assert {state_of(row) for row in [*people, waits]} == {"CANCELLED"}
    rules = Notice.objects.values_list("recipient_id", "rule")
    assert sorted(rules) == sorted(
        [(row.person_id, "courses.session_cancelled") for row in [*people, waits]]
        + [(row.person_id, "courses.offered_elsewhere") for row in people[:2]]
    )
    session.refresh_from_db()
    assert (session.state, session.cancel_reason, session.cancel_text) == (
        "CANCELLED",
        "ROOM",
        "The roof leaks",
    )


def test_what_is_offered_instead_needs_no_new_approval(session, other, lead):
    manager = PersonFactory()
    approved = EnrolmentFactory(
        session=session,
        person=colleague_of(session),
        state="CONFIRMED",
        basis="APPROVAL",
        seat=1,
        decided_at=NOW - WEEK,
        decided_by=manager,
    )
    cancel_session(session=session, by=lead, now=NOW)
    offer = Enrolment.objects.get(moved_from=approved)

    accept_offer(enrolment=offer, by=offer.person, now=NOW)

    offer.refresh_from_db()
    assert (offer.state, offer.decided_by, offer.basis) == ("CONFIRMED", manager, "APPROVAL")


def test_nobody_is_passed_by_and_nobody_offered_what_they_cannot_come_to(
    session, other, mine, lead
):
    waited_for = SessionFactory(offering=session.offering, starts_at=STARTS + 2 * WEEK)
    queued(waited_for)
    busy = SessionFactory(offering__host=host_of(session), starts_at=STARTS + WEEK)
    seated(busy, 1, person=mine.person)

    cancel_session(session=session, by=lead, now=NOW)

    assert not Enrolment.objects.filter(moved_from=mine).exists()


def test_a_request_is_told_and_nothing_offered(session, other, lead):
    request = EnrolmentFactory(session=session, person=colleague_of(session))

    cancel_session(session=session, by=lead, now=NOW)

    assert state_of(request) == "CANCELLED"
    assert not other.enrolments.exists()


def test_cancelling_asks_for_a_reason_and_words_and_shows_them(client, session, mine, lead):
    client.force_login(lead)
    address = reverse("courses:session_cancel", args=[session.pk])

    shown = " ".join(client.get(address).content.decode().split())
    empty = client.post(address, {"text": "Come in spring"})
    client.post(address, {"reason": "TOO_FEW", "text": "Come in spring"})
    client.force_login(mine.person)
    page = client.get(reverse("courses:session_show", args=[session.pk])).content.decode()

    assert "1 with a place have 55 days' notice." in shown
    assert empty.status_code == 422
    assert "Select why it is cancelled" in empty.content.decode()
    assert "Come in spring" in page
    assert "Too few people" in page
