"""People of two organisations at once for kept and open seats, with real threads; and without the
lock, when only the database stands in the way."""

import pytest
from django.db import IntegrityError

from courses.models import Enrolment, Session
from courses.selectors.allotments import Pools
from courses.services import enrolment as service
from courses.services.allotments import keep_seats
from courses.services.enrolment import enrol
from tests.courses.test_allotments import RELEASE
from tests.courses.test_overbooking import at_once
from tests.factories.accounts import OrganisationFactory, employ
from tests.factories.clock import NOW
from tests.factories.courses import OfferingShareFactory, SessionFactory, entitle, host_of
from tests.factories.money import learning_lead_of
from tests.factories.pathways import follow

pytestmark = pytest.mark.django_db(transaction=True)

PLACES, KEPT, EACH = 10, 6, 10


@pytest.fixture
def session():
    return SessionFactory(capacity=PLACES)


@pytest.fixture
def people(session):
    """Ten each of an organisation with kept seats and of one without."""
    role = entitle(employ(), session.offering.programme)
    ours, theirs = OrganisationFactory(), OrganisationFactory()
    for organisation in (ours, theirs):
        OfferingShareFactory(offering=session.offering, organisation=organisation)
    keep_seats(
        session=session,
        organisation=ours,
        seats=KEPT,
        releases_on=RELEASE,
        by=learning_lead_of(host_of(session)),
        now=NOW,
    )
    return [
        follow(employ(organisation=place), role) for _ in range(EACH) for place in (theirs, ours)
    ]


def test_kept_seats_go_to_their_own_people_and_open_ones_to_whoever_comes(session, people):
    def asked(person):
        return enrol(session=session, person=person, by=person, now=NOW).state

    states = at_once(asked, people)

    seated = Enrolment.objects.filter(seat__isnull=False)
    ours = people[1].assignments.get().organisation_id
    assert states.count("CONFIRMED") == PLACES
    assert seated.filter(organisation_id=ours).count() >= KEPT
    assert seated.exclude(organisation_id=ours).count() <= PLACES - KEPT


def test_without_lock_and_counting_the_database_keeps_the_seats(session, people, monkeypatch):
    def read_without_lock(session_id):
        return Session.objects.select_related("offering__programme").get(pk=session_id)

    monkeypatch.setattr(service, "lock_session", read_without_lock)
    monkeypatch.setattr(Pools, "lets_in", lambda self, organisation_id: True)
    theirs = people[::2]

    def asked(person):
        try:
            return enrol(session=session, person=person, by=person, now=NOW).state
        except IntegrityError:
            return "refused by the database"

    states = [asked(person) for person in theirs]

    assert states.count("CONFIRMED") == PLACES - KEPT
    assert states.count("refused by the database") == EACH - (PLACES - KEPT)
