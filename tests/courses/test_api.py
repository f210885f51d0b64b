from datetime import date, timedelta

import pytest

from accounts.models import Event
from courses.models import Enrolment
from tests.api_client import hr_system
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
from tests.factories.courses_catalogue import ProviderAccreditationFactory
from tests.factories.meetings import meets_again, room_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

COURSES, SESSIONS, ENROLMENTS = "/api/v1/courses/", "/api/v1/sessions/", "/api/v1/enrolments/"

# The token, its OAuth client, whom that acts for, and the organisations it covers; and the scope:
# a savepoint around the request, what was open before, nobody's scope, the system's for the token,
# the client's, and the end of both.
SIGN_IN = 11


@pytest.fixture
def session():
    return SessionFactory(capacity=1)


@pytest.fixture
def system(session):
    return hr_system(host_of(session))


def asked(system, session, person, **more):
    return system.post(ENROLMENTS, {"person_id": person.pk, "session_id": session.pk, **more})


@pytest.mark.parametrize("rows", [1, 3])
def test_courses_are_listed_at_a_constant_number_of_queries(django_assert_num_queries, rows):
    trust = OrganisationFactory()
    for _ in range(rows):
        offering = OfferingFactory(host=trust)
        AccreditationFactory(programme=offering.programme)
        brings(offering.programme, f"Diploma {offering.pk}")
        OfferingFactory(programme=offering.programme)
    ProgrammeFactory(is_listed=False)
    system = hr_system(trust)

    # Courses, for whom they are mandatory, what they need first, offerings, and for each awards
    # and accreditations.
    with django_assert_num_queries(SIGN_IN + 8):
        response = system.get(COURSES)

    listed = response.json()["results"]
    assert [[row["host"]["id"] for row in course["offerings"]] for course in listed] == [
        [trust.pk]
    ] * rows
    assert [course["accreditations"][0]["level"] for course in listed] == ["Level 5"] * rows
    assert all(course["award"].startswith("Diploma ") for course in listed)
    assert [[award["level"] for award in course["awards"]] for course in listed] == [[5]] * rows


def test_an_offering_is_told_with_its_price_its_languages_and_what_accredits_it():
    trust = OrganisationFactory()
    offering = OfferingFactory(
        host=trust, provider=OrganisationFactory(), price_pence=45_000, languages=["en", "cy"]
    )
    AccreditationFactory(programme=None, offering=offering, credits=20, credit_scheme="CATS")

    [course] = hr_system(trust).get(COURSES).json()["results"]

    [told] = course["offerings"]
    assert told["provider"]["id"] == offering.provider_id
    assert (told["price_pence"], told["languages"]) == (45_000, ["en", "cy"])
    assert [(row["credits"], row["credit_scheme"]) for row in told["accreditations"]] == [
        (20, "CATS")
    ]
    assert course["accreditations"] == []


def test_an_offering_is_told_with_what_accredits_whoever_teaches_it():
    trust, provider = OrganisationFactory(), OrganisationFactory()
    OfferingFactory(host=trust, provider=provider, programme__title="A")
    OfferingFactory(host=trust, programme__title="B")
    ProviderAccreditationFactory(provider=provider, level="Level 7", ends_on=date(2027, 6, 30))
    ProviderAccreditationFactory(provider=trust, credits=3, credit_scheme="CATS")
    ProviderAccreditationFactory(provider=provider, ends_on=date(2026, 1, 1), body__name="Before")
    ProviderAccreditationFactory(body__name="Elsewhere")

    listed = hr_system(trust).get(COURSES).json()["results"]

    told = {course["title"]: course["offerings"][0] for course in listed}
    body = "Chartered Management Institute"
    assert [
        (row["body"], row["level"], row["credits"], row["ends_on"])
        for title in ("A", "B")
        for row in told[title]["provider_accreditations"]
    ] == [(body, "Level 7", None, "2027-06-30"), (body, "Level 5", 3, None)]


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ({"words": "rostering"}, ["Rostering"]),
        ({"mode": "ONLINE"}, ["Finance"]),
        ({"accredited": "true"}, ["Finance"]),
        ({"award_level": "7"}, ["Rostering"]),
        ({"award_level": "7", "mode": "ONLINE"}, []),
        ({}, ["Rostering", "Finance"]),
    ],
)
def test_courses_are_narrowed_as_the_catalogue_is(asked, titles):
    trust = OrganisationFactory()
    rostering = OfferingFactory(host=trust, programme__title="Rostering").programme
    brings(rostering, level=7)
    finance = OfferingFactory(host=trust, programme__title="Finance", mode="ONLINE")
    AccreditationFactory(programme=finance.programme)

    found = hr_system(trust).get(COURSES, asked).json()["results"]

    assert [course["title"] for course in found] == titles


