"""Being told about the next session of a programme, for as long as one wants to know."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Event
from courses.models import Interest
from courses.services.enrolment import enrol
from courses.services.interests import start_telling, stop_telling, tell_of_session
from courses.services.sessions import SessionPlan, cancel_session, open_session
from jobs.models import OutboxMessage
from jobs.services.outbox import deliver_message
from notifications.models import Notice
from notifications.registry import WORDINGS
from tests.factories.accounts import (
    OrganisationFactory,
    PersonFactory,
    employ,
    grant,
    place_below,
)
from tests.factories.clock import NOW
from tests.factories.courses import (
    STARTS,
    OfferingFactory,
    OfferingShareFactory,
    ProgrammeFactory,
    SessionFactory,
    colleague_of,
    entitle,
    seated,
)

SIGN_IN = 7
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def offering():
    return OfferingFactory()


@pytest.fixture
def lead(offering):
    return grant(PersonFactory(), "LEARNING_LEAD", offering.host)


def interested(organisation, programme, **employment):
    person = employ(organisation=organisation, **employment)
    Interest.objects.create(person=person, programme=programme, since_at=NOW)
    return person


def opened(offering, lead):
    plan = SessionPlan(
        starts_at=STARTS,
        ends_at=STARTS + timedelta(hours=6),
        closes_at=STARTS - timedelta(days=7),
        place="Room 1",
        capacity=8,
    )
    return open_session(offering=offering, plan=plan, by=lead, now=NOW)


def told():
    rows = Notice.objects.filter(rule="courses.next_session").order_by("recipient_id")
    return list(rows.values_list("recipient_id", flat=True))


def deliver():
    for message in OutboxMessage.objects.filter(kind="courses.tell_of_session"):
        deliver_message(message_id=message.pk, now=NOW)


def test_a_session_that_opens_is_told_once_to_whoever_may_use_it(offering, lead):
    shared = OrganisationFactory()
    OfferingShareFactory(offering=offering, organisation=shared)
    programme = offering.programme
    ours, theirs = interested(offering.host, programme), interested(shared, programme)
    interested(OrganisationFactory(), programme)
    interested(offering.host, ProgrammeFactory())
    employ(organisation=offering.host)

    session = opened(offering, lead)
    deliver()
    tell_of_session({"session_id": session.pk}, NOW)

    assert told() == sorted([ours.pk, theirs.pk])
    notice = Notice.objects.filter(rule="courses.next_session").first()
    assert notice.url == reverse("courses:session_show", args=[session.pk])
    assert WORDINGS[notice.rule](notice.facts) == (
        f"{programme.title} has a session on 14 January 2027."
        " You asked to be told about the next one."
    )


def test_people_of_organisations_below_are_told_too(offering, lead):
    below = OrganisationFactory()
    place_below(below, offering.host)
    person = interested(below, offering.programme)

    opened(offering, lead)
    deliver()

    assert told() == [person.pk]


def test_who_left_who_ended_it_and_who_is_on_it_are_not_told(offering, lead):
    programme = offering.programme
    stopped, ended, on_it = (interested(offering.host, programme) for _ in range(3))
    stopped.is_active = False
    stopped.save()
    stop_telling(programme=programme, by=ended, now=NOW)
    session = opened(offering, lead)
    seated(session, 1, person=on_it)

    deliver()

    assert told() == []


def test_of_a_session_that_is_cancelled_meanwhile_nobody_is_told(offering, lead):
    interested(offering.host, offering.programme)
    session = opened(offering, lead)
    cancel_session(session=session, by=lead, now=NOW)

    deliver()

    assert told() == []


def test_whoever_gets_a_place_is_told_of_no_other(offering):
    session = SessionFactory(offering=offering)
    mine = interested(offering.host, offering.programme)
    others = interested(offering.host, offering.programme)
    elsewhere = Interest.objects.create(person=mine, programme=ProgrammeFactory(), since_at=NOW)
    entitle(mine, offering.programme)

    enrol(session=session, person=mine, by=mine, now=NOW)

    live = Interest.objects.live()
    assert set(live.values_list("person_id", "programme_id")) == {
        (others.pk, offering.programme_id),
        (mine.pk, elsewhere.programme_id),
    }
    ended = Interest.objects.exclude(ended_at__isnull=True).get()
    assert (ended.person, ended.ended_because) == (mine, "PLACE")
    assert Event.objects.get(verb="stop_telling").subject == mine


def test_asked_twice_is_as_if_asked_once_and_again_after_it_ended(offering):
    person, programme = employ(organisation=offering.host), offering.programme

    first = start_telling(programme=programme, by=person, now=NOW)
    second = start_telling(programme=programme, by=person, now=NOW)
    stop_telling(programme=programme, by=person, now=NOW)
    stop_telling(programme=programme, by=person, now=NOW)
    third = start_telling(programme=programme, by=person, now=NOW)

    assert (second, third == first) == (first, False)
    verbs = Event.objects.order_by("pk").values_list("verb", flat=True)
    assert [verb for verb in verbs if "telling" in verb] == [
        "start_telling",
        "stop_telling",
        "start_telling",
    ]


def test_the_database_keeps_one_at_a_time(offering):
    person = interested(offering.host, offering.programme)

    with pytest.raises(IntegrityError, match="interest_one_at_a_time"), transaction.atomic():
        Interest.objects.create(person=person, programme=offering.programme, since_at=NOW)


def test_the_page_of_the_course_asks_and_the_list_ends_it(client, offering):
    person, programme = employ(organisation=offering.host), offering.programme
    client.force_login(person)
    course = reverse("courses:programme_show", args=[programme.pk])
    address = reverse("courses:interest_list")

    before = client.get(course).content.decode()
    sent = client.post(address, {"programme": programme.pk, "step": "START"})
    after = client.get(course).content.decode()
    listed = client.get(address).content.decode()
    ended = client.post(address, {"programme": programme.pk, "step": "STOP"}, follow=True)

    assert "Tell me about the next session" in before
    assert sent["Location"] == course
    assert "You are told when there is another session." in after
    assert "Tell me about the next session" not in after
    assert programme.title in listed
    assert "You have not asked to be told about a course" in ended.content.decode()


@pytest.mark.parametrize("body", [{"step": "START"}, {"programme": "0", "step": "START"}])
def test_a_course_that_is_not_there_is_not_found(client, offering, body):
    client.force_login(employ(organisation=offering.host))

    assert client.post(reverse("courses:interest_list"), body).status_code == 404
    assert not Interest.objects.exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_for_any_number(client, django_assert_num_queries, rows):
    person = PersonFactory()
    for _ in range(rows):
        Interest.objects.create(person=person, programme=ProgrammeFactory(), since_at=NOW)
    other = ProgrammeFactory(title="Theirs")
    Interest.objects.create(person=PersonFactory(), programme=other, since_at=NOW)
    client.force_login(person)

    with django_assert_num_queries(SIGN_IN + 3):  # standing, count, rows
        response = client.get(reverse("courses:interest_list"))

    text = response.content.decode()
    assert text.count('value="STOP"') == rows
    assert "Theirs" not in text


def test_what_somebody_wants_to_know_is_theirs_alone_to_read(offering):
    person = interested(offering.host, offering.programme)
    lead = colleague_of(SessionFactory(offering=offering))

    assert list(Interest.objects.visible_to(person, on=NOW.date())) == list(Interest.objects.all())
    assert list(Interest.objects.visible_to(lead, on=NOW.date())) == []
