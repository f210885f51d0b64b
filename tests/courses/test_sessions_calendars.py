"""Sessions in one's diary: what it says, who can read it, and that it ends."""

from datetime import timedelta

import pytest
from django.urls import reverse
from icalendar import Calendar

from accounts.models import Event
from common.dates import LONDON
from courses.models import CalendarFeed, Enrolment, Facilitation
from courses.services.enrolment import withdraw
from courses.services.meetings import MeetingPlan, change_meeting
from courses.services.sessions import cancel_session
from tests.factories.accounts import PersonFactory, grant
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
from tests.factories.meetings import meets_again, only_meeting, room_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

HOURS = timedelta(hours=6)


@pytest.fixture
def session():
    return SessionFactory(capacity=3)


@pytest.fixture
def mine(session):
    return seated(session, 1, person=colleague_of(session))


@pytest.fixture
def lead(session):
    return grant(PersonFactory(), "LEARNING_LEAD", host_of(session))


def address_for(client, person):
    """The address that the page shows once, as a path."""
    client.force_login(person)
    page = client.post(reverse("courses:calendar"), {"step": "RENEW"}).content.decode()
    return "/calendar/" + page.split("/calendar/")[1].split("<")[0].strip()


def events(response):
    return Calendar.from_ical(response.content).walk("VEVENT")


def told(client, enrolment):
    """Method, name, number and state of the file of a place."""
    client.force_login(enrolment.person)
    response = client.get(reverse("courses:enrolment_calendar", args=[enrolment.pk]))
    calendar = Calendar.from_ical(response.content)
    (event,) = calendar.walk("VEVENT")
    return calendar["METHOD"], event["UID"], event["SEQUENCE"], event["STATUS"]


def test_a_place_is_an_invitation_in_london_time_with_its_clock_changes(client, session, mine):
    session.meetings.update(room=room_of(session, name="Room 7"), title="Day 1")
    client.force_login(mine.person)

    response = client.get(reverse("courses:enrolment_calendar", args=[mine.pk]))

    calendar = Calendar.from_ical(response.content)
    (event,) = calendar.walk("VEVENT")
    assert event["DTSTART"].dt == STARTS.astimezone(LONDON)
    assert event["DTSTART"].params["TZID"] == "Europe/London"
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["Europe/London"]
    assert event["SUMMARY"] == f"{session.offering.programme.title}: Day 1"
    assert event["LOCATION"].startswith("Room 7, ")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="session.ics"'


def test_updates_and_the_cancellation_keep_the_name_and_count_on(client, session, mine, lead):
    invited = told(client, mine)
    later = MeetingPlan(STARTS + HOURS, STARTS + 2 * HOURS)
    change_meeting(meeting=only_meeting(session), plan=later, by=lead, now=NOW)
    updated = told(client, mine)
    cancel_session(session=session, by=lead, now=NOW)
    cancelled = told(client, mine)

    name = invited[1]
    assert invited == ("REQUEST", name, 0, "CONFIRMED")
    assert updated == ("REQUEST", name, 2, "CONFIRMED")
    assert cancelled == ("CANCEL", name, 5, "CANCELLED")


def test_a_place_given_up_is_a_cancellation_with_a_higher_number(client, mine):
    invited = told(client, mine)

    withdraw(enrolment=mine, by=mine.person, now=NOW)

    assert told(client, mine) == ("CANCEL", invited[1], invited[2] + 1, "CANCELLED")


def test_several_meetings_are_published_together(client, session, mine):
    meets_again(session)
    client.force_login(mine.person)

    response = client.get(reverse("courses:enrolment_calendar", args=[mine.pk]))

    assert Calendar.from_ical(response.content)["METHOD"] == "PUBLISH"
    assert len({event["UID"] for event in events(response)}) == 2


