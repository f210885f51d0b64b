from datetime import timedelta

import pytest

from accounts.actors import ApiClientPrincipal, SystemJob
from accounts.models import Event
from common.errors import Conflict, Forbidden
from courses.models import Enrolment, EnrolmentState, Session
from courses.services.admission import AlreadyEnrolled
from courses.services.enrolment import approve, enrol, refuse, withdraw
from notifications.models import Notice
from tests.factories.accounts import (
    ApiClientFactory,
    OrganisationFactory,
    PersonFactory,
    employ,
    grant,
    place_below,
)
from tests.factories.clock import NOW
from tests.factories.courses import (
    EnrolmentFactory,
    OfferingShareFactory,
    SessionFactory,
    colleague_of,
    entitle,
    host_of,
    queued,
    seated,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return SessionFactory(capacity=2)


def entitled_colleague(session, **employment):
    person = colleague_of(session, **employment)
    entitle(person, session.offering.programme)
    return person


def asks(session, person, now=NOW):
    return enrol(session=session, person=person, by=person, now=now)


def last_event():
    return Event.objects.exclude(verb="promise_time").latest("pk")


def notices_of(person):
    rows = Notice.objects.filter(recipient=person).order_by("pk")
    return list(rows.values_list("rule", "facts__state"))


def test_entitlement_gives_the_lowest_free_seat(session):
    seated(session, 2)
    person = entitled_colleague(session)

    enrolment = asks(session, person)

    enrolment.refresh_from_db()
    assert (enrolment.state, enrolment.seat, enrolment.basis) == ("CONFIRMED", 1, "ENTITLEMENT")
    assert (enrolment.confirmed_at, enrolment.queued_at) == (NOW, None)
    assert enrolment.study_hours == session.offering.study_hours
    assert enrolment.organisation == host_of(session)


def test_entitlement_is_an_event_and_the_person_is_told(session):
    person = entitled_colleague(session)

    enrolment = asks(session, person)

    event = last_event()
    assert (event.verb, event.rule, event.by_person) == ("enrol", "entitlement", person)
    assert (event.subject, event.organisation) == (person, host_of(session))
    assert (event.about_type, event.about_id) == ("courses.enrolment", enrolment.pk)
    assert event.facts == {"session": session.pk, "state": "CONFIRMED"}
    assert notices_of(person) == [("courses.place_given", "CONFIRMED")]


def test_a_full_session_puts_the_entitled_on_the_waiting_list(session):
    seated(session, 1)
    seated(session, 2)
    person = entitled_colleague(session)

    enrolment = asks(session, person)

    assert (enrolment.state, enrolment.seat, enrolment.queued_at) == ("WAITING", None, NOW)


def test_a_free_seat_is_not_given_past_people_who_wait(session):
    queued(session, minutes=-30)
    person = entitled_colleague(session)

    enrolment = asks(session, person)

    assert enrolment.state == "WAITING"


def test_the_waiting_list_is_in_the_order_of_joining_whatever_the_clocks_say(session):
    seated(session, 1)
    seated(session, 2)
    first, second, third = (entitled_colleague(session) for _ in range(3))

    asks(session, first, now=NOW)
    asks(session, second, now=NOW - timedelta(seconds=5))
    asks(session, third, now=NOW)

    waiting = Enrolment.objects.filter(session=session, state="WAITING").order_by("queued_at")
    assert [row.person for row in waiting] == [first, second, third]
    assert len({row.queued_at for row in waiting}) == 3


def test_without_entitlement_the_line_manager_is_asked(session):
    manager = PersonFactory()
    person = colleague_of(session, manager=manager)

    enrolment = enrol(session=session, person=person, by=person, now=NOW, reason="To lead nights")

    enrolment.refresh_from_db()
    assert (enrolment.state, enrolment.basis, enrolment.seat) == ("REQUESTED", "APPROVAL", None)
    assert enrolment.reason == "To lead nights"
    assert [rule for rule, _state in notices_of(manager)] == ["courses.approval_asked"]
    assert notices_of(person) == []
    assert "To lead nights" not in str(last_event().facts)


def test_an_entitlement_to_another_programme_is_none(session):
    person = colleague_of(session)
    entitle(person, SessionFactory().offering.programme)

    assert asks(session, person).state == "REQUESTED"


def test_an_entitlement_of_a_former_post_is_none(session):
    person = employ(organisation=host_of(session), ends_on=NOW.date() - timedelta(days=1))
    entitle(person, session.offering.programme)
    employ(person=person, organisation=host_of(session))

    assert asks(session, person).state == "REQUESTED"


def test_learning_leads_are_asked_for_whoever_has_no_line_manager(session):
    board = OrganisationFactory(kind="ICB")
    place_below(host_of(session), board)
    lead = grant(PersonFactory(), "LEARNING_LEAD", host_of(session))
    above = grant(PersonFactory(), "LEARNING_LEAD", board)
    chief = colleague_of(session)

    asks(session, chief)

    assert [rule for rule, _state in notices_of(lead)] == ["courses.approval_asked"]
    assert notices_of(above) == []


@pytest.mark.parametrize("late", [timedelta(0), timedelta(days=1)])
def test_asking_from_closing_time_on_is_refused(session, late):
    person = entitled_colleague(session)

    with pytest.raises(Conflict) as refusal:
        asks(session, person, now=session.closes_at + late)

    assert refusal.value.code == "enrolment_closed"
    assert not Enrolment.objects.exists()


def test_asking_until_just_before_closing_time_is_in_time(session):
    person = entitled_colleague(session)

    enrolment = asks(session, person, now=session.closes_at - timedelta(seconds=1))

    assert enrolment.state == "CONFIRMED"


@pytest.mark.parametrize("state", ["CANCELLED", "CLOSED"])
def test_asking_for_a_session_that_is_not_open_is_refused(session, state):
    person = entitled_colleague(session)
    Session.objects.filter(pk=session.pk).update(state=state)

    with pytest.raises(Conflict) as refusal:
        asks(session, person)

    assert refusal.value.code == "enrolment_closed"


def test_asking_twice_says_what_the_first_came_to(session):
    person = entitled_colleague(session)
    first = asks(session, person)

    with pytest.raises(AlreadyEnrolled) as refusal:
        asks(session, person)

    assert refusal.value.code == "already_enrolled"
    assert refusal.value.current == {"id": first.pk, "state": "CONFIRMED"}
    assert Enrolment.objects.count() == 1


def test_asking_again_after_withdrawing_is_a_new_row_at_the_end(session):
    person = entitled_colleague(session)
    first = asks(session, person)
    withdraw(enrolment=first, by=person, now=NOW)

    second = asks(session, person)

    assert (second.state, second.pk == first.pk) == ("CONFIRMED", False)


def test_nobody_else_may_ask(session):
    manager = PersonFactory()
    person = colleague_of(session, manager=manager)
    lead = grant(PersonFactory(), "LEARNING_LEAD", host_of(session))
    job = SystemJob("test", organisation_ids=None)

    for actor in (manager, lead, colleague_of(session), job):
        with pytest.raises(Forbidden) as refusal:
            enrol(session=session, person=person, by=actor, now=NOW)
        assert refusal.value.code == "may_not_enrol"
    assert not Enrolment.objects.exists()


def test_a_session_of_another_organisation_is_refused(session):
    outsider = employ()
    entitle(outsider, session.offering.programme)

    with pytest.raises(Forbidden) as refusal:
        asks(session, outsider)

    assert refusal.value.code == "may_not_enrol"


def test_a_shared_offering_and_one_from_above_are_open(session):
    board = OrganisationFactory(kind="ICB")
    trust = place_below(OrganisationFactory(), board)
    share = OfferingShareFactory(organisation=trust)
    shared = SessionFactory(offering=share.offering)
    from_above = SessionFactory(offering__host=board)
    person = employ(organisation=trust)

    states = [asks(each, person).state for each in (shared, from_above)]

    assert states == ["REQUESTED", "REQUESTED"]


def test_a_role_without_a_place_of_work_is_not_enough(session):
    lead = grant(PersonFactory(), "PROGRAMME_LEAD", host_of(session))

    with pytest.raises(Forbidden):
        asks(session, lead)


def test_the_hr_system_enrols_people_of_its_organisation_only(session):
    client = ApiClientFactory(organisation=host_of(session))
    hr_system = ApiClientPrincipal(client=client, scopes=frozenset())
    stranger = ApiClientPrincipal(client=ApiClientFactory(), scopes=frozenset())
    person = entitled_colleague(session)

    with pytest.raises(Forbidden):
        enrol(session=session, person=person, by=stranger, now=NOW)
    enrolment = enrol(session=session, person=person, by=hr_system, now=NOW)

    assert (enrolment.state, enrolment.requested_by_client) == ("CONFIRMED", client)
    assert last_event().by_client == client


@pytest.fixture
def request_and_manager(session):
    manager = PersonFactory()
    person = colleague_of(session, manager=manager)
    return asks(session, person), manager


def test_approval_gives_a_place_and_keeps_who_and_when(request_and_manager):
    enrolment, manager = request_and_manager

    approved = approve(enrolment=enrolment, by=manager, now=NOW)

    approved.refresh_from_db()
    assert (approved.state, approved.seat, approved.basis) == ("CONFIRMED", 1, "APPROVAL")
    assert (approved.decided_by, approved.decided_at) == (manager, NOW)
    assert notices_of(approved.person) == [("courses.request_approved", "CONFIRMED")]
    assert (last_event().verb, last_event().facts["state"]) == ("approve", "CONFIRMED")


def test_approval_for_a_full_session_joins_the_end_of_the_waiting_list(
    session, request_and_manager
):
    enrolment, manager = request_and_manager
    seated(session, 1)
    seated(session, 2)
    earlier = queued(session, minutes=60)

    approved = approve(enrolment=enrolment, by=manager, now=NOW)

    assert approved.state == "WAITING"
    assert approved.queued_at > earlier.queued_at
    assert notices_of(approved.person) == [("courses.request_approved", "WAITING")]


def test_only_the_line_manager_decides(session, request_and_manager):
    enrolment, manager = request_and_manager
    second_line = PersonFactory()
    employ(person=manager, organisation=host_of(session), manager=second_line)
    lead = grant(PersonFactory(), "LEARNING_LEAD", host_of(session))

    for actor in (enrolment.person, second_line, lead, colleague_of(session)):
        with pytest.raises(Forbidden) as refusal:
            approve(enrolment=enrolment, by=actor, now=NOW)
        assert refusal.value.code == "may_not_decide"
        with pytest.raises(Forbidden):
            refuse(enrolment=enrolment, reason="BUDGET", text="No money", by=actor, now=NOW)
    enrolment.refresh_from_db()
    assert enrolment.state == "REQUESTED"


def test_a_former_line_manager_no_longer_decides(request_and_manager):
    enrolment, manager = request_and_manager
    enrolment.person.managed_by_lines.update(ends_on=NOW.date() - timedelta(days=1))

    with pytest.raises(Forbidden):
        approve(enrolment=enrolment, by=manager, now=NOW)


def test_the_learning_lead_decides_where_there_is_no_line_manager(session):
    enrolment = asks(session, colleague_of(session))
    lead = grant(PersonFactory(), "LEARNING_LEAD", host_of(session))

    assert approve(enrolment=enrolment, by=lead, now=NOW).state == "CONFIRMED"


def test_a_learning_lead_without_a_line_manager_does_not_approve_their_own(session):
    lead = grant(colleague_of(session), "LEARNING_LEAD", host_of(session))
    enrolment = asks(session, lead)

    with pytest.raises(Forbidden):
        approve(enrolment=enrolment, by=lead, now=NOW)


def test_refusing_keeps_reason_and_words_and_tells_the_person(request_and_manager):
    enrolment, manager = request_and_manager
    words = "Ask again for the March session."

    refused = refuse(enrolment=enrolment, reason="NOT_NOW", text=words, by=manager, now=NOW)

    refused.refresh_from_db()
    assert (refused.state, refused.refusal_reason, refused.refusal_text) == (
        "REFUSED",
        "NOT_NOW",
        words,
    )
    assert (refused.decided_by, refused.decided_at, refused.ended_at) == (manager, NOW, NOW)
    event = last_event()
    assert (event.facts["state"], event.facts["reason"]) == ("REFUSED", "NOT_NOW")
    assert words not in str(event.facts)
    assert event.texts.get(name="text").text == words
    assert notices_of(refused.person) == [("courses.request_refused", "REFUSED")]


@pytest.mark.parametrize(
    ("reason", "text"), [("", "Because"), ("BORED", "Because"), ("BUDGET", " ")]
)
def test_it_is_the_refusal_that_needs_a_reason(request_and_manager, reason, text):
    enrolment, manager = request_and_manager

    with pytest.raises(Conflict) as refusal:
        refuse(enrolment=enrolment, reason=reason, text=text, by=manager, now=NOW)

    assert refusal.value.code == "reason_missing"


def test_a_request_is_decided_once(request_and_manager):
    enrolment, manager = request_and_manager
    refuse(enrolment=enrolment, reason="BUDGET", text="No money", by=manager, now=NOW)

    with pytest.raises(Conflict) as refusal:
        approve(enrolment=enrolment, by=manager, now=NOW)

    assert refusal.value.code == "stale_state"


def test_approval_after_the_start_is_too_late_but_refusal_is_not(session, request_and_manager):
    enrolment, manager = request_and_manager

    with pytest.raises(Conflict) as refusal:
        approve(enrolment=enrolment, by=manager, now=session.starts_at)
    refused = refuse(
        enrolment=enrolment, reason="NOT_NOW", text="Too late", by=manager, now=session.starts_at
    )

    assert refusal.value.code == "session_started"
    assert refused.state == "REFUSED"


def test_approval_between_closing_and_start_counts_because_the_person_asked_in_time(
    session, request_and_manager
):
    enrolment, manager = request_and_manager

    approved = approve(enrolment=enrolment, by=manager, now=session.closes_at + timedelta(hours=1))

    assert approved.state == "CONFIRMED"


def test_withdrawing_moves_up_whoever_waited_longest(session):
    person = entitled_colleague(session)
    mine = asks(session, person)
    seated(session, 2)
    second, first = queued(session, minutes=2), queued(session, minutes=1)

    withdrawn = withdraw(enrolment=mine, by=person, now=NOW)

    assert (withdrawn.state, withdrawn.seat, withdrawn.ended_at) == ("WITHDRAWN", None, NOW)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.seat, first.confirmed_at) == ("CONFIRMED", 1, NOW)
    assert second.state == "WAITING"
    assert notices_of(first.person) == [("courses.moved_up", "CONFIRMED")]
    assert list(Event.objects.order_by("pk").values_list("verb", flat=True)) == [
        "enrol",
        "promise_time",
        "withdraw",
        "let_go_of_time",
        "promote",
        "promise_time",
    ]


