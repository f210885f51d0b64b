"""Seats that are kept for an organisation: taken first by its people, released on a day."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Event
from common.errors import Conflict, Forbidden
from courses.models import Enrolment, SeatAllotment, Session
from courses.services.allotments import keep_seats, release_seats
from courses.services.enrolment import enrol, withdraw
from courses.services.meetings import MeetingPlan, change_meeting
from courses.services.offerings import stop_sharing
from courses.services.sessions import change_capacity
from courses.tasks import release_seats_whose_day_has_come
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ, grant, place_below
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import (
    OfferingShareFactory,
    SessionFactory,
    entitle,
    host_of,
    seated,
)
from tests.factories.meetings import only_meeting
from tests.factories.money import learning_lead_of
from tests.factories.pathways import follow

pytestmark = pytest.mark.django_db

RELEASE = date(2027, 1, 4)


@pytest.fixture
def session():
    return SessionFactory(capacity=4)


@pytest.fixture
def lead(session):
    return learning_lead_of(host_of(session))


@pytest.fixture
def ours(session):
    """An organisation with which the offering is shared."""
    organisation = OrganisationFactory()
    OfferingShareFactory(offering=session.offering, organisation=organisation)
    return organisation


@pytest.fixture
def theirs(session):
    organisation = OrganisationFactory()
    OfferingShareFactory(offering=session.offering, organisation=organisation)
    return organisation


@pytest.fixture
def role(session):
    return entitle(employ(), session.offering.programme)


@pytest.fixture
def ask(session, role):
    """Let somebody of an organisation ask; the state they come to."""

    def asked(organisation):
        person = follow(employ(organisation=organisation), role)
        return enrol(session=session, person=person, by=person, now=NOW).state

    return asked


def keep(session, organisation, seats, lead, *, releases_on=RELEASE):
    keep_seats(
        session=session,
        organisation=organisation,
        seats=seats,
        releases_on=releases_on,
        by=lead,
        now=NOW,
    )


def test_others_take_open_seats_alone_and_one_s_own_come_first(session, lead, ours, theirs, ask):
    keep(session, ours, 2, lead)

    came_to = [ask(theirs), ask(theirs), ask(theirs), ask(ours), ask(ours), ask(ours)]

    assert came_to == ["CONFIRMED", "CONFIRMED", "WAITING", "CONFIRMED", "CONFIRMED", "WAITING"]


def test_whoever_has_kept_seats_goes_on_to_open_ones(session, lead, ours, theirs, ask):
    keep(session, ours, 1, lead)

    came_to = [ask(ours), ask(ours), ask(ours), ask(theirs), ask(theirs), ask(ours)]

    assert came_to == [*["CONFIRMED"] * 4, "WAITING", "WAITING"]


def test_nobody_is_passed_by_who_waits_for_the_same(session, lead, ours, theirs, ask):
    session.capacity = 2
    session.save()
    keep(session, ours, 1, lead)
    assert [ask(ours), ask(theirs), ask(ours), ask(theirs)][2:] == ["WAITING", "WAITING"]
    first, outsider = Enrolment.objects.filter(seat__isnull=False).order_by("pk")

    withdraw(enrolment=first, by=first.person, now=NOW)
    states = dict(Enrolment.objects.order_by("pk").values_list("pk", "state"))
    assert list(states.values()) == ["WITHDRAWN", "CONFIRMED", "CONFIRMED", "WAITING"]

    withdraw(enrolment=outsider, by=outsider.person, now=NOW)
    states = list(Enrolment.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["WITHDRAWN", "WITHDRAWN", "CONFIRMED", "CONFIRMED"]


def test_a_kept_seat_that_is_given_up_waits_for_its_own_people(session, lead, ours, theirs, ask):
    session.capacity = 1
    session.save()
    keep(session, ours, 1, lead)
    ask(ours)
    assert ask(theirs) == "WAITING"
    first = Enrolment.objects.earliest("pk")

    withdraw(enrolment=first, by=first.person, now=NOW)

    assert not Enrolment.objects.filter(state="CONFIRMED").exists()
    assert ask(ours) == "CONFIRMED"


def test_on_the_day_unused_seats_go_to_whoever_waited_longest(session, lead, ours, theirs, ask):
    keep(session, ours, 3, lead)
    assert [ask(theirs), ask(theirs), ask(theirs), ask(ours)] == [
        *("CONFIRMED", "WAITING", "WAITING"),
        "CONFIRMED",
    ]
    before = NOW + (RELEASE - TODAY - timedelta(days=1))

    assert release_seats(now=before) == 0
    assert release_seats(now=before + timedelta(days=1)) == 1
    assert release_seats(now=before + timedelta(days=1)) == 0

    assert Enrolment.objects.filter(state="CONFIRMED").count() == 4
    assert SeatAllotment.objects.get().released_at == before + timedelta(days=1)
    assert Event.objects.filter(verb="release_seats").count() == 1


def test_the_sweep_is_a_task(session, lead, ours, clock):
    keep(session, ours, 3, lead)
    clock.move_to(NOW + (RELEASE - TODAY))

    assert release_seats_whose_day_has_come() == 1


def test_keeping_fewer_lets_whoever_waits_move_up(session, lead, ours, theirs, ask):
    keep(session, ours, 4, lead)
    assert ask(theirs) == "WAITING"

    keep(session, ours, 3, lead)

    assert Enrolment.objects.get(organisation=theirs).state == "CONFIRMED"


def test_keeping_none_removes_it(session, lead, ours):
    keep(session, ours, 4, lead)

    keep(session, ours, 0, lead)

    assert not SeatAllotment.objects.exists()
    assert Event.objects.filter(verb="keep_seats").count() == 2


def test_no_more_is_kept_than_is_open(session, lead, ours, theirs):
    seated(session, 1)
    keep(session, ours, 2, lead)

    with pytest.raises(Conflict) as refusal:
        keep(session, theirs, 2, lead)

    assert refusal.value.code == "more_than_are_open"
    assert refusal.value.message == (
        f"At most 1 seats can be kept for {theirs.name}: the others are taken or kept already."
    )


def test_what_others_have_taken_is_not_open_where_nothing_is_kept_yet(session, lead, ours):
    for seat in (1, 2, 3):
        seated(session, seat)

    with pytest.raises(Conflict) as refusal:
        keep(session, ours, 2, lead)

    assert refusal.value.code == "more_than_are_open"
    keep(session, ours, 1, lead)
    assert SeatAllotment.objects.get().seats == 1


def test_what_its_people_have_taken_counts_as_its_own(session, lead, ours, ask):
    ask(ours)
    ask(ours)

    keep(session, ours, 4, lead)

    assert SeatAllotment.objects.get().seats == 4


def test_seats_are_kept_for_sharers_until_a_day_before_the_session_by_who_runs_it(
    session, lead, ours
):
    def refused(by=lead, organisation=ours, releases_on=RELEASE):
        with pytest.raises((Conflict, Forbidden)) as refusal:
            keep(session, organisation, 1, by, releases_on=releases_on)
        return refusal.value.code

    assert refused(organisation=OrganisationFactory()) == "not_a_sharer"
    assert refused(releases_on=TODAY) == "release_out_of_order"
    assert refused(releases_on=date(2027, 1, 15)) == "release_out_of_order"
    assert refused(by=learning_lead_of(ours)) == "may_not_run"
    assert not SeatAllotment.objects.exists()


def test_seats_are_kept_for_those_below_a_sharer_and_sharing_goes_on_meanwhile(session, lead, ours):
    below = OrganisationFactory()
    place_below(below, ours)

    keep(session, below, 2, lead)

    assert SeatAllotment.objects.get().organisation == below
    with pytest.raises(Conflict) as refusal:
        stop_sharing(offering=session.offering, organisation=ours, by=lead, now=NOW)
    assert refusal.value.code == "seats_are_kept"


def test_places_are_not_taken_away_below_what_is_kept(session, lead, ours):
    keep(session, ours, 3, lead)

    with pytest.raises(Conflict) as refusal:
        change_capacity(session=session, capacity=2, by=lead, now=NOW)
    changed = change_capacity(session=session, capacity=3, by=lead, now=NOW)

    assert (refusal.value.code, changed.capacity) == ("fewer_than_kept", 3)


def test_the_database_gives_no_seat_beyond_the_pools(session, lead, ours):
    keep(session, ours, 3, lead)
    seated(session, 1)

    with pytest.raises(IntegrityError), transaction.atomic():
        seated(session, 2)
    with pytest.raises(IntegrityError), transaction.atomic():
        SeatAllotment.objects.update(seats=4)
    with pytest.raises(IntegrityError), transaction.atomic():
        Session.objects.filter(pk=session.pk).update(capacity=3)

    SeatAllotment.objects.update(seats=2)
    seated(session, 2)


def test_who_sees_what_is_kept(session, lead, ours, theirs):
    keep(session, ours, 1, lead)
    keep(session, theirs, 2, lead)

    def seen(actor):
        rows = SeatAllotment.objects.visible_to(actor, on=TODAY).order_by("seats")
        return list(rows.values_list("seats", flat=True))

    assert seen(lead) == [1, 2]
    assert seen(employ(organisation=ours)) == [1]
    assert seen(learning_lead_of(theirs)) == [2]
    assert seen(employ()) == []


@pytest.mark.usefixtures("clock")
def test_the_page_keeps_seats_and_shows_them_with_what_is_taken(client, session, lead, ours, ask):
    client.force_login(lead)
    address = reverse("courses:session_seats", args=[session.pk])
    sent = {
        "organisation": ours.pk,
        "seats": "3",
        "releases_on_day": "4",
        "releases_on_month": "1",
        "releases_on_year": "2027",
    }

    done = client.post(address, sent)
    ask(ours)
    refused = client.post(address, {**sent, "organisation": host_of(session).pk, "seats": "2"})

    page = " ".join(client.get(address).content.decode().split())
    assert done.status_code == 302
    assert refused.status_code == 422
    assert "At most 1 seats can be kept" in refused.content.decode()
    assert page.count("data-kept") == 1
    assert "1 of 4 places is open to everybody and free." in page
    assert "From 4 January 2027" in page


@pytest.mark.usefixtures("clock")
def test_a_sharer_reads_their_own_seats_on_the_page_of_the_session(
    client, session, lead, ours, theirs
):
    keep(session, ours, 1, lead)
    keep(session, theirs, 2, lead)
    client.force_login(employ(organisation=ours))

    page = " ".join(
        client.get(reverse("courses:session_show", args=[session.pk])).content.decode().split()
    )
    refused = client.get(reverse("courses:session_seats", args=[session.pk]))

    assert "1 of 4 places is open to everybody and free." in page
    assert (ours.name in page, theirs.name in page) == (True, False)
    assert refused.status_code == 403


def test_a_programme_lead_keeps_seats_too(session, ours):
    somebody = grant(PersonFactory(), "PROGRAMME_LEAD", host_of(session))

    keep(session, ours, 2, somebody)

    assert SeatAllotment.objects.get().organisation == ours


def test_kept_seats_are_released_before_a_session_that_is_brought_forward(session, lead, ours):
    keep_seats(session=session, organisation=ours, seats=2, releases_on=RELEASE, by=lead, now=NOW)
    sooner = NOW + timedelta(days=30)

    change_meeting(
        meeting=only_meeting(session),
        plan=MeetingPlan(starts_at=sooner, ends_at=sooner + timedelta(hours=6)),
        by=lead,
        now=NOW,
    )

    assert session.allotments.get().releases_on == sooner.date()
