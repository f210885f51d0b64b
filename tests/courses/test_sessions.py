from datetime import timedelta

import pytest

from accounts.models import Event
from common.errors import Conflict, Forbidden
from courses.models import Enrolment, Offering, Session
from courses.services.sessions import (
    FewerThanSeated,
    SessionPlan,
    cancel_session,
    change_capacity,
    open_session,
)
from notifications.models import Notice
from tests.factories.accounts import OrganisationFactory, PersonFactory, grant, place_below
from tests.factories.clock import NOW
from tests.factories.courses import (
    STARTS,
    EnrolmentFactory,
    OfferingFactory,
    SessionFactory,
    colleague_of,
    host_of,
    queued,
    seated,
)

pytestmark = pytest.mark.django_db

PLAN = SessionPlan(
    starts_at=STARTS,
    ends_at=STARTS + timedelta(hours=6),
    closes_at=STARTS - timedelta(days=7),
    place="Room 4",
    capacity=12,
)


@pytest.fixture
def session():
    return SessionFactory(capacity=2)


@pytest.fixture
def lead(session):
    return grant(PersonFactory(), "LEARNING_LEAD", host_of(session))


def states_of(session):
    rows = session.enrolments.order_by("pk")
    return list(rows.values_list("state", "seat"))


def test_a_learning_lead_opens_a_session():
    offering = OfferingFactory()
    lead = grant(PersonFactory(), "LEARNING_LEAD", offering.host)

    session = open_session(offering=offering, plan=PLAN, by=lead, now=NOW)

    session.refresh_from_db()
    assert (session.place, session.capacity, session.state) == ("Room 4", 12, "OPEN")
    event = Event.objects.get()
    assert (event.verb, event.about_id, event.organisation) == (
        "open_session",
        session.pk,
        offering.host,
    )


def test_a_programme_lead_of_the_board_above_runs_sessions_of_a_trust():
    board = OrganisationFactory(kind="ICB")
    offering = OfferingFactory(host=place_below(OrganisationFactory(), board))
    lead = grant(PersonFactory(), "PROGRAMME_LEAD", board)

    assert open_session(offering=offering, plan=PLAN, by=lead, now=NOW).offering == offering


@pytest.mark.parametrize("role", ["HR_ADMINISTRATOR", "TALENT_LEAD", "AUDITOR"])
def test_other_roles_do_not_run_sessions(session, role):
    other = grant(colleague_of(session), role, host_of(session))

    for act in (
        lambda: open_session(offering=session.offering, plan=PLAN, by=other, now=NOW),
        lambda: change_capacity(session=session, capacity=5, by=other, now=NOW),
        lambda: cancel_session(session=session, by=other, now=NOW),
    ):
        with pytest.raises(Forbidden) as refusal:
            act()
        assert refusal.value.code == "may_not_run"
    session.refresh_from_db()
    assert (session.capacity, session.state, Session.objects.count()) == (2, "OPEN", 1)


def test_the_learning_lead_of_another_organisation_does_not_run_it(session):
    stranger = grant(PersonFactory(), "LEARNING_LEAD", OrganisationFactory())

    with pytest.raises(Forbidden):
        change_capacity(session=session, capacity=5, by=stranger, now=NOW)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"closes_at": NOW}, "session_in_the_past"),
        ({"ends_at": STARTS}, "times_out_of_order"),
        ({"closes_at": STARTS + timedelta(days=9)}, "times_out_of_order"),
    ],
)
def test_a_session_must_lie_ahead_in_order(change, code):
    offering = OfferingFactory()
    lead = grant(PersonFactory(), "LEARNING_LEAD", offering.host)
    plan = SessionPlan(
        **{name: getattr(PLAN, name) for name in SessionPlan.__dataclass_fields__} | change
    )

    with pytest.raises(Conflict) as refusal:
        open_session(offering=offering, plan=plan, by=lead, now=NOW)

    assert refusal.value.code == code


