"""A session is cancelled: who is offered what on sessions of other offerings of the programme."""

from datetime import timedelta

import pytest

from accounts.actors import SystemJob
from accounts.models import Event
from accounts.scope import run_as
from courses.models import Enrolment, Session
from courses.selectors import elsewhere
from courses.selectors.elsewhere import instead_of
from courses.services.offers import accept_offer
from courses.services.sessions import cancel_session
from tests.factories.accounts import OrganisationFactory, PersonFactory, grant, place_below
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import (
    STARTS,
    EnrolmentFactory,
    OfferingFactory,
    OfferingShareFactory,
    SessionFactory,
    colleague_of,
    host_of,
    seated,
)

pytestmark = pytest.mark.django_db

WEEK = timedelta(days=7)


@pytest.fixture
def session():
    return SessionFactory(capacity=3)


@pytest.fixture
def mine(session):
    return seated(session, 1, person=colleague_of(session))


@pytest.fixture
def lead(session):
    return grant(PersonFactory(), "LEARNING_LEAD", host_of(session))


def of_another_offering(session, *, shared_with=None, **fields):
    """A session of the same programme elsewhere, with room."""
    terms = {
        name: fields.pop(name) for name in ("host", "price_pence", "admission") if name in fields
    }
    terms["study_hours"] = fields.pop("study_hours", 12)
    offering = OfferingFactory(programme=session.offering.programme, **terms)
    if shared_with:
        OfferingShareFactory(offering=offering, organisation=shared_with)
    return SessionFactory(**{"offering": offering, "starts_at": STARTS + WEEK} | fields)


def offers():
    rows = Enrolment.objects.filter(state="OFFERED").order_by("session_id", "seat")
    return list(rows.values_list("session_id", "moved_from_id"))


def test_a_place_is_offered_on_another_offering_that_is_shared_with_them(session, mine, lead):
    there = of_another_offering(session, shared_with=host_of(session))

    cancel_session(session=session, by=lead, now=NOW)

    assert offers() == [(there.pk, mine.pk)]
    offer = Enrolment.objects.get(state="OFFERED")
    accept_offer(enrolment=offer, by=mine.person, now=NOW)
    offer.refresh_from_db()
    assert (offer.state, offer.organisation, offer.basis) == (
        "CONFIRMED",
        mine.organisation,
        mine.basis,
    )
    facts = Event.objects.get(verb="cancel_session").facts
    assert (facts["had_a_place"], facts["offered_elsewhere"]) == (1, 1)


def test_what_is_hosted_or_shared_above_them_is_open_to_them(session, mine, lead):
    board = OrganisationFactory(kind="ICB")
    place_below(host_of(session), board)
    above = of_another_offering(session, host=board)

    cancel_session(session=session, by=lead, now=NOW)

    assert offers() == [(above.pk, mine.pk)]


def test_the_offering_itself_comes_first(session, mine, lead):
    of_another_offering(session, shared_with=host_of(session), starts_at=STARTS + WEEK)
    same = SessionFactory(offering=session.offering, starts_at=STARTS + 4 * WEEK)

    cancel_session(session=session, by=lead, now=NOW)

    assert offers() == [(same.pk, mine.pk)]


@pytest.mark.parametrize(
    "terms",
    [
        {},  # not shared
        {"shared": True, "price_pence": 1},
        {"shared": True, "study_hours": 13},
        {"shared": True, "admission": "SELECTION"},
        {"shared": True, "state": "CANCELLED"},
        {"shared": True, "starts_at": STARTS},  # they have no time
    ],
)
def test_nobody_is_offered_what_they_may_not_use_or_what_is_dearer(session, mine, lead, terms):
    busy = SessionFactory(starts_at=STARTS)
    seated(busy, 1, person=mine.person)
    shared_with = host_of(session) if terms.pop("shared", False) else None
    of_another_offering(session, shared_with=shared_with, **terms)

    cancel_session(session=session, by=lead, now=NOW)

    assert offers() == []


def test_another_programme_is_not_offered(session, mine, lead):
    SessionFactory(offering__host=host_of(session), starts_at=STARTS + WEEK)

    cancel_session(session=session, by=lead, now=NOW)

    assert offers() == []


def test_each_by_their_own_organisation(session, mine, lead):
    guests = OrganisationFactory()
    guest = EnrolmentFactory(
        session=session, state="CONFIRMED", seat=2, confirmed_at=NOW, organisation=guests
    )
    ours = of_another_offering(session, shared_with=host_of(session))
    theirs = of_another_offering(session, shared_with=guests, starts_at=STARTS + 2 * WEEK)

    cancel_session(session=session, by=lead, now=NOW)

    assert offers() == sorted([(ours.pk, mine.pk), (theirs.pk, guest.pk)])


def test_nobody_is_lost_because_the_first_sessions_are_small(session, lead, monkeypatch):
    monkeypatch.setattr(elsewhere, "MOST", 2)
    people = [seated(session, seat, person=colleague_of(session)) for seat in (1, 2, 3)]
    for number in range(1, 6):
        SessionFactory(offering=session.offering, starts_at=STARTS + number * WEEK, capacity=1)

    cancel_session(session=session, by=lead, now=NOW)

    assert sorted(moved for _, moved in offers()) == [row.pk for row in people]


def test_no_more_are_locked_than_have_room_for_everybody(session, mine, monkeypatch):
    monkeypatch.setattr(elsewhere, "MOST", 2)
    for number in range(1, 6):
        SessionFactory(offering=session.offering, starts_at=STARTS + number * WEEK, capacity=1)

    found = instead_of(session, on=TODAY, now=NOW)

    in_order = Session.objects.exclude(pk=session.pk).order_by("starts_at")
    assert found == list(in_order.values_list("pk", flat=True)[:3])


@pytest.mark.parametrize("rows", [1, 3])
def test_looking_elsewhere_takes_the_same_statements_for_any_number(
    session, mine, rows, django_assert_num_queries
):
    for _ in range(rows):
        of_another_offering(session, shared_with=host_of(session))
    of_another_offering(session)

    with run_as(SystemJob("tests.look", organisation_ids=None)), django_assert_num_queries(6):
        found = instead_of(session, on=TODAY, now=NOW)

    assert len(found) == rows
