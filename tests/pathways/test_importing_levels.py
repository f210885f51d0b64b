from datetime import date

import pytest
from django.urls import reverse

from accounts.models import Event
from pathways.models import Attainment
from tests.api_client import hr_system
from tests.courses.test_overbooking import at_once
from tests.factories.accounts import OrganisationFactory, employ
from tests.factories.clock import TODAY
from tests.factories.pathways import AttainmentFactory, CompetencyFactory

ADDRESS = "/api/v1/attainments/"
BEGAN = date(2026, 10, 1)


@pytest.fixture
def trust():
    return OrganisationFactory()


def level(person, skill, **fields):
    return {
        "key": "lms-1",
        "person_id": person.pk,
        "competency_id": skill.pk,
        "rank": 3,
        "attained_on": "2026-02-01",
        **fields,
    }


@pytest.mark.django_db
def test_the_address_is_where_it_is_said_to_be():
    assert reverse("v1:attainment_list") == ADDRESS


@pytest.mark.django_db
def test_levels_are_recorded_once_under_their_key_with_an_event_for_each_person(trust):
    people = [employ(organisation=trust) for _ in range(2)]
    skills = [CompetencyFactory() for _ in range(2)]
    sent = {"levels": [level(person, skill) for person in people for skill in skills]}
    system = hr_system(trust)

    first, again = system.post(ADDRESS, sent), system.post(ADDRESS, sent)

    assert (first.status_code, first.json()) == (200, {"recorded": 4, "unchanged": 0})
    assert again.json() == {"recorded": 0, "unchanged": 4}
    row = Attainment.objects.order_by("pk")[0]
    assert (row.source, row.source_key, row.rank, row.recorded_by) == (
        "IMPORTED",
        "lms-1",
        3,
        None,
    )
    events = Event.objects.filter(verb="record_attainments").order_by("subject_id")
    assert [(event.subject, event.organisation) for event in events] == [
        (person, trust) for person in people
    ]
    assert events[0].facts["levels"] == {str(skill.pk): 3 for skill in skills}


@pytest.mark.django_db
def test_one_wrong_row_is_named_and_nothing_of_the_call_is_written(trust):
    person, skill = employ(organisation=trust), CompetencyFactory()
    elsewhere = employ(organisation=OrganisationFactory())
    theirs = CompetencyFactory(domain__version__framework__owner=OrganisationFactory())
    rows = [
        level(person, skill),
        level(elsewhere, skill, key="2"),
        level(person, theirs, key="3"),
        level(person, skill, key="4", rank=5),
        level(person, skill, key="5", attained_on="2090-01-01"),
        level(person, skill, key="6", valid_to="2026-01-31"),
        level(person, skill),
    ]

    response = hr_system(trust).post(ADDRESS, {"levels": rows})

    assert response.status_code == 400
    codes = sorted(error["code"] for error in response.json()["errors"])
    assert codes == [
        "day_to_come",
        "ends_before_it_began",
        "level_not_on_scale",
        "repeated",
        "unknown_competency",
        "unknown_person",
    ]
    assert not Attainment.objects.exists()
    assert not Event.objects.filter(verb="record_attainments").exists()


@pytest.mark.django_db
def test_a_key_that_stood_for_another_level_is_refused(trust):
    person, skill = employ(organisation=trust), CompetencyFactory()
    system = hr_system(trust)
    system.post(ADDRESS, {"levels": [level(person, skill)]})

    response = system.post(ADDRESS, {"levels": [level(person, skill, rank=2)]})

    assert [error["code"] for error in response.json()["errors"]] == ["key_used"]
    assert Attainment.objects.get().rank == 3


@pytest.mark.django_db
def test_an_earlier_last_day_under_a_known_key_is_named_and_never_passed_over(trust):
    person, skill = employ(organisation=trust), CompetencyFactory()
    system = hr_system(trust)
    system.post(ADDRESS, {"levels": [level(person, skill, valid_to="2026-10-31")]})

    sooner = system.post(ADDRESS, {"levels": [level(person, skill, valid_to="2026-09-30")]})
    same = system.post(ADDRESS, {"levels": [level(person, skill, valid_to="2026-10-31")]})
    # What ended here in the meantime stays as it is.
    later = system.post(ADDRESS, {"levels": [level(person, skill)]})

    assert [error["code"] for error in sooner.json()["errors"]] == ["key_used"]
    assert same.json() == later.json() == {"recorded": 0, "unchanged": 1}
    assert Attainment.objects.get().valid_to.isoformat() == "2026-10-31"


