import pytest
from django.urls import reverse

from courses.models import Session
from tests.factories.accounts import PersonFactory, employ, grant
from tests.factories.courses import (
    OfferingFactory,
    SessionFactory,
    colleague_of,
    host_of,
    seated,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

# The session of the sign-in and the person it names come before whatever a page reads; and a
# savepoint around the request, two statements that open its scope, and the end of both.
SIGN_IN = 7


@pytest.fixture
def session():
    return SessionFactory(capacity=2)


@pytest.fixture
def reader(client, session):
    person = colleague_of(session, manager=PersonFactory())
    client.force_login(person)
    return person


@pytest.fixture
def lead(client, session):
    person = grant(colleague_of(session), "LEARNING_LEAD", host_of(session))
    client.force_login(person)
    return person


def address(name, *args):
    return reverse(f"courses:{name}", args=args)


def text_of(response):
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("rows", [1, 3])
def test_sessions_one_runs_take_the_same_queries_for_any_number(
    client, lead, session, django_assert_num_queries, rows
):
    for _ in range(rows):
        seated(SessionFactory(offering=session.offering, capacity=7), 1)
    seated(SessionFactory(capacity=7), 1)

    with django_assert_num_queries(SIGN_IN + 4):  # standing, count, rows, anything to open
        response = client.get(address("session_list"))

    assert text_of(response).count("1 of 7") == rows


def new_session(of, **changes):
    return {
        "offering": of.pk,
        "starts_on_day": "14",
        "starts_on_month": "1",
        "starts_on_year": "2027",
        "start_time": "9:30am",
        "end_time": "4pm",
        "closes_on_day": "7",
        "closes_on_month": "1",
        "closes_on_year": "2027",
        "place": "Room 9",
        "capacity": "15",
    } | changes


def test_a_learning_lead_opens_a_session_by_form(client, lead, session):
    response = client.post(address("session_open"), new_session(session.offering))

    made = Session.objects.get(place="Room 9")
    assert response["Location"] == address("session_register", made.pk)
    assert (made.starts_at.isoformat(), made.ends_at.isoformat()) == (
        "2027-01-14T09:30:00+00:00",
        "2027-01-14T16:00:00+00:00",
    )
    assert made.closes_at.isoformat() == "2027-01-08T00:00:00+00:00"


def test_who_runs_no_courses_is_told_so_before_filling_in_the_form(client, session):
    client.force_login(employ(organisation=session.offering.host))

    shown = client.get(address("session_open"))
    sent = client.post(address("session_open"), new_session(session.offering))

    assert (shown.status_code, sent.status_code) == (403, 403)
    assert "Only learning leads and programme leads can open a session." in shown.content.decode()
    assert not Session.objects.filter(place="Room 9").exists()


def test_times_are_london_times_in_summer(client, lead, session):
    summer = {"starts_on_month": "7", "closes_on_month": "7", "closes_on_day": "14"}

    client.post(address("session_open"), new_session(session.offering, **summer))

    made = Session.objects.get(place="Room 9")
    assert made.starts_at.isoformat() == "2027-07-14T08:30:00+00:00"
    assert made.closes_at == made.starts_at


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"offering": ""}, "Select a course"),
        ({"start_time": "25:00"}, "Enter a time, like 9:30am or 2pm"),
        ({"start_time": "13pm"}, "Enter a time, like 9:30am or 2pm"),
        ({"start_time": ""}, "Enter the start time"),
        ({"end_time": "9am"}, "The session must end after it starts"),
        ({"starts_on_year": "2025"}, "First day must be on or after 20 November 2026"),
        ({"closes_on_day": "15"}, "Last day to ask for a place must not be after the first day"),
        ({"closes_on_day": ""}, "Last day to ask for a place must include a day"),
        ({"capacity": "0"}, "Enter a number that is 1 or more"),
        ({"capacity": "many"}, "Enter a whole number, like 15"),
        ({"place": ""}, "Enter the place"),
    ],
)
def test_a_wrong_session_is_not_opened(client, lead, session, changes, sentence):
    response = client.post(address("session_open"), new_session(session.offering, **changes))

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert Session.objects.count() == 1


def test_a_session_of_somebody_elses_offering_is_not_opened(client, lead):
    theirs = OfferingFactory()

    response = client.post(address("session_open"), new_session(theirs))

    assert response.status_code == 422
    assert "Select an answer from the list" in text_of(response)
    assert not Session.objects.filter(offering=theirs).exists()


@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("get", "session_register"),
        ("get", "session_resize"),
        ("get", "session_cancel"),
        ("post", "session_cancel"),
        ("post", "session_resize"),
    ],
)
def test_pages_of_who_runs_a_session_are_refused_to_others(client, reader, session, method, name):
    response = getattr(client, method)(address(name, session.pk), {"capacity": "9"})

    assert response.status_code == 403
    assert "Only a learning lead or programme lead of who hosts or teaches it" in text_of(response)
    session.refresh_from_db()
    assert (session.state, session.capacity) == ("OPEN", 2)


def test_the_number_of_places_is_changed_and_never_below_what_is_taken(client, lead, session):
    seated(session, 1)
    seated(session, 2)
    resize = address("session_resize", session.pk)

    refused = client.post(resize, {"capacity": "1"})
    client.post(resize, {"capacity": "30"})

    assert refused.status_code == 422
    assert "2 places are taken. Enter that number or more." in text_of(refused)
    session.refresh_from_db()
    assert session.capacity == 30


def test_a_session_is_cancelled_by_form(client, lead, session):
    place = seated(session, 1)

    client.post(address("session_cancel", session.pk), {"reason": "ROOM", "text": "A leak"})

    place.refresh_from_db()
    assert place.state == "CANCELLED"