@pytest.mark.parametrize("rows", [1, 3])
def test_sessions_are_listed_at_a_constant_number_of_queries(django_assert_num_queries, rows):
    board = OrganisationFactory(kind="ICB")
    trust = place_below(OrganisationFactory(), board)
    sessions = [
        SessionFactory(offering__host=host, starts_at=STARTS + timedelta(days=number))
        for number, host in enumerate([trust, board, trust][:rows])
    ]
    seated(sessions[0], 1)
    queued(sessions[0])
    SessionFactory()
    system = hr_system(trust)

    with django_assert_num_queries(SIGN_IN + 2):  # sessions, their meetings
        response = system.get(SESSIONS)

    listed = response.json()["results"]
    assert [row["id"] for row in listed] == [session.pk for session in sessions]
    assert (listed[0]["places_left"], listed[0]["waiting"]) == (9, 1)


def test_sessions_are_filtered_and_paged(system, session):
    later = SessionFactory(offering=session.offering, starts_at=STARTS + timedelta(days=30))
    cancelled = SessionFactory(
        offering=session.offering, starts_at=STARTS + timedelta(days=60), state="CANCELLED"
    )

    def ids(**query):
        return [row["id"] for row in system.get(SESSIONS, query).json()["results"]]

    first = system.get(SESSIONS, {"page_size": 2}).json()
    second = system.get(first["next"]).json()
    assert [row["id"] for row in first["results"]] == [session.pk, later.pk]
    assert [row["id"] for row in second["results"]] == [cancelled.pk]
    assert ids(state="CANCELLED") == [cancelled.pk]
    assert ids(starts_from="2027-02-01") == [later.pk, cancelled.pk]
    assert ids(course_id=session.offering.programme_id + 1) == []


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (SESSIONS, {"page": "abc"}),
        (SESSIONS, {"starts_from": "yesterday"}),
        (SESSIONS, {"course_id": "9" * 40}),
        (ENROLMENTS, {"state": "MAYBE"}),
        (COURSES, {"cursor": "abc"}),
    ],
)
def test_a_wrong_parameter_is_named(system, path, query):
    response = system.get(path, query)

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert [error["field"] for error in response.json()["errors"]] == list(query)


def test_one_course_and_one_session(system, session):
    course = system.get(f"{COURSES}{session.offering.programme_id}/").json()
    found = system.get(f"{SESSIONS}{session.pk}/").json()

    assert course["offerings"][0]["id"] == session.offering_id
    assert (found["course_id"], found["places_left"]) == (course["id"], 1)


def test_a_session_tells_its_meetings_and_no_link_to_join_them(system, session):
    session.meetings.update(title="Day 1", online_link="https://join.example/secret")
    second = meets_again(session)
    second.room = room_of(session, name="Room 7")
    second.save()

    response = system.get(f"{SESSIONS}{session.pk}/")

    first, last = response.json()["meetings"]
    assert (first["title"], first["room"], first["venue"]) == ("Day 1", "", "")
    assert (first["is_online"], last["is_online"]) == (True, False)
    assert (last["room"], last["venue"]) == ("Room 7", second.room.venue.name)
    assert last["starts_at"] == "2027-01-21T09:30:00Z"
    assert "secret" not in response.content.decode()