def test_promotion_never_moves_a_request_that_nobody_approved(session):
    person = entitled_colleague(session)
    mine = asks(session, person)
    asked = EnrolmentFactory(session=session)

    withdraw(enrolment=mine, by=person, now=NOW)

    asked.refresh_from_db()
    assert (asked.state, asked.seat) == ("REQUESTED", None)


def test_withdrawing_from_the_waiting_list_gives_nobody_a_place(session):
    person = entitled_colleague(session)
    seated(session, 1)
    seated(session, 2)
    mine, other = asks(session, person), queued(session, minutes=5)

    withdraw(enrolment=mine, by=person, now=NOW)

    other.refresh_from_db()
    assert other.state == "WAITING"


def test_a_place_cannot_be_given_up_once_the_session_has_started(session):
    person = entitled_colleague(session)
    mine = asks(session, person)

    with pytest.raises(Conflict) as refusal:
        withdraw(enrolment=mine, by=person, now=session.starts_at)

    assert refusal.value.code == "session_started"


def test_withdrawing_twice_is_a_conflict(session):
    person = entitled_colleague(session)
    mine = asks(session, person)
    withdraw(enrolment=mine, by=person, now=NOW)

    with pytest.raises(Conflict) as refusal:
        withdraw(enrolment=mine, by=person, now=NOW)

    assert refusal.value.code == "stale_state"


def test_nobody_else_withdraws_a_person(session):
    manager = PersonFactory()
    person = colleague_of(session, manager=manager)
    mine = asks(session, person)
    lead = grant(PersonFactory(), "LEARNING_LEAD", host_of(session))

    for actor in (manager, lead, PersonFactory()):
        with pytest.raises(Forbidden) as refusal:
            withdraw(enrolment=mine, by=actor, now=NOW)
        assert refusal.value.code == "may_not_withdraw"
    mine.refresh_from_db()
    assert mine.state == EnrolmentState.REQUESTED