def test_the_file_of_somebody_elses_place_or_of_a_request_is_not_there(client, session, mine):
    request = EnrolmentFactory(session=session, person=colleague_of(session))
    client.force_login(request.person)

    statuses = [
        client.get(reverse("courses:enrolment_calendar", args=[pk])).status_code
        for pk in (mine.pk, request.pk)
    ]

    assert statuses == [404, 404]


def test_an_address_is_shown_once_and_kept_as_a_hash(client, mine):
    address = address_for(client, mine.person)

    again = client.get(reverse("courses:calendar"))

    token = address.split("/")[2]
    feed = CalendarFeed.objects.get()
    assert (len(token), feed.person) == (43, mine.person)
    assert token not in feed.token_hash
    assert token not in again.content.decode()
    assert again["Cache-Control"] == "private, no-store"
    assert Event.objects.filter(verb="renew_calendar", subject=mine.person).count() == 1


def test_a_diary_reads_ones_own_sessions_and_names_nobody(client, session, mine):
    leader = Facilitation.objects.create(meeting=only_meeting(session), name="Ada Byron")
    other = seated(session, 2, person=colleague_of(session))
    offered = EnrolmentFactory(
        session=SessionFactory(starts_at=STARTS + timedelta(days=9)),
        person=mine.person,
        state="OFFERED",
        seat=1,
        queued_at=NOW,
        offer_ends_at=STARTS,
    )
    queued(SessionFactory(starts_at=STARTS + timedelta(days=20)), person=mine.person)
    address = address_for(client, mine.person)
    client.logout()

    response = client.get(address)

    states = {str(event["SUMMARY"]): event["STATUS"] for event in events(response)}
    assert states == {
        session.offering.programme.title: "CONFIRMED",
        offered.session.offering.programme.title: "TENTATIVE",
    }
    text = response.content.decode()
    for name in (leader.name, other.person.family_name, mine.person.family_name):
        assert name not in text
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("rows", [1, 3])
def test_a_diary_takes_the_same_queries_for_any_number(
    client, session, django_assert_num_queries, rows
):
    person = colleague_of(session)
    for number in range(rows):
        later = SessionFactory(starts_at=STARTS + timedelta(days=number))
        seated(later, 1, person=person)
    address = address_for(client, person)
    client.logout()

    with django_assert_num_queries(12):
        response = client.get(address)

    assert len(events(response)) == rows


def take_back(client, person):
    client.force_login(person)
    client.post(reverse("courses:calendar"), {"step": "END"})


def renew(client, person):
    address_for(client, person)


def stop(client, person):
    person.is_active = False
    person.save()


def leave(client, person):
    person.assignments.update(ends_on=TODAY - timedelta(days=1))


@pytest.mark.parametrize("end", [take_back, renew, stop, leave])
def test_an_address_that_has_ended_answers_as_one_that_never_was(client, mine, end):
    address = address_for(client, mine.person)
    assert client.get(address).status_code == 200

    end(client, mine.person)
    client.logout()
    gone, unknown = client.get(address), client.get("/calendar/" + "x" * 43 + "/feed.ics")

    assert (gone.status_code, unknown.status_code) == (404, 404)
    assert gone.content.replace(address.encode(), b"") == unknown.content.replace(
        b"/calendar/" + b"x" * 43 + b"/feed.ics", b""
    )


def test_an_address_that_is_asked_too_often_waits(client, mine, settings):
    address = address_for(client, mine.person)
    settings.CALLS_A_MINUTE = settings.CALLS_A_MINUTE | {"verify": 1, "diary": 2}

    statuses = [client.get(address).status_code for _ in range(3)]

    assert statuses == [200, 200, 429]


def test_ones_own_courses_lead_to_the_diary(client, mine):
    client.force_login(mine.person)

    page = client.get(reverse("courses:enrolment_list")).content.decode()
    shown = client.get(reverse("courses:session_show", args=[mine.session_id])).content.decode()

    assert reverse("courses:calendar") in page
    assert reverse("courses:enrolment_calendar", args=[mine.pk]) in shown
    assert Enrolment.objects.count() == 1