def test_not_there_and_not_yours_answer_alike(system):
    theirs = seated(SessionFactory(), 1)
    hidden = ProgrammeFactory(is_listed=False)

    answers = [
        system.get(f"{SESSIONS}{theirs.session_id}/"),
        system.get(f"{SESSIONS}{10**30}/"),
        system.get(f"{COURSES}{hidden.pk}/"),
        system.get(f"{ENROLMENTS}{theirs.pk}/"),
        system.post(f"{ENROLMENTS}{theirs.pk}/withdraw/", {}),
    ]

    assert [answer.status_code for answer in answers] == [404] * 5
    assert len({answer.content for answer in answers}) == 1
    theirs.refresh_from_db()
    assert theirs.state == "CONFIRMED"


def test_a_token_without_the_scope_is_refused(session):
    system = hr_system(host_of(session), scopes=["people:read"])
    reader = hr_system(host_of(session), scopes=["enrolments:read"])
    person = colleague_of(session)

    assert system.get(COURSES).status_code == 403
    assert system.get(ENROLMENTS).status_code == 403
    assert reader.get(ENROLMENTS).status_code == 200
    assert asked(reader, session, person).status_code == 403
    assert not Enrolment.objects.exists()


def test_an_entitled_person_gets_the_place(system, session):
    person = colleague_of(session)
    entitle(person, session.offering.programme)

    response = asked(system, session, person)

    answer = response.json()
    assert response.status_code == 201
    assert (answer["state"], answer["basis"], answer["person_id"]) == (
        "CONFIRMED",
        "ENTITLEMENT",
        person.pk,
    )
    assert response["Location"] == f"{ENROLMENTS}{answer['id']}/"
    assert system.get(response["Location"]).json() == answer
    assert Event.objects.get(verb="enrol").by_client == system.api_client


def test_a_full_session_answers_with_the_place_in_the_queue(system, session):
    seated(session, 1)
    queued(session, minutes=-1)
    person = colleague_of(session)
    entitle(person, session.offering.programme)

    answer = asked(system, session, person).json()

    assert (answer["state"], answer["place_in_queue"]) == ("WAITING", 2)


def test_without_entitlement_the_line_manager_is_asked(system, session):
    person = colleague_of(session, manager=PersonFactory())

    answer = asked(system, session, person, reason="Moves to nights in March").json()

    assert (answer["state"], answer["basis"], answer["place_in_queue"]) == (
        "REQUESTED",
        "APPROVAL",
        None,
    )
    assert Enrolment.objects.get().reason == "Moves to nights in March"


def test_sending_the_same_again_answers_with_the_first(system, session):
    person = colleague_of(session)
    first = asked(system, session, person).json()

    again = asked(system, session, person)

    problem = again.json()
    assert (again.status_code, problem["code"]) == (409, "already_enrolled")
    assert again["Content-Type"] == "application/problem+json"
    assert problem["current"] == {"id": first["id"], "state": "REQUESTED"}
    assert Enrolment.objects.count() == 1


def test_asking_after_closing_time_is_a_conflict(system, session, clock):
    person = colleague_of(session)
    system_later = system
    type(session).objects.filter(pk=session.pk).update(closes_at=NOW)

    response = asked(system_later, session, person)

    assert (response.status_code, response.json()["code"]) == (409, "enrolment_closed")


def test_whoever_is_not_of_the_organisation_or_does_not_exist_answers_alike(system, session):
    stranger = employ()

    answers = [
        asked(system, session, stranger),
        asked(system, session, type(stranger)(pk=999_999)),
    ]

    for answer in answers:
        assert answer.status_code == 400
        assert answer.json()["errors"] == [
            {
                "field": "person_id",
                "code": "not_found",
                "detail": "There is nothing with this number here.",
            }
        ]
    assert not Enrolment.objects.exists()


