"""Whoever teaches an offering runs its sessions, as whoever hosts it does."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.scope import opened
from common.errors import Conflict, Forbidden
from courses.models import EvaluationBox, MeetingMark, SeatAllotment
from courses.reminders_sessions import too_few_to_run
from courses.selectors.meetings import rooms_of
from courses.selectors.running import offerings_run_by, registers_to_keep, sessions_run_by
from courses.services.meetings import MeetingPlan, change_meeting
from courses.services.registers import Marked, finish_register, keep_register
from courses.services.sessions import cancel_session, change_capacity, open_session
from tests.courses.test_sessions import PLAN
from tests.factories.accounts import OrganisationFactory, employ
from tests.factories.clock import NOW, TODAY
from tests.factories.courses import OfferingFactory, SessionFactory, host_of, queued, seated
from tests.factories.courses_catalogue import lead_at
from tests.factories.evaluations import evaluation_form
from tests.factories.meetings import RoomFactory, only_meeting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

YESTERDAY = NOW - timedelta(days=1)
PAGES = ("register", "resize", "cancel", "attendance", "complete", "seats", "meetings")


@pytest.fixture
def provider():
    return OrganisationFactory()


@pytest.fixture
def session(provider):
    return SessionFactory(offering=OfferingFactory(provider=provider), capacity=2)


@pytest.fixture
def begun(session):
    return SessionFactory(offering=session.offering, starts_at=YESTERDAY)


@pytest.fixture
def lead(provider):
    return lead_at(provider)


@pytest.fixture
def other_lead():
    """Of a provider that teaches something else."""
    other = OfferingFactory(provider=OrganisationFactory())
    SessionFactory(offering=other)
    return lead_at(other.provider)


def test_a_lead_of_the_provider_reads_the_sessions_it_teaches(session, lead, other_lead):
    for actor, seen in ((lead, [session]), (other_lead, [])):
        with opened(actor, on=TODAY):
            rows = sessions_run_by(actor, on=TODAY).filter(offering=session.offering)
            assert list(rows) == seen
            assert list(offerings_run_by(actor, on=TODAY).filter(pk=session.offering_id)) == [
                row.offering for row in seen
            ]


def test_a_lead_of_the_provider_opens_changes_and_cancels_sessions(session, lead):
    waiting = queued(session)
    with opened(lead, on=TODAY):
        opened_too = open_session(offering=session.offering, plan=PLAN, by=lead, now=NOW)
        change_capacity(session=session, capacity=5, by=lead, now=NOW)
        cancel_session(session=opened_too, by=lead, now=NOW)

    waiting.refresh_from_db()
    opened_too.refresh_from_db()
    assert (waiting.state, opened_too.state) == ("CONFIRMED", "CANCELLED")


def test_a_lead_of_another_provider_does_not(session, other_lead):
    for act in (
        lambda: open_session(offering=session.offering, plan=PLAN, by=other_lead, now=NOW),
        lambda: change_capacity(session=session, capacity=5, by=other_lead, now=NOW),
        lambda: cancel_session(session=session, by=other_lead, now=NOW),
        lambda: keep_register(
            session=session, begins_at=session.starts_at, marks={}, by=other_lead, now=NOW
        ),
    ):
        with pytest.raises(Forbidden) as refusal:
            act()
        assert refusal.value.code == "may_not_run"
    session.refresh_from_db()
    assert (session.capacity, session.state) == (2, "OPEN")


def test_a_lead_of_the_provider_keeps_the_register_and_sees_what_people_thought(begun, lead):
    form = evaluation_form(organisation=host_of(begun))
    place = seated(begun, 1)

    with opened(lead, on=TODAY):
        keep_register(
            session=begun,
            begins_at=begun.starts_at,
            marks={place.pk: Marked("PRESENT")},
            by=lead,
            now=NOW,
        )
        finish_register(session=begun, by=lead, now=NOW)

        box = EvaluationBox.objects.select_related("form").get(session=begun)
        assert (box.form, MeetingMark.objects.get().mark) == (form, "PRESENT")
    place.refresh_from_db()
    assert place.state == "ATTENDED"


@pytest.mark.parametrize("page", PAGES)
def test_pages_of_running_are_open_to_the_provider_alone(
    client, session, begun, lead, other_lead, provider, page
):
    asked = begun if page in {"attendance", "complete"} else session
    name = seated(asked, 1).person.full_name
    address = reverse(f"courses:session_{page}", args=[asked.pk])
    found = {}
    for who, actor in {
        "lead": lead,
        "colleague": employ(organisation=provider),
        "other": other_lead,
    }.items():
        client.force_login(actor)
        found[who] = client.get(address)

    assert {who: told.status_code for who, told in found.items()} == {
        "lead": 200,
        "colleague": 404,
        "other": 404,
    }
    if page in {"register", "attendance"}:
        assert name in found["lead"].content.decode()


@pytest.mark.parametrize("page", ["completion_rule", "offering_evaluation"])
def test_pages_of_an_offering_are_open_to_the_provider(client, session, lead, page):
    client.force_login(lead)

    told = client.get(reverse(f"courses:{page}", args=[session.offering_id]))

    assert told.status_code == 200


def test_a_lead_of_the_provider_sees_the_seats_that_are_kept(session, lead, other_lead):
    SeatAllotment.objects.create(
        session=session,
        organisation=host_of(session),
        seats=1,
        releases_on=TODAY + timedelta(days=1),
    )

    for actor, seen in ((lead, 1), (other_lead, 0)):
        with opened(actor, on=TODAY):
            assert SeatAllotment.objects.visible_to(actor, on=TODAY).count() == seen
            assert SeatAllotment.objects.count() == seen


def test_sessions_meet_in_rooms_of_the_host_or_of_the_provider(session, provider, lead):
    rooms = {
        owner: RoomFactory(venue__organisation=place)
        for owner, place in {
            "host": host_of(session),
            "provider": provider,
            "elsewhere": OrganisationFactory(),
        }.items()
    }
    meeting = only_meeting(session)

    def meet_in(room):
        times = {"starts_at": meeting.starts_at, "ends_at": meeting.ends_at}
        change_meeting(meeting=meeting, plan=MeetingPlan(room=room, **times), by=lead, now=NOW)

    assert set(rooms_of(session.offering)) == {rooms["host"], rooms["provider"]}
    meet_in(rooms["provider"])
    with pytest.raises(Conflict) as refusal:
        meet_in(rooms["elsewhere"])
    meeting.refresh_from_db()
    assert (refusal.value.code, meeting.room) == ("room_elsewhere", rooms["provider"])


def test_leads_of_host_and_provider_are_told_once_of_too_few(session, provider, lead):
    of_host = lead_at(host_of(session))
    session.minimum = 2
    session.closes_at = NOW - timedelta(days=1)
    session.save()

    told = [due.recipient_id for due in too_few_to_run(TODAY)]

    assert sorted(told) == sorted([lead.pk, of_host.pk])


def test_a_register_of_the_provider_waits_to_be_kept(begun, lead, other_lead):
    for actor, seen in ((lead, [begun]), (other_lead, [])):
        assert list(registers_to_keep(actor, on=TODAY, now=NOW)) == seen
