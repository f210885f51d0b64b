from datetime import date

import pytest

from courses.models import SubjectRecord
from tests.api_client import hr_system
from tests.factories.accounts import OrganisationFactory, employ
from tests.factories.compliance import ask, level_of, subject_of, trained

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def fire(trust):
    subject = subject_of("Fire safety")
    ask(trust, subject)
    return subject


COMPLIANCE, RECORDS = "/api/v1/compliance/", "/api/v1/mandatory-training/"


@pytest.fixture
def system(trust):
    return hr_system(trust)


def training(person, subject, **changed):
    return {
        "key": "lms-1",
        "person_id": person.pk,
        "level_id": level_of(subject).pk,
        "completed_on": "2026-03-02",
        **changed,
    }


def test_a_program_reads_how_far_its_people_have_come(system, trust, fire):
    person = employ(organisation=trust)
    trained(person, fire, on=date(2025, 5, 4))
    other = OrganisationFactory()
    elsewhere = employ(organisation=other)
    employ(person=person, organisation=other)
    ask(other, subject_of("Rota law"))

    found = system.get(COMPLIANCE).json()["results"]

    assert elsewhere.pk not in {one["person_id"] for one in found}
    assert found == [
        {
            "person_id": person.pk,
            "on": "2026-11-20",
            "asked": [
                {
                    "organisation_id": trust.pk,
                    "level_id": level_of(fire).pk,
                    "subject": "Fire safety",
                    "level": "",
                    "esr_name": "NHS|CSTF|Fire safety - 2 Years|",
                    "state": "COMPLIANT",
                    "completed_on": "2025-05-04",
                    "expires_on": "2027-05-04",
                }
            ],
        }
    ]
    before = system.get(COMPLIANCE, {"on": "2025-05-03", "person_id": person.pk}).json()
    assert before["results"][0]["asked"][0]["state"] == "NEVER"


@pytest.mark.parametrize("rows", [1, 3])
def test_a_page_takes_the_same_queries_for_any_number(
    system, trust, fire, rows, django_assert_num_queries
):
    for _ in range(rows):
        trained(employ(organisation=trust), fire)
    with django_assert_num_queries(20):
        assert len(system.get(COMPLIANCE).json()["results"]) == rows


def test_what_another_system_knows_is_recorded_once(system, trust, fire):
    person = employ(organisation=trust)
    rows = [
        training(person, fire),
        training(person, fire, key="lms-2", expires_on="2026-12-31"),
        training(person, fire, key="lms-3", expires_on=None),
    ]

    first, second = (system.post(RECORDS, {"records": rows}) for _turn in range(2))

    assert first.json() == {"recorded": 3, "unchanged": 0}
    assert second.json() == {"recorded": 0, "unchanged": 3}
    ends = SubjectRecord.objects.order_by("source_key").values_list("expires_on", flat=True)
    assert list(ends) == [date(2028, 3, 2), date(2026, 12, 31), None]
    found = system.get(RECORDS, {"person_id": person.pk}).json()["results"]
    assert [one["subject"] for one in found] == ["Fire safety"] * 3


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"completed_on": "2026-11-21"}, "completed_on", "day_to_come"),
        ({"expires_on": "2026-03-01"}, "expires_on", "ends_before_it_began"),
        ({"level_id": 2**40}, "level_id", "unknown_level"),
        ({"person_id": 2**40}, "person_id", "unknown_person"),
    ],
)
def test_one_wrong_row_leaves_everything_unwritten(system, trust, fire, changed, field, code):
    person = employ(organisation=trust)
    rows = [training(person, fire), training(person, fire, key="lms-2", **changed)]

    response = system.post(RECORDS, {"records": rows})

    assert response.status_code == 400
    assert code in response.content.decode()
    assert field in response.content.decode()
    assert not SubjectRecord.objects.exists()


def test_a_key_is_not_used_for_something_else(system, trust, fire):
    person = employ(organisation=trust)
    row = training(person, fire)
    system.post(RECORDS, {"records": [row]})

    other = system.post(RECORDS, {"records": [{**row, "completed_on": "2026-04-02"}]})
    twice = system.post(RECORDS, {"records": [{**row, "key": "new"}] * 2})

    assert (other.status_code, twice.status_code) == (400, 400)
    assert "key_used" in other.content.decode()
    assert "repeated" in twice.content.decode()
    assert SubjectRecord.objects.count() == 1


def test_somebody_of_another_organisation_is_nobody(system, trust, fire):
    outsider = employ(organisation=OrganisationFactory())

    response = system.post(RECORDS, {"records": [training(outsider, fire)]})

    assert response.status_code == 400
    assert "unknown_person" in response.content.decode()


def test_reading_gives_no_right_to_write(trust, fire):
    reader = hr_system(trust, scopes=["compliance:read"])
    person = employ(organisation=trust)

    assert reader.get(COMPLIANCE).status_code == 200
    assert reader.post(RECORDS, {"records": [training(person, fire)]}).status_code == 403


def test_a_day_of_a_year_that_pages_do_not_take_is_refused(system):
    answer = system.get(f"{COMPLIANCE}?on=9999-12-31")

    assert answer.status_code == 400
    assert "1900 to 2199" in answer.content.decode()
