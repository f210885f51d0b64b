"""Invitations by mail: what a mail program is sent when a place begins, changes and ends."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.urls import reverse
from icalendar import Calendar

from accounts.models import Event
from common.dates import LONDON
from courses.models import InvitationRefusal, Session
from courses.services.calendars import refuse_invitations
from courses.services.enrolment import enrol, withdraw
from courses.services.meetings import MeetingPlan, add_meeting, change_meeting, remove_meeting
from courses.services.moves import move
from courses.services.offers import accept_offer
from courses.services.sessions import cancel_session
from courses.services.windows import WindowPlan, change_window
from jobs.models import OutboxMessage
from jobs.services.outbox import deliver_message
from notifications.models import Notice
from notifications.services.digests import make_digests
from tests.factories.accounts import PersonFactory, grant
from tests.factories.clock import NOW
from tests.factories.courses import (
    STARTS,
    EnrolmentFactory,
    SessionFactory,
    colleague_of,
    entitle,
    host_of,
    queued,
    seated,
)
from tests.factories.meetings import meets_again, only_meeting, room_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

HOURS = timedelta(hours=6)


@pytest.fixture
def session():
    return SessionFactory(capacity=2)


@pytest.fixture
def lead(session):
    return grant(PersonFactory(), "LEARNING_LEAD", host_of(session))


@pytest.fixture
def person(session):
    person = colleague_of(session)
    entitle(person, session.offering.programme)
    return person


def sent():
    """The mails that waited, once they are sent; each as a mail program takes it apart."""
    mail.outbox.clear()
    rows = OutboxMessage.objects.filter(kind="notifications.send_alert", state="WAITING")
    for pk in rows.order_by("pk").values_list("pk", flat=True):
        deliver_message(message_id=pk, now=NOW + timedelta(minutes=1))
    assert not OutboxMessage.objects.exclude(last_error="").exists()
    return [message.message() for message in mail.outbox]


def files_of(message):
    return [part for part in message.walk() if part.get_content_type() == "text/calendar"]


def entries(message):
    """For each file: method of the content type, method in the file, and its one entry."""
    found = []
    for part in files_of(message):
        calendar = Calendar.from_ical(part.get_payload(decode=True))
        (entry,) = calendar.walk("VEVENT")
        found.append((part.get_param("method"), str(calendar["METHOD"]), entry))
    return found


def said(message):
    """Method, name, number and state of each entry."""
    return [
        (declared, str(entry["UID"]), entry["SEQUENCE"], str(entry["STATUS"]))
        for declared, method, entry in entries(message)
        if declared == method
    ]


def test_a_place_comes_with_an_invitation_that_a_diary_can_read(session, person):
    session.meetings.update(room=room_of(session, name="Room 7"), title="Day 1")

    mine = enrol(session=session, person=person, by=person, now=NOW)

    [message] = sent()
    [part] = files_of(message)
    [(declared, method, entry)] = entries(message)
    assert message["To"] == person.email
    assert message["Subject"] == f"{session.offering.programme.title}, 14 January 2027"
    assert part["Content-Type"].startswith("text/calendar;")
    assert part.get_content_charset() == "utf-8"
    assert part.get_filename() == "session-1.ics"
    assert (declared, method) == ("REQUEST", "REQUEST")
    assert entry["UID"] == (
        f"meeting-{only_meeting(session).pk}-place-{mine.pk}@{settings.SITE_HOST}"
    )
    assert entry["DTSTART"].dt == STARTS.astimezone(LONDON)
    assert entry["DTSTART"].params["TZID"] == "Europe/London"
    assert entry["SUMMARY"] == f"{session.offering.programme.title}: Day 1"
    assert entry["LOCATION"].startswith("Room 7, ")
    assert entry["ORGANIZER"] == f"mailto:{settings.MAIL_FROM_ADDRESS}"
    assert entry["ORGANIZER"].params["CN"] == host_of(session).name
    assert entry["ATTENDEE"] == f"mailto:{person.email}"
    assert entry["ATTENDEE"].params["RSVP"] == "FALSE"
    text = message.get_payload(0).get_payload(decode=True).decode()
    assert "You have a place on" in text
    assert settings.SITE_URL + reverse("courses:calendar") in text


def test_the_mail_says_what_the_file_and_the_address_say(client, session, person):
    mine = enrol(session=session, person=person, by=person, now=NOW)
    client.force_login(person)
    page = client.post(reverse("courses:calendar"), {"step": "RENEW"}).content.decode()
    address = "/calendar/" + page.split("/calendar/")[1].split("<")[0].strip()

    [message] = sent()
    file = client.get(reverse("courses:enrolment_calendar", args=[mine.pk]))
    feed = client.get(address)

    [(_, _, mailed)] = entries(message)
    for response in (file, feed):
        (entry,) = Calendar.from_ical(response.content).walk("VEVENT")
        for name in ("UID", "SEQUENCE", "STATUS", "SUMMARY"):
            assert entry[name] == mailed[name]
        assert entry["DTSTART"].dt == mailed["DTSTART"].dt


def test_a_change_is_an_update_and_the_end_a_cancellation_of_the_same_entry(session, person, lead):
    mine = enrol(session=session, person=person, by=person, now=NOW)
    [invited] = sent()
    later = MeetingPlan(STARTS + HOURS, STARTS + 2 * HOURS)
    change_meeting(meeting=only_meeting(session), plan=later, by=lead, now=NOW)
    [updated] = sent()
    mine.refresh_from_db()
    withdraw(enrolment=mine, by=person, now=NOW)
    [ended] = sent()

    [(_, name, _, _)] = said(invited)
    assert said(invited) == [("REQUEST", name, 0, "CONFIRMED")]
    assert said(updated) == [("REQUEST", name, 2, "CONFIRMED")]
    assert said(ended) == [("CANCEL", name, 3, "CANCELLED")]
    [(_, _, entry)] = entries(updated)
    assert entry["DTSTART"].dt == (STARTS + HOURS).astimezone(LONDON)


def test_each_meeting_is_a_request_of_its_own_and_only_what_changed_is_sent_again(
    session, person, lead
):
    second = meets_again(session)
    enrol(session=session, person=person, by=person, now=NOW)
    [invited] = sent()
    plan = MeetingPlan(second.starts_at + HOURS, second.ends_at + HOURS)
    change_meeting(meeting=second, plan=plan, by=lead, now=NOW)
    [updated] = sent()
    third = add_meeting(
        session=session,
        plan=MeetingPlan(STARTS + timedelta(days=30), STARTS + timedelta(days=30, hours=1)),
        by=lead,
        now=NOW,
    )
    added_pk = third.pk
    [added] = sent()
    remove_meeting(meeting=third, by=lead, now=NOW)
    [removed] = sent()

    assert [row[0] for row in said(invited)] == ["REQUEST", "REQUEST"]
    assert [name for _, name, _, _ in said(updated)] == [said(invited)[1][1]]
    [(method, name, number, _)] = said(added)
    assert (method, name.split("-")[1], number) == ("REQUEST", str(added_pk), 4)
    assert said(removed) == [("CANCEL", name, 7, "CANCELLED")]


def test_another_place_of_the_session_is_an_update(session, person, lead):
    enrol(session=session, person=person, by=person, now=NOW)
    sent()
    plan = WindowPlan(closes_at=session.closes_at, place="Hall")

    change_window(session=session, plan=plan, by=lead, now=NOW)

    [message] = sent()
    [(_, _, entry)] = entries(message)
    assert (entry["LOCATION"], entry["SEQUENCE"]) == ("Hall", 2)


def test_a_cancelled_session_leaves_the_diaries_of_those_with_a_place(session, person, lead):
    enrol(session=session, person=person, by=person, now=NOW)
    queued(session)
    sent()

    cancel_session(session=session, by=lead, now=NOW)

    [message] = sent()
    assert message["To"] == person.email
    assert [(method, state) for method, _, _, state in said(message)] == [("CANCEL", "CANCELLED")]


def test_a_place_that_moves_up_or_is_accepted_comes_with_an_invitation(session, person):
    Session.objects.update(capacity=1)
    first = seated(session, 1, person=colleague_of(session))
    waiting = queued(session, person=person)
    withdraw(enrolment=first, by=first.person, now=NOW)
    mails = {message["To"]: said(message) for message in sent()}
    offered = EnrolmentFactory(
        session=SessionFactory(offering=session.offering, starts_at=STARTS + timedelta(days=9)),
        person=person,
        state="OFFERED",
        seat=1,
        queued_at=NOW,
        offer_ends_at=STARTS,
    )
    accept_offer(enrolment=offered, by=person, now=NOW)
    [accepted] = sent()

    waiting.refresh_from_db()
    assert waiting.state == "CONFIRMED"
    assert [row[0] for row in mails[person.email]] == ["REQUEST"]
    assert [row[0] for row in mails[first.person.email]] == ["CANCEL"]
    assert [row[0] for row in said(accepted)] == ["REQUEST"]


def test_moving_takes_one_out_and_puts_the_other_in(session, person):
    mine = enrol(session=session, person=person, by=person, now=NOW)
    sent()
    other = SessionFactory(offering=session.offering, starts_at=STARTS + timedelta(days=9))

    after = move(enrolment=mine, session=other, by=person, now=NOW)

    [message] = sent()
    assert [
        (method, name.split("place-")[1].split("@")[0]) for method, name, _, _ in said(message)
    ] == [
        ("CANCEL", str(mine.pk)),
        ("REQUEST", str(after.pk)),
    ]


def test_nobody_is_invited_to_what_they_have_given_up_meanwhile(session, person):
    mine = enrol(session=session, person=person, by=person, now=NOW)
    mine.refresh_from_db()
    withdraw(enrolment=mine, by=person, now=NOW)

    first, second = sent()

    assert said(first) == []
    assert [row[0] for row in said(second)] == ["CANCEL"]


def test_turns_and_requests_are_told_in_the_digest_alone(session, person):
    Session.objects.update(capacity=1)
    seated(session, 1)

    enrol(session=session, person=person, by=person, now=NOW)

    assert sent() == []
    assert Notice.objects.get(recipient=person).is_urgent is False
    assert make_digests(now=NOW) == 1


def test_who_turned_them_off_gets_none_and_reads_it_in_the_digest(session, person, lead):
    refuse_invitations(by=person, now=NOW)
    mine = enrol(session=session, person=person, by=person, now=NOW)
    other = seated(session, 2, person=colleague_of(session))
    later = MeetingPlan(STARTS + HOURS, STARTS + 2 * HOURS)
    change_meeting(meeting=only_meeting(session), plan=later, by=lead, now=NOW)

    mails = sent()

    assert [message["To"] for message in mails] == [other.person.email]
    mine.refresh_from_db()
    notices = Notice.objects.filter(recipient=person)
    assert {notice.rule for notice in notices} == {"courses.place_given", "courses.session_changed"}
    assert not notices.filter(is_urgent=True).exists()
    assert make_digests(now=NOW) == 1


def test_they_are_turned_off_and_on_on_the_page_of_the_diary(client, person):
    client.force_login(person)
    page = reverse("courses:calendar")

    for step in ("MAIL_OFF", "MAIL_OFF", "MAIL_ON", "MAIL_OFF"):
        client.post(page, {"step": step})

    assert InvitationRefusal.objects.get().person == person
    assert "You get no invitations by mail." in client.get(page).content.decode()
    verbs = Event.objects.filter(subject=person).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["refuse_invitations", "take_invitations", "refuse_invitations"]


@pytest.mark.parametrize("people", [1, 3])
def test_a_change_asks_for_mails_in_the_same_statements_for_any_number(
    session, lead, people, django_assert_num_queries
):
    Session.objects.update(capacity=people)
    for seat in range(1, people + 1):
        seated(session, seat)
    session.refresh_from_db()
    plan = WindowPlan(closes_at=session.closes_at, place="Hall")

    with django_assert_num_queries(15):
        change_window(session=session, plan=plan, by=lead, now=NOW)

    assert OutboxMessage.objects.filter(kind="notifications.send_alert").count() == people
