"""Nobody comes to two places at one time, whichever of the ways to a place they take."""

from datetime import timedelta

import pytest

from accounts.models import Event
from accounts.scope import opened
from common.errors import Conflict
from courses.models import Enrolment
from courses.services.deciding_together import decide_together
from courses.services.enrolment import approve, enrol, withdraw
from courses.services.offers import accept_offer
from courses.services.silence import answer_for_the_silent
from notifications.models import Notice
from tests.factories.accounts import employ
from tests.factories.approvals import around, working_days_later
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import (
    STARTS,
    EnrolmentFactory,
    SessionFactory,
    colleague_of,
    queued,
    seated,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return SessionFactory(capacity=1)


def refusal_of(act, **given):
    with pytest.raises(Conflict) as refusal:
        act(**given, now=NOW)
    return refusal.value


def seat_is_freed(session):
    """By somebody who may read nothing of whoever waits."""
    leaving = Enrolment.objects.get(session=session, seat=1)
    with opened(leaving.person, on=TODAY):
        withdraw(enrolment=leaving, by=leaving.person, now=NOW)


def test_of_two_requests_for_one_hour_only_the_first_is_approved():
    team = around()
    also = SessionFactory(offering__host=team.trust)
    first, second = team.asks(), team.asks(session=also)
    approve(enrolment=first, by=team.manager, now=NOW)

    refusal = refusal_of(approve, enrolment=second, by=team.manager)

    assert refusal.code == "clash"
    assert team.session.offering.programme.title in refusal.message
    second.refresh_from_db()
    assert (second.state, second.approvals.get().state) == ("REQUESTED", "WAITING")
    withdraw(enrolment=first, by=team.person, now=NOW)
    assert approve(enrolment=second, by=team.manager, now=NOW).state == "CONFIRMED"


def test_deciding_both_together_approves_one_and_says_why_not_the_other():
    team = around()
    requests = [team.asks(), team.asks(session=SessionFactory(offering__host=team.trust))]

    outcomes = decide_together(enrolments=requests, because=None, by=team.manager, now=NOW)

    assert [row.enrolment.state for row in outcomes] == ["CONFIRMED", "REQUESTED"]
    assert [bool(row.refusal) for row in outcomes] == [False, True]


def test_silence_gives_no_second_place_at_the_same_time():
    team = around()
    requests = [team.asks(), team.asks(session=SessionFactory(offering__host=team.trust))]
    for days in (6, 12, 18):
        answer_for_the_silent(now=working_days_later(days))

    for request in requests:
        request.refresh_from_db()

    assert [request.state for request in requests] == ["CONFIRMED", "REQUESTED"]


def test_a_place_through_another_employer_counts_and_is_not_told():
    team = around()
    person = employ(organisation=team.trust)
    request = enrol(session=team.session, person=person, by=person, now=NOW)
    elsewhere = seated(SessionFactory(), 1, person=person)

    with opened(team.lead, on=TODAY):
        refusal = refusal_of(approve, enrolment=request, by=team.lead)

    assert refusal.code == "clash"
    assert person.full_name in refusal.message
    assert elsewhere.session.offering.programme.title not in refusal.message


def test_whoever_waits_and_is_elsewhere_by_now_is_asked_instead_of_seated(session):
    seated(session, 1, person=colleague_of(session))
    turn = queued(session, person=colleague_of(session))
    elsewhere = seated(SessionFactory(), 1, person=turn.person)

    seat_is_freed(session)

    turn.refresh_from_db()
    assert (turn.state, turn.seat) == ("OFFERED", 1)
    assert turn.offer_ends_at == NOW + timedelta(hours=72)
    assert Notice.objects.get(recipient=turn.person).rule == "courses.place_offered"
    assert Event.objects.filter(verb="promote").count() == 0
    assert refusal_of(accept_offer, enrolment=turn, by=turn.person).code == "clash"
    withdraw(enrolment=elsewhere, by=turn.person, now=NOW)
    assert accept_offer(enrolment=turn, by=turn.person, now=NOW).state == "CONFIRMED"


def test_whoever_has_time_is_seated_beside_somebody_who_is_asked():
    session = SessionFactory(capacity=2)
    leaving = [seated(session, seat, person=colleague_of(session)) for seat in (1, 2)]
    busy, free = (queued(session, person=colleague_of(session), minutes=n) for n in (0, 1))
    seated(SessionFactory(starts_at=STARTS + timedelta(hours=1)), 1, person=busy.person)
    # A day later is another time.
    seated(SessionFactory(starts_at=STARTS + timedelta(days=1)), 1, person=free.person)

    for place in leaving:
        withdraw(enrolment=place, by=place.person, now=NOW)

    states = [Enrolment.objects.get(pk=row.pk).state for row in (busy, free)]
    assert states == ["OFFERED", "CONFIRMED"]


def test_an_offer_of_whoever_is_elsewhere_ends_before_places_settle():
    soon = SessionFactory(capacity=1, starts_at=NOW + timedelta(hours=8), closes_at=NOW)
    seated(soon, 1, person=colleague_of(soon))
    turn = queued(soon, person=colleague_of(soon))
    busy = SessionFactory(starts_at=NOW + timedelta(hours=9))
    EnrolmentFactory(
        session=busy,
        person=turn.person,
        state="OFFERED",
        seat=1,
        queued_at=NOW,
        offer_ends_at=NOW + timedelta(hours=7),
    )

    seat_is_freed(soon)

    turn.refresh_from_db()
    assert (turn.state, turn.offer_ends_at) == ("OFFERED", soon.settles_at)
