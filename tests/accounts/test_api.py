import pytest

from tests.api_client import hr_system
from tests.factories.accounts import (
    OrganisationFactory,
    PersonFactory,
    ReportingLineFactory,
    employ,
)
from tests.factories.clock import TODAY

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("rows", [1, 3])
def test_people_are_listed_at_a_constant_number_of_queries(django_assert_num_queries, rows):
    trust = OrganisationFactory()
    people = [employ(organisation=trust) for _ in range(rows)]
    employ()
    system = hr_system(trust)

    # token, its OAuth client, whom that acts for, organisations below, people
    with django_assert_num_queries(12):
        response = system.get("/api/v1/people/")

    listed = response.json()["results"]
    assert [row["email"] for row in listed] == [person.email for person in people]
    assert set(listed[0]) == {"id", "given_name", "family_name", "email", "is_active"}


def test_people_are_paged_by_cursor():
    trust = OrganisationFactory()
    people = [employ(organisation=trust).pk for _ in range(5)]
    system = hr_system(trust)

    first = system.get("/api/v1/people/", {"page_size": 3}).json()
    second = system.get(first["next"]).json()

    seen = [row["id"] for row in first["results"] + second["results"]]
    assert (seen, second["next"]) == (people, None)


def test_somebody_elses_person_and_nobody_answer_alike():
    system = hr_system(OrganisationFactory())
    theirs = employ()

    answers = [system.get(f"/api/v1/people/{pk}/") for pk in (theirs.pk, 999_999, 10**30)]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert len({answer.content for answer in answers}) == 1


def test_line_manager_and_supervisor_are_two_facts():
    trust = OrganisationFactory()
    manager, supervisor = PersonFactory(), PersonFactory()
    person = employ(organisation=trust, manager=manager)
    ReportingLineFactory(assignment=person.assignments.get(), manager=supervisor, kind="SUPERVISOR")

    (row,) = hr_system(trust).get("/api/v1/assignments/").json()["results"]

    assert (row["line_manager_id"], row["supervisor_id"]) == (manager.pk, supervisor.pk)
    assert (row["organisation_code"], row["band"], row["wte"]) == (trust.ods_code, "8a", "1.00000")


def test_assignments_are_those_of_the_day():
    trust = OrganisationFactory()
    person = employ(organisation=trust, ends_on=TODAY.replace(year=2024))
    employ(person=person, organisation=trust, starts_on=TODAY.replace(year=2025))
    system = hr_system(trust)

    now = system.get("/api/v1/assignments/").json()["results"]
    then = system.get("/api/v1/assignments/", {"on": "2023-01-01"}).json()["results"]

    assert [row["starts_on"] for row in now] == ["2025-11-20"]
    assert [row["ends_on"] for row in then] == ["2024-11-20"]


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("people", {"page": "abc"}, "page"),
        ("people", {"page_size": "0"}, "page_size"),
        ("people", {"page_size": "9" * 400}, "page_size"),
        ("people", {"cursor": "abc"}, "cursor"),
        ("people", {"email": "\x00"}, "email"),
        ("assignments", {"on": "yesterday"}, "on"),
        ("assignments", {"on": "0000-00-00"}, "on"),
        ("assignments", {"person_id": "9" * 40}, "person_id"),
        ("assignments", {"person_id": "abc"}, "person_id"),
    ],
)
def test_a_wrong_parameter_is_named(path, query, field):
    response = hr_system(OrganisationFactory()).get(f"/api/v1/{path}/", query)

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert {error["field"] for error in response.json()["errors"]} == {field}


def test_a_person_with_a_session_sees_whom_they_may_see(client):
    boss = PersonFactory()
    report = employ(manager=boss)
    employ()
    client.force_login(boss)

    listed = client.get("/api/v1/people/").json()["results"]

    assert {row["id"] for row in listed} == {boss.pk, report.pk}
