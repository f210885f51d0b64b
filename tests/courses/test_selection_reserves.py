"""Places that are still free once everybody is decided about go to the reserve list."""

import pytest

from accounts.models import Event
from courses.services.selection_applying import withdraw_application
from courses.services.sessions import change_capacity
from notifications.models import Notice
from tests.factories.selection import (
    DECIDING,
    IntakeFactory,
    decided,
    lead_of,
    offered,
    reserve,
    sent,
    shortlisted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def intake():
    return IntakeFactory(places=2)


@pytest.fixture
def lead(intake):
    return lead_of(intake)


def states_of(*applications):
    for application in applications:
        application.refresh_from_db()
    return [application.state for application in applications]


def capacity_of(intake, capacity):
    change_capacity(session=intake.session, capacity=capacity, by=lead_of(intake), now=DECIDING)


def test_the_last_decision_offers_what_is_free_to_the_reserve_list(intake, lead):
    first, last = sent(intake), shortlisted(intake, by=lead)
    early = reserve(intake, by=lead)
    later = reserve(intake, by=lead)
    decided(decided(first, "shortlist", by=lead), "offer", by=lead)
    before = states_of(early, later)

    decided(last, "not_choose", by=lead)

    assert before == ["RESERVE", "RESERVE"]
    assert states_of(first, early, later) == ["OFFERED", "OFFERED", "RESERVE"]
    assert Event.objects.get(verb="offer_to_reserve").subject_id == early.person_id
    told = Notice.objects.filter(recipient=early.person, rule="courses.application_offered")
    assert told.count() == 1


def test_a_decision_not_to_shortlist_can_be_the_last(intake, lead):
    last = sent(intake)
    early = reserve(intake, by=lead)

    decided(last, "not_shortlist", by=lead)

    assert states_of(early) == ["OFFERED"]


def test_whoever_is_put_on_the_list_last_while_a_place_is_free_is_offered_it(intake, lead):
    application = reserve(intake, by=lead)

    assert (application.state, application.place) == ("OFFERED", 1)
    assert application.reserve_rank is None


def test_whoever_withdraws_undecided_leaves_the_free_place_to_the_reserve_list(intake, lead):
    leaving, staying = sent(intake), sent(intake)
    early = reserve(intake, by=lead)

    withdraw_application(application=leaving, by=leaving.person, now=DECIDING)
    before = states_of(early)
    withdraw_application(application=staying, by=staying.person, now=DECIDING)

    assert (before, states_of(early)) == (["RESERVE"], ["OFFERED"])


def test_places_that_are_put_back_are_offered_to_the_reserve_list_once():
    intake = IntakeFactory(places=2, session__capacity=2)
    lead = lead_of(intake)
    offered(intake, by=lead)
    capacity_of(intake, 1)
    first, second = reserve(intake, by=lead), reserve(intake, by=lead)

    capacity_of(intake, 2)
    capacity_of(intake, 3)

    assert states_of(first, second) == ["OFFERED", "RESERVE"]
    assert Event.objects.filter(verb="offer_to_reserve").count() == 1


def test_more_seats_are_offered_to_no_reserve_before_everybody_is_decided_about(intake, lead):
    undecided = shortlisted(intake, by=lead)
    early = reserve(intake, by=lead)

    capacity_of(intake, intake.session.capacity + 1)

    assert states_of(undecided, early) == ["SHORTLISTED", "RESERVE"]