def test_a_session_the_person_is_not_offered_is_forbidden(session):
    board = OrganisationFactory(kind="ICB")
    system = hr_system(place_below(host_of(session), board).parent_links.get().parent)
    neighbour = employ(organisation=place_below(OrganisationFactory(), board))

    response = asked(system, session, neighbour)

    assert (response.status_code, response.json()["code"]) == (403, "may_not_enrol")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["person_id", "session_id"]),
        ({"person_id": "x", "session_id": None}, ["person_id", "session_id"]),
        ({"person_id": 0, "session_id": 10**30}, ["person_id", "session_id"]),
        ({"person_id": 1, "session_id": 1, "state": "CONFIRMED"}, ["state"]),
        ({"person_id": 1, "session_id": 1, "reason": "x" * 1001}, ["reason"]),
        ([], [""]),
    ],
)
def test_a_wrong_body_names_every_field(system, body, fields):
    response = system.post(ENROLMENTS, body)

    assert response.status_code == 400
    assert sorted(error["field"] for error in response.json()["errors"]) == fields


@pytest.mark.parametrize("rows", [1, 3])
def test_enrolments_are_listed_at_a_constant_number_of_queries(
    session, django_assert_num_queries, rows
):
    system = hr_system(host_of(session))
    people = [colleague_of(session) for _ in range(rows)]
    for number, person in enumerate(people):
        queued(session, person=person, minutes=number)
    queued(session, person=employ(), minutes=90)

    with django_assert_num_queries(SIGN_IN + 1):
        response = system.get(ENROLMENTS)

    listed = response.json()["results"]
    assert [row["person_id"] for row in listed] == [person.pk for person in people]
    assert [row["place_in_queue"] for row in listed] == list(range(1, rows + 1))


def test_enrolments_are_filtered(system, session):
    first = EnrolmentFactory(session=session, person=colleague_of(session))
    second = seated(session, 1, person=colleague_of(session))

    def ids(**query):
        return [row["id"] for row in system.get(ENROLMENTS, query).json()["results"]]

    assert ids(person_id=first.person_id) == [first.pk]
    assert ids(state="CONFIRMED") == [second.pk]
    assert ids(session_id=session.pk) == [first.pk, second.pk]


def test_withdrawing_moves_up_whoever_waited(system, session):
    mine = seated(session, 1, person=colleague_of(session))
    waiting = queued(session)

    response = system.post(f"{ENROLMENTS}{mine.pk}/withdraw/", {})
    again = system.post(f"{ENROLMENTS}{mine.pk}/withdraw/", {})

    waiting.refresh_from_db()
    assert (response.status_code, response.json()["state"]) == (200, "WITHDRAWN")
    assert waiting.state == "CONFIRMED"
    assert (again.status_code, again.json()["code"]) == (409, "stale_state")


def test_a_client_does_not_approve_what_it_asked_for(system, session):
    """No endpoint approves; the service would refuse as well."""
    person = colleague_of(session, manager=PersonFactory())
    answer = asked(system, session, person).json()

    response = system.post(f"{ENROLMENTS}{answer['id']}/", {"state": "CONFIRMED"})

    assert response.status_code == 405
    assert Enrolment.objects.get().state == "REQUESTED"


def test_a_person_with_a_session_reads_and_enrols_only_as_on_the_pages(client, session):
    person, colleague = colleague_of(session), colleague_of(session)
    lead = grant(PersonFactory(), "LEARNING_LEAD", host_of(session))
    body = {"person_id": person.pk, "session_id": session.pk}
    client.force_login(lead)
    by_lead = client.post(ENROLMENTS, body, content_type="application/json")
    client.force_login(colleague)
    by_colleague = client.post(ENROLMENTS, body, content_type="application/json")
    client.force_login(person)

    own = client.post(ENROLMENTS, body, content_type="application/json")

    assert (by_lead.status_code, by_colleague.status_code, own.status_code) == (403, 400, 201)


def test_nobody_reads_without_a_token(client):
    ApiClientFactory()

    for path in (COURSES, SESSIONS, ENROLMENTS):
        response = client.get(path)
        assert response.status_code == 401
        assert response["Content-Type"] == "application/problem+json"