@pytest.mark.django_db
@pytest.mark.parametrize("count", [0, 201])
def test_a_call_holds_from_one_to_two_hundred_levels(trust, count):
    person, skill = employ(organisation=trust), CompetencyFactory()
    rows = [level(person, skill, key=str(number)) for number in range(count)]

    response = hr_system(trust).post(ADDRESS, {"levels": rows})

    assert response.status_code == 400
    assert not Attainment.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("people", "statements"), [(1, 30), (3, 30)])
def test_a_call_takes_as_many_statements_however_many_levels_it_has(
    trust, django_assert_max_num_queries, people, statements
):
    skill = CompetencyFactory()
    crowd = [employ(organisation=trust) for _ in range(people)]
    system = hr_system(trust)

    with django_assert_max_num_queries(statements):
        done = system.post(ADDRESS, {"levels": [level(person, skill) for person in crowd]})

    assert done.json()["recorded"] == people


@pytest.mark.django_db
def test_a_scope_is_needed_for_each_way_and_a_person_sends_nothing(client, trust):
    person, skill = employ(organisation=trust), CompetencyFactory()
    reading = hr_system(trust, scopes=["attainments:read"])
    client.force_login(person)

    sent = reading.post(ADDRESS, {"levels": [level(person, skill)]})
    own = client.post(ADDRESS, {"levels": [level(person, skill)]}, content_type="application/json")

    assert (sent.status_code, own.status_code) == (403, 403)
    assert hr_system(trust, scopes=["attainments:write"]).get(ADDRESS).status_code == 403
    assert not Attainment.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_has_the_levels_of_ones_own_people_alone(trust, rows):
    person = employ(organisation=trust)
    skill = CompetencyFactory()
    for number in range(rows):
        AttainmentFactory(person=person, competency=skill, rank=number + 1)
    AttainmentFactory(person=employ(organisation=OrganisationFactory()), competency=skill)

    response = hr_system(trust).get(ADDRESS, {"person_id": person.pk})
    everybody = hr_system(trust).get(ADDRESS)

    results = response.json()["results"]
    assert [row["rank"] for row in results] == list(range(1, rows + 1))
    assert results[0]["attained_on"] == TODAY.isoformat()
    assert everybody.json()["results"] == results


@pytest.mark.django_db(transaction=True)
def test_the_same_call_twice_at_once_writes_once(trust):
    person, skill = employ(organisation=trust), CompetencyFactory()
    system = hr_system(trust)

    answers = at_once(
        lambda _number: system.post(ADDRESS, {"levels": [level(person, skill)]}).json(), range(2)
    )

    assert sorted(answer["recorded"] for answer in answers) == [0, 1]
    assert Attainment.objects.count() == 1


# --- Ending what was sent


def end(row, system, **sent):
    body = {"last_day": "2026-10-31", "reason": "The certificate lapsed", **sent}
    return system.post(f"{ADDRESS}{row.pk}/close/", body)


def sent_level(trust, **fields):
    person = employ(organisation=trust)
    return AttainmentFactory(
        **{"person": person, "rank": 3, "source": "IMPORTED", "attained_on": BEGAN, **fields}
    )


@pytest.mark.django_db
def test_a_program_ends_what_was_sent_and_the_ledger_names_it(trust):
    row, system = sent_level(trust), hr_system(trust)

    answer = end(row, system)

    assert (answer.status_code, answer.json()["valid_to"]) == (200, "2026-10-31")
    row.refresh_from_db()
    assert (row.rank, row.valid_to.isoformat()) == (3, "2026-10-31")
    event = Event.objects.get(verb="close_attainment")
    assert (event.by_client, event.subject) == (system.api_client, row.person)


@pytest.mark.django_db
def test_a_program_ends_nobody_s_word_and_nothing_elsewhere(trust):
    system = hr_system(trust)
    said, elsewhere = sent_level(trust, source="MANAGER"), sent_level(OrganisationFactory())

    answers = [end(row, system).status_code for row in (said, elsewhere)]
    reading = end(sent_level(trust), hr_system(trust, scopes=["attainments:read"]))

    assert (*answers, reading.status_code) == (403, 404, 403)
    assert not Attainment.objects.exclude(valid_to=None).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"last_day": "2026-09-30"}, 409, "ends_before_it_began"),
        ({"last_day": "2026-12-31"}, 409, "ends_already"),
        ({"reason": " "}, 400, "blank"),
        ({"last_day": "31/10/2026"}, 400, "invalid"),
        ({"rank": 2}, 400, "unknown_field"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_changes(trust, sent, status, code):
    row = sent_level(trust, valid_to=date(2026, 12, 31))

    answer = end(row, hr_system(trust), **sent).json()

    assert (answer["status"], _code_of(answer)) == (status, code)
    row.refresh_from_db()
    assert row.valid_to == date(2026, 12, 31)


def _code_of(answer):
    return answer["errors"][0]["code"] if answer.get("errors") else answer["code"]
