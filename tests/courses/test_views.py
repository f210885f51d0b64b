from datetime import timedelta

import pytest
from django.urls import reverse

from courses.models import Enrolment
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ
from tests.factories.clock import NOW
from tests.factories.courses import (
    STARTS,
    AccreditationFactory,
    EnrolmentFactory,
    OfferingFactory,
    ProgrammeFactory,
    SessionFactory,
    brings,
    colleague_of,
    entitle,
    host_of,
    queued,
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


def address(name, *args):
    return reverse(f"courses:{name}", args=args)


def text_of(response):
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize(
    "name",
    ["programme_list", "enrolment_list", "approval_list", "session_list", "session_open"],
)
def test_strangers_are_asked_to_sign_in(client, name):
    response = client.get(address(name))

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_catalogue_takes_the_same_queries_for_any_number(
    client, django_assert_num_queries, rows
):
    trust = OrganisationFactory()
    for number in range(rows):
        session = SessionFactory(offering__host=trust, starts_at=STARTS + timedelta(days=number))
        seated(session, 1)
    SessionFactory(offering__programme__title="Theirs", offering__programme__is_listed=False)
    client.force_login(employ(organisation=trust))

    # Where the reader stands, the role held and the one aimed at (there is neither), what is asked
    # of them, hosts, providers, the search, rows, next sessions.
    with django_assert_num_queries(SIGN_IN + 9):
        response = client.get(address("programme_list"))

    assert text_of(response).count("9 places left") == rows
    assert "Theirs" not in text_of(response)


def test_the_catalogue_shows_twenty_a_page_and_keeps_the_filters(client, reader):
    for number in range(21):
        ProgrammeFactory(title=f"Ward {number:02}", mode="ONLINE")

    first = text_of(client.get(address("programme_list"), {"mode": "ONLINE", "page": "abc"}))
    second = text_of(client.get(address("programme_list"), {"mode": "ONLINE", "page": "2"}))

    assert first.count("No session is open to you now.") == 20
    assert "mode=ONLINE" in first
    assert "Ward 20" in second
    assert "Ward 00" not in second


def test_the_catalogue_says_when_it_shows_words_alike(client, reader):
    ProgrammeFactory(title="Rosalind Franklin programme")

    page = text_of(client.get(address("programme_list"), {"words": "roslind"}))

    assert "Nothing has “roslind”. These titles have words like it." in page
    assert "Rosalind Franklin programme" in page


@pytest.mark.parametrize(
    "filters", [{"mode": "TELEPATHY"}, {"host": "9" * 30}, {"words": "a\x00b"}]
)
def test_wrong_filters_are_named_and_leave_the_catalogue_whole(client, reader, session, filters):
    response = client.get(address("programme_list"), filters)

    assert response.status_code == 422
    assert "There is a problem" in text_of(response)
    assert session.offering.programme.title in text_of(response)


def test_a_programme_shows_accreditation_entitlement_and_its_sessions(client, reader, session):
    programme = session.offering.programme
    entitle(reader, programme)
    AccreditationFactory(programme=programme, body__name="Institute of Leadership")
    brings(programme, "Diploma in leading a department", level=6)

    page = text_of(client.get(address("programme_show", programme.pk)))

    assert "Institute of Leadership, Level 5" in page
    assert "Diploma in leading a department" in page
    assert "Certificate or award, level 6, Chartered Management Institute" in page
    assert "Your pathway asks for this." in page
    assert "14 January 2027, 9:30am to 3:30pm" in page
    assert "2 places left" in page


@pytest.mark.parametrize("sessions", [1, 3])
def test_a_programme_takes_the_same_queries_for_any_number_of_sessions(
    client, django_assert_num_queries, sessions
):
    offering = OfferingFactory()
    for number in range(sessions):
        SessionFactory(offering=offering, starts_at=STARTS + timedelta(days=number))
    SessionFactory(offering__programme=offering.programme, place="Elsewhere")
    client.force_login(employ(organisation=offering.host))

    # Where the reader stands, the programme, accreditations, the role held, what is asked of them,
    # for whom it is mandatory, awards, outcomes, whether it builds on anything, offerings, what
    # they bring besides, what accredits them, sessions, own enrolments, whether they are told
    # about the next one.
    with django_assert_num_queries(SIGN_IN + 15):
        response = client.get(address("programme_show", offering.programme_id))

    assert text_of(response).count("Education centre, room 2") == sessions
    assert "Elsewhere" not in text_of(response)


def test_what_is_not_there_and_what_is_not_yours_answer_alike(client, reader):
    theirs = SessionFactory()
    hidden = ProgrammeFactory(is_listed=False)
    request = EnrolmentFactory()

    answers = [
        client.get(address("session_show", theirs.pk)),
        client.get(address("session_show", 10**30)),
        client.post(address("session_enrol", theirs.pk)),
        client.get(address("session_register", theirs.pk)),
        client.get(address("programme_show", hidden.pk)),
        client.get(address("approval_decide", request.pk)),
        client.get(address("enrolment_withdraw", request.pk)),
    ]

    assert [answer.status_code for answer in answers] == [404] * len(answers)


def test_taking_a_place_the_pathway_asks_for(client, reader, session):
    entitle(reader, session.offering.programme)
    page = text_of(client.get(address("session_show", session.pk)))
    assert "Take a place" in page
    assert "Why do you want" not in page

    response = client.post(address("session_enrol", session.pk), follow=True)

    assert Enrolment.objects.get().state == "CONFIRMED"
    assert "You have a place on this session." in text_of(response)
    assert "Withdraw" in text_of(response)


def test_asking_for_a_place_keeps_the_reason(client, reader, session):
    response = client.post(
        address("session_enrol", session.pk), {"reason": "To lead the night rota"}, follow=True
    )

    assert Enrolment.objects.get().reason == "To lead the night rota"
    assert "Your request is waiting for approval." in text_of(response)


def test_a_reason_that_is_too_long_comes_back_as_typed(client, reader, session):
    words = "night rota " * 100

    response = client.post(address("session_enrol", session.pk), {"reason": words})

    assert response.status_code == 422
    assert "Enter 1000 characters or fewer" in text_of(response)
    assert words.strip() in text_of(response)
    assert not Enrolment.objects.exists()


def test_asking_twice_changes_nothing_and_says_so(client, reader, session):
    client.post(address("session_enrol", session.pk))

    response = client.post(address("session_enrol", session.pk), follow=True)

    assert "There is a place or a request on this session already." in text_of(response)
    assert Enrolment.objects.count() == 1


def test_asking_after_closing_time_is_a_conflict(client, reader, session, clock):
    clock.move_to(session.closes_at)
    client.force_login(reader)

    response = client.post(address("session_enrol", session.pk))

    assert response.status_code == 409
    assert "Enrolment for this session has closed." in text_of(response)


def test_a_waiting_list_says_the_place_in_it(client, reader, session):
    queued(session)
    queued(session, person=reader, minutes=1)

    page = text_of(client.get(address("session_show", session.pk)))

    assert "You are number 2 on the waiting list." in page


def test_a_refusal_is_shown_with_its_reason(client, reader, session):
    EnrolmentFactory(
        session=session,
        person=reader,
        state="REFUSED",
        basis="APPROVAL",
        decided_at=NOW,
        decided_by=PersonFactory(),
        ended_at=NOW,
        refusal_reason="NOT_NOW",
        refusal_text="Ask again in <March>.",
    )

    page = text_of(client.get(address("session_show", session.pk)))

    assert "Agreed for a later date" in page
    assert "Ask again in &lt;March&gt;." in page
    assert "Ask for a place" in page


def test_withdrawing_asks_first_and_then_does_it(client, reader, session):
    mine = seated(session, 1, person=reader)
    asked = client.get(address("enrolment_withdraw", mine.pk))
    assert "Your place goes to whoever has waited longest." in text_of(asked)

    client.post(address("enrolment_withdraw", mine.pk))

    mine.refresh_from_db()
    assert mine.state == "WITHDRAWN"


def test_a_manager_cannot_withdraw_a_report(client, reader, session):
    manager = PersonFactory()
    theirs = seated(session, 1, person=colleague_of(session, manager=manager))
    client.force_login(manager)

    assert client.post(address("enrolment_withdraw", theirs.pk)).status_code == 404
    theirs.refresh_from_db()
    assert theirs.state == "CONFIRMED"


@pytest.mark.parametrize("rows", [1, 3])
def test_my_courses_take_the_same_queries_for_any_number(
    client, reader, django_assert_num_queries, rows
):
    for _ in range(rows):
        queued(SessionFactory(), person=reader)
    queued(SessionFactory())

    with django_assert_num_queries(SIGN_IN + 3):  # standing, count, rows
        response = client.get(address("enrolment_list"))

    assert text_of(response).count("number 1") == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_requests_take_the_same_queries_for_any_number(
    client, session, django_assert_num_queries, rows
):
    manager = PersonFactory()
    for _ in range(rows):
        EnrolmentFactory(session=session, person=colleague_of(session, manager=manager))
    EnrolmentFactory(session=session, person=colleague_of(session, manager=PersonFactory()))
    client.force_login(manager)

    with django_assert_num_queries(SIGN_IN + 3):  # standing, count, rows
        response = client.get(address("approval_list"))

    table, _and, _ticks = text_of(response).partition("Answer several together")
    assert table.count(session.offering.programme.title) == rows


@pytest.fixture
def request_for_me(client, session):
    """A request of a report of the person who is signed in."""
    manager = colleague_of(session)
    client.force_login(manager)
    person = colleague_of(session, manager=manager)
    return EnrolmentFactory(session=session, person=person, reason="To lead the night rota")


def test_a_line_manager_approves(client, request_for_me):
    decide = address("approval_decide", request_for_me.pk)
    assert "To lead the night rota" in text_of(client.get(decide))

    response = client.post(decide, {"decision": "APPROVE"}, follow=True)

    request_for_me.refresh_from_db()
    assert request_for_me.state == "CONFIRMED"
    assert f"{request_for_me.person.full_name} has a place." in text_of(response)


def test_a_refusal_needs_reason_and_words_and_keeps_what_was_typed(client, request_for_me):
    decide = address("approval_decide", request_for_me.pk)

    response = client.post(decide, {"decision": "REFUSE", "text": "No cover in January"})

    assert response.status_code == 422
    page = text_of(response)
    assert "<title>Error:" in page
    assert '<a href="#id_reason">Select a reason for refusing</a>' in page
    assert "No cover in January" in page
    request_for_me.refresh_from_db()
    assert request_for_me.state == "REQUESTED"


def test_a_line_manager_refuses_with_a_reason(client, request_for_me):
    client.post(
        address("approval_decide", request_for_me.pk),
        {"decision": "REFUSE", "reason": "SERVICE_COVER", "text": "No cover in January"},
    )

    request_for_me.refresh_from_db()
    assert (request_for_me.state, request_for_me.refusal_reason) == ("REFUSED", "SERVICE_COVER")


def test_saying_nothing_decides_nothing(client, request_for_me):
    response = client.post(address("approval_decide", request_for_me.pk), {"decision": ""})

    assert response.status_code == 422
    assert "Select whether you approve this" in text_of(response)


def test_a_request_decided_meanwhile_is_a_conflict(client, request_for_me):
    Enrolment.objects.filter(pk=request_for_me.pk).update(state="WITHDRAWN", ended_at=NOW)

    response = client.post(address("approval_decide", request_for_me.pk), {"decision": "APPROVE"})

    assert response.status_code == 409


def test_who_sees_a_request_but_does_not_decide_is_refused_with_a_sentence(client, session):
    second_line, manager = colleague_of(session), PersonFactory()
    employ(person=manager, organisation=host_of(session), manager=second_line)
    request = EnrolmentFactory(session=session, person=colleague_of(session, manager=manager))
    client.force_login(second_line)

    response = client.post(address("approval_decide", request.pk), {"decision": "APPROVE"})

    assert response.status_code == 403
    assert "Only who is asked can decide about this request" in text_of(response)
