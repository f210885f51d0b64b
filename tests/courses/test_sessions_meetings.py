"""Meetings, rooms and who leads: nothing is booked twice, and nobody is in two places."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.models import Event
from common.dates import LONDON
from common.errors import Conflict, Forbidden
from courses.models import Facilitation, Meeting, Session, Venue
from courses.selectors.clashes import warnings_about
from courses.selectors.meetings import meetings_of
from courses.services.enrolment import enrol
from courses.services.meetings import (
    Lead,
    MeetingPlan,
    add_meeting,
    change_meeting,
    remove_meeting,
)
from courses.services.offers import accept_offer
from courses.services.sessions import cancel_session
from courses.services.venues import VenuePlan, save_room, save_venue
from notifications.models import Notice
from notifications.registry import WORDINGS
from tests.factories.accounts import employ, grant
from tests.factories.clock import NOW
from tests.factories.courses import (
    STARTS,
    EnrolmentFactory,
    OfferingFactory,
    OfferingShareFactory,
    SessionFactory,
    colleague_of,
    entitle,
    host_of,
    queued,
    seated,
)
from tests.factories.meetings import RoomFactory, VenueFactory, meets_again, only_meeting, room_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

HOURS = timedelta(hours=6)
WEEK = timedelta(days=7)


@pytest.fixture
def session():
    return SessionFactory(capacity=12)


@pytest.fixture
def lead(session):
    return grant(colleague_of(session), "LEARNING_LEAD", host_of(session))


def plan(starts_at=STARTS + WEEK, **fields):
    return MeetingPlan(starts_at=starts_at, ends_at=starts_at + HOURS, **fields)


def text_of(response):
    return " ".join(response.content.decode().split())


def refused(act, *args, **kwargs):
    with pytest.raises((Conflict, Forbidden)) as refusal:
        act(*args, **kwargs)
    return refusal.value.code


def test_every_session_meets_once_whatever_way_it_comes_into_the_table():
    offering = OfferingFactory()
    whole = {"place": "Room 1", "capacity": 3, "closes_at": STARTS, "offering": offering}
    Session.objects.bulk_create([Session(starts_at=STARTS, ends_at=STARTS + HOURS, **whole)])

    meeting = Meeting.objects.get()

    assert (meeting.starts_at, meeting.ends_at, meeting.is_held) == (STARTS, STARTS + HOURS, True)


def test_a_session_is_as_long_as_its_meetings_and_who_is_on_it_is_told(session, lead):
    has_a_place = seated(session, 1, person=colleague_of(session))
    EnrolmentFactory(session=session)

    add_meeting(session=session, plan=plan(title="Day 2"), by=lead, now=NOW)

    session.refresh_from_db()
    assert (session.starts_at, session.ends_at) == (STARTS, STARTS + WEEK + HOURS)
    assert session.revision == 1
    notice = Notice.objects.get()
    assert (notice.recipient, notice.rule) == (has_a_place.person, "courses.session_changed")
    assert "has changed" in WORDINGS[notice.rule](notice.facts)
    assert Event.objects.get().verb == "add_meeting"


def test_what_comes_before_the_start_follows_it(session, lead):
    Session.objects.update(closes_at=STARTS, withdraw_by=STARTS)
    offered = EnrolmentFactory(
        session=session, state="OFFERED", seat=1, queued_at=NOW, offer_ends_at=STARTS
    )
    earlier = STARTS - timedelta(days=2)

    add_meeting(session=session, plan=plan(earlier), by=lead, now=NOW)

    session.refresh_from_db()
    offered.refresh_from_db()
    assert [session.closes_at, session.withdraw_by, offered.offer_ends_at] == [earlier] * 3


def test_a_session_that_would_start_before_people_can_ask_is_left_as_it_is(session, lead):
    Session.objects.update(opens_at=NOW + timedelta(days=3))
    soon = NOW + timedelta(days=2)

    code = refused(change_meeting, meeting=only_meeting(session), plan=plan(soon), by=lead, now=NOW)

    session.refresh_from_db()
    assert (code, session.starts_at) == ("times_out_of_order", STARTS)
    assert only_meeting(session).starts_at == STARTS


@pytest.mark.parametrize(
    ("starts_at", "code"),
    [
        (STARTS + timedelta(hours=5), "meetings_overlap"),
        (NOW - timedelta(hours=1), "times_out_of_order"),
    ],
)
def test_a_meeting_that_cannot_be_is_refused(session, lead, starts_at, code):
    assert refused(add_meeting, session=session, plan=plan(starts_at), by=lead, now=NOW) == code
    assert only_meeting(session).starts_at == STARTS


def test_one_meeting_may_follow_another_at_once(session, lead):
    add_meeting(session=session, plan=plan(STARTS + HOURS), by=lead, now=NOW)

    assert session.meetings.count() == 2


def test_the_last_meeting_stays_and_others_go(session, lead):
    second = meets_again(session)

    remove_meeting(meeting=second, by=lead, now=NOW)
    code = refused(remove_meeting, meeting=only_meeting(session), by=lead, now=NOW)

    session.refresh_from_db()
    assert (code, session.ends_at) == ("last_meeting", STARTS + HOURS)


@pytest.mark.parametrize("role", ["HR_ADMINISTRATOR", "TALENT_LEAD"])
def test_only_who_runs_sessions_changes_when_they_meet(session, role):
    other = grant(colleague_of(session), role, host_of(session))
    meeting = meets_again(session)

    codes = {
        refused(add_meeting, session=session, plan=plan(), by=other, now=NOW),
        refused(change_meeting, meeting=meeting, plan=plan(), by=other, now=NOW),
        refused(remove_meeting, meeting=meeting, by=other, now=NOW),
    }

    assert codes == {"may_not_run"}


def test_a_session_that_has_begun_meets_as_planned(session, lead):
    assert refused(add_meeting, session=session, plan=plan(), by=lead, now=STARTS) == (
        "session_started"
    )


def test_a_room_is_never_booked_twice_and_what_it_is_booked_for_is_named(session, lead):
    room = room_of(session, name="Room 4")
    other = SessionFactory(offering=session.offering)
    change_meeting(meeting=only_meeting(other), plan=plan(STARTS, room=room), by=lead, now=NOW)

    with pytest.raises(Conflict) as refusal:
        change_meeting(
            meeting=only_meeting(session), plan=plan(STARTS, room=room), by=lead, now=NOW
        )

    assert refusal.value.code == "room_booked"
    assert refusal.value.message == (
        f"Room 4 is booked for {other.offering.programme.title} on 14 January 2027 at 9:30am."
        " Select another room or time."
    )


def test_the_database_books_no_room_twice_until_the_first_is_cancelled(session, lead):
    room = room_of(session)
    other = SessionFactory(offering=session.offering)
    other.meetings.update(room=room)

    with pytest.raises(IntegrityError), transaction.atomic():
        session.meetings.update(room=room)
    cancel_session(session=other, by=lead, now=NOW)
    session.meetings.update(room=room)

    assert only_meeting(other).is_held is False
    assert only_meeting(session).room == room


def test_a_room_of_another_organisation_is_not_taken(session, lead):
    wish = plan(room=RoomFactory())

    assert refused(add_meeting, session=session, plan=wish, by=lead, now=NOW) == "room_elsewhere"


@pytest.mark.django_db(transaction=True)
def test_two_who_book_a_room_at_once_do_not_both_get_it(session, lead):
    room = room_of(session)
    sessions = [session, *SessionFactory.create_batch(3, offering=session.offering)]
    start = Barrier(len(sessions))

    def book(mine):
        try:
            connection.ensure_connection()
            start.wait(timeout=60)
            change_meeting(
                meeting=only_meeting(mine), plan=plan(STARTS, room=room), by=lead, now=NOW
            )
        except Conflict as refusal:
            return refusal.code
        else:
            return "booked"
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(sessions)) as pool:
        came_to = sorted(pool.map(book, sessions))

    assert came_to == ["booked", "room_booked", "room_booked", "room_booked"]
    assert Meeting.objects.filter(room=room).count() == 1


def test_too_few_chairs_and_somebody_in_two_places_are_said(
    session, lead, django_assert_num_queries
):
    teacher = colleague_of(session)
    leads = (Lead(teacher.full_name, teacher), Lead("Ada Byron"))
    small = room_of(session, name="Cupboard", seats=4)
    other = SessionFactory(offering=session.offering)
    for one, room in ((session, small), (other, None)):
        change_meeting(
            meeting=only_meeting(one),
            plan=plan(STARTS, room=room, leads=leads),
            by=lead,
            now=NOW,
        )
    meetings = list(meetings_of(session))

    with django_assert_num_queries(1):
        warnings = warnings_about(session, meetings)

    assert warnings == [
        "Cupboard seats 4, and the session has 12 places.",
        (
            f"{teacher.full_name} also leads {other.offering.programme.title} on 14 January 2027 at"
            " 9:30am, at the same time."
        ),
    ]


def test_nobody_asks_for_a_place_while_they_have_one_at_the_same_time(session):
    mine = seated(session, 1, person=colleague_of(session))
    meets_again(session)
    later = SessionFactory(offering__host=host_of(session), starts_at=STARTS + WEEK + HOURS / 2)
    entitle(mine.person, later.offering.programme)
    ask = {"session": later, "person": mine.person, "by": mine.person, "now": NOW}

    with pytest.raises(Conflict) as refusal:
        enrol(**ask)

    assert refusal.value.code == "clash"
    assert session.offering.programme.title in refusal.value.message
    session.meetings.filter(starts_at__gt=STARTS).delete()
    assert enrol(**ask).state == "CONFIRMED"


def test_an_offer_is_not_accepted_while_there_is_a_place_at_the_same_time(session):
    mine = seated(session, 1, person=colleague_of(session))
    later = SessionFactory(offering__host=host_of(session))
    offered = EnrolmentFactory(
        session=later,
        person=mine.person,
        state="OFFERED",
        seat=1,
        queued_at=NOW,
        offer_ends_at=STARTS - WEEK,
    )

    assert refused(accept_offer, enrolment=offered, by=mine.person, now=NOW) == "clash"
    offered.refresh_from_db()
    assert offered.state == "OFFERED"


def test_a_turn_on_a_waiting_list_is_no_clash(session):
    mine = queued(session, person=colleague_of(session))
    later = SessionFactory(offering__host=host_of(session))
    entitle(mine.person, later.offering.programme)

    assert enrol(session=later, person=mine.person, by=mine.person, now=NOW).state == "CONFIRMED"


def test_venues_are_described_by_who_runs_sessions_there_and_each_once(session, lead):
    by = {"by": lead, "now": NOW}
    centre = VenuePlan("Education centre", has_hearing_loop=True)
    venue = save_venue(organisation=host_of(session), plan=centre, **by)
    room = save_room(venue=venue, name="Room 1", seats=20, **by)

    again = refused(save_venue, organisation=host_of(session), plan=centre, **by)
    twice = refused(save_room, venue=venue, name="Room 1", seats=9, **by)
    elsewhere = refused(save_venue, organisation=VenueFactory().organisation, plan=centre, **by)

    assert (again, twice, elsewhere) == ("name_taken", "name_taken", "may_not_run")
    save_room(venue=venue, room=room, name="Room 1", seats=24, **by)
    assert list(venue.rooms.values_list("name", "seats")) == [("Room 1", 24)]


# --- Pages


def typed(**changes):
    return {
        "held_on_day": "21",
        "held_on_month": "1",
        "held_on_year": "2027",
        "start_time": "9:30am",
        "end_time": "4pm",
    } | changes


def address(name, *args):
    return reverse(f"courses:{name}", args=args)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_meetings_of_a_session_take_the_same_queries_for_any_number(
    client, session, lead, django_assert_num_queries, rows
):
    room = room_of(session)
    for number in range(1, rows):
        meets_again(session, days=7 * number)
    session.meetings.update(room=room)
    for meeting in session.meetings.all():
        Facilitation.objects.create(meeting=meeting, name="Ada Byron")
    only_meeting(SessionFactory(place="Theirs"))
    client.force_login(lead)

    with django_assert_num_queries(13):
        response = client.get(address("session_meetings", session.pk))

    assert text_of(response).count("Ada Byron") == rows
    assert "Theirs" not in text_of(response)


def test_a_meeting_is_added_changed_and_removed_by_form(client, session, lead):
    room = room_of(session)
    teacher = colleague_of(session)
    client.force_login(lead)
    form = typed(room=room.pk, title="Finance", leads=f"{teacher.email.upper()}\nAda Byron")

    client.post(address("session_meetings", session.pk), form)
    made = session.meetings.get(title="Finance")
    shown = client.get(address("meeting_change", made.pk)).content.decode()
    client.post(address("meeting_change", made.pk), typed(held_on_day="22", title="Money"))
    made.refresh_from_db()
    client.post(address("meeting_change", made.pk), {"step": "REMOVE"})

    assert f"{teacher.email}\nAda Byron" in shown
    assert made.starts_at == datetime(2027, 1, 22, 9, 30, tzinfo=LONDON)
    assert (made.title, made.room) == ("Money", None)
    assert only_meeting(session).starts_at == STARTS


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"end_time": "9am"}, "The meeting must end after it starts"),
        ({"held_on_year": "2025"}, "Day must be on or after 20 November 2026"),
        ({"online_link": "http://meet.example"}, "Enter a link that starts with https://"),
        ({"leads": "nobody@waymark.example"}, "Nobody you can see has the address"),
        (
            {"held_on_day": "28", "held_on_month": "3", "start_time": "1:30am"},
            "There is no 01:30 on 28 March 2027",
        ),
        ({"held_on_day": "14"}, "This session already meets on 14 January 2027 at 9:30am"),
    ],
)
def test_a_wrong_meeting_is_not_added_and_what_was_typed_stays(
    client, session, lead, changes, sentence
):
    client.force_login(lead)

    response = client.post(
        address("session_meetings", session.pk), typed(title="Finance", **changes)
    )

    assert response.status_code == 422
    assert sentence in text_of(response)
    assert 'value="Finance"' in response.content.decode()
    assert only_meeting(session).starts_at == STARTS


def test_links_to_join_are_for_people_with_a_place(client, session):
    session.meetings.update(online_link="https://meet.example/secret")
    has_a_place = seated(session, 1, person=colleague_of(session)).person
    pages = []
    for person in (has_a_place, colleague_of(session)):
        client.force_login(person)
        pages.append(client.get(address("session_show", session.pk)).content.decode())

    assert ["meet.example/secret" in page for page in pages] == [True, False]


def test_who_may_come_from_elsewhere_reads_where_and_whether_they_can_get_in(client, session):
    room = room_of(session, name="Room 7", venue__access_text="Ring at the side door")
    session.meetings.update(room=room)
    guest = employ()
    OfferingShareFactory(
        offering=session.offering, organisation=guest.assignments.get().organisation
    )
    client.force_login(guest)

    page = text_of(client.get(address("session_show", session.pk)))

    assert "Room 7" in page
    assert "Ring at the side door" in page


def test_venues_and_rooms_are_kept_by_form(client, session, lead):
    client.force_login(lead)
    host = host_of(session)
    given = {"organisation": host.pk, "name": "Centre", "is_step_free": "on"}

    client.post(address("venue_list"), given)
    venue = Venue.objects.get()
    room = {"step": "ROOM", "room-name": "Room 1", "room-seats": "20"}
    client.post(address("venue_show", venue.pk), room)
    client.post(address("venue_show", venue.pk), room | {"room-seats": "25"})
    again = client.post(address("venue_list"), given)
    empty = client.post(address("venue_show", venue.pk), {"step": "ROOM"})
    client.post(address("venue_show", venue.pk), {"name": "New centre"})

    venue.refresh_from_db()
    assert (venue.name, venue.is_step_free) == ("New centre", False)
    assert list(venue.rooms.values_list("name", "seats")) == [("Room 1", 25)]
    assert (again.status_code, empty.status_code) == (422, 422)
    assert "There is one with this name already" in text_of(again)
    assert "Enter the name of the room" in text_of(empty)


@pytest.mark.parametrize("rows", [1, 3])
def test_venues_are_listed_at_a_constant_number_of_queries(
    client, session, lead, django_assert_num_queries, rows
):
    VenueFactory.create_batch(rows, organisation=host_of(session))
    VenueFactory(name="Theirs")
    client.force_login(lead)

    with django_assert_num_queries(12):
        response = client.get(address("venue_list"))

    assert text_of(response).count("/courses/venues/") >= rows
    assert "Theirs" not in text_of(response)


def test_the_venue_of_somebody_else_is_not_there(client, lead):
    client.force_login(lead)

    assert client.get(address("venue_show", VenueFactory().pk)).status_code == 404


def test_who_runs_nothing_keeps_no_venues(client, session):
    client.force_login(colleague_of(session))

    assert client.get(address("venue_list")).status_code == 403
    assert client.get(address("session_meetings", session.pk)).status_code == 403