def test_an_offering_that_is_closed_gets_no_new_session(session, lead):
    Offering.objects.filter(pk=session.offering_id).update(is_open=False)

    with pytest.raises(Conflict) as refusal:
        open_session(offering=session.offering, plan=PLAN, by=lead, now=NOW)

    assert refusal.value.code == "offering_closed"


def test_more_places_go_to_the_waiting_list_in_its_order(session, lead):
    seated(session, 1)
    seated(session, 2)
    third, first, second = (queued(session, minutes=number) for number in (3, 1, 2))

    change_capacity(session=session, capacity=4, by=lead, now=NOW)

    rows = {row.pk: row for row in Enrolment.objects.filter(session=session)}
    assert [(rows[row.pk].state, rows[row.pk].seat) for row in (first, second, third)] == [
        ("CONFIRMED", 3),
        ("CONFIRMED", 4),
        ("WAITING", None),
    ]
    told = Notice.objects.order_by("pk").values_list("recipient", "rule")
    assert list(told) == [
        (first.person_id, "courses.moved_up"),
        (second.person_id, "courses.moved_up"),
    ]


def test_more_places_never_approve_a_request(session, lead):
    asked = EnrolmentFactory(session=session)

    change_capacity(session=session, capacity=50, by=lead, now=NOW)

    asked.refresh_from_db()
    assert (asked.state, asked.seat, asked.decided_by) == ("REQUESTED", None, None)


def test_never_fewer_places_than_are_taken(session, lead):
    seated(session, 1)
    seated(session, 2)

    with pytest.raises(FewerThanSeated) as refusal:
        change_capacity(session=session, capacity=1, by=lead, now=NOW)

    assert refusal.value.message == "2 places are taken. Enter that number or more."
    session.refresh_from_db()
    assert session.capacity == 2


def test_people_in_high_seats_move_down_when_there_are_fewer_places(lead, session):
    Session.objects.filter(pk=session.pk).update(capacity=10)
    for seat in (3, 9, 10):
        seated(session, seat)

    change_capacity(session=session, capacity=3, by=lead, now=NOW)

    assert sorted(seat for _state, seat in states_of(session)) == [1, 2, 3]


@pytest.mark.parametrize("state", ["CANCELLED", "CLOSED"])
def test_places_of_a_session_that_is_not_open_stay(session, lead, state):
    Session.objects.filter(pk=session.pk).update(state=state)

    with pytest.raises(Conflict) as refusal:
        change_capacity(session=session, capacity=9, by=lead, now=NOW)

    assert refusal.value.code == "session_not_open"


def test_places_of_a_session_that_has_started_stay(session, lead):
    queued(session)

    with pytest.raises(Conflict) as refusal:
        change_capacity(session=session, capacity=9, by=lead, now=session.starts_at)

    assert refusal.value.code == "session_started"


def test_cancelling_ends_everything_open_and_tells_everybody(session, lead):
    place, wish = seated(session, 1), queued(session)
    asked = EnrolmentFactory(session=session)
    EnrolmentFactory(session=session, state="WITHDRAWN", ended_at=NOW)

    cancel_session(session=session, by=lead, now=NOW)

    session.refresh_from_db()
    assert session.state == "CANCELLED"
    assert [state for state, _seat in states_of(session)] == [
        "CANCELLED",
        "CANCELLED",
        "CANCELLED",
        "WITHDRAWN",
    ]
    told = Notice.objects.filter(rule="courses.session_cancelled")
    assert set(told.values_list("recipient_id", flat=True)) == {
        place.person_id,
        wish.person_id,
        asked.person_id,
    }
    assert Event.objects.filter(verb="cancel").count() == 3


def test_cancelling_twice_is_a_conflict(session, lead):
    cancel_session(session=session, by=lead, now=NOW)

    with pytest.raises(Conflict) as refusal:
        cancel_session(session=session, by=lead, now=NOW)

    assert refusal.value.code == "stale_state"
