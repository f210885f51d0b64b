import pytest
from django.urls import reverse

from appraisals.models import Draft
from tests.api_client import hr_system
from tests.factories.accounts import OrganisationFactory, employ
from tests.factories.appraisals import CycleFactory, ObjectiveFactory, appraise, shared

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
URL = "/api/v1/appraisals/"


@pytest.fixture
def cycle():
    return CycleFactory(organisation=OrganisationFactory())


def test_the_address_is_the_documented_one():
    assert reverse("v1:appraisal-list") == URL


def test_an_hr_system_reads_how_far_appraisals_are(cycle):
    appraisal = appraise(cycle=cycle)

    body = hr_system(cycle.organisation, scopes=["appraisals:read"]).get(URL).json()

    assert body["results"] == [
        {
            "id": appraisal.pk,
            "person": {"id": appraisal.subject_id, "name": appraisal.subject.full_name},
            "line_manager": {
                "id": appraisal.appraiser_id,
                "name": appraisal.appraiser.full_name,
            },
            "cycle": {
                "id": cycle.pk,
                "title": cycle.title,
                "organisation_id": cycle.organisation_id,
            },
            "assignment_id": appraisal.assignment_id,
            "state": "DRAFTING",
            "due_on": "2026-12-18",
            "opened_at": body["results"][0]["opened_at"],
            "person_signed_at": None,
            "line_manager_signed_at": None,
        }
    ]


def test_never_a_word_of_what_they_say(cycle):
    appraisal = shared(cycle=cycle)
    Draft.objects.filter(appraisal=appraisal).update(answers={"went-well": "CANARY"})
    ObjectiveFactory(appraisal=appraisal, title="CANARY")

    response = hr_system(cycle.organisation).get(URL)

    assert response.status_code == 200
    assert b"CANARY" not in response.content


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_and_stops_at_the_organisation(
    cycle, rows, django_assert_num_queries
):
    for _ in range(rows):
        appraise(cycle=cycle)
    appraise()
    system = hr_system(cycle.organisation)

    with django_assert_num_queries(12):
        body = system.get(URL).json()

    assert len(body["results"]) == rows


def test_a_person_reads_the_same_rows_as_on_the_page(client):
    appraisal = appraise()
    appraise()
    client.force_login(appraisal.subject)

    body = client.get(URL).json()

    assert [row["id"] for row in body["results"]] == [appraisal.pk]


def test_filters_are_typed(cycle):
    appraise(cycle=cycle)
    to_sign = shared(cycle=cycle)
    system = hr_system(cycle.organisation)

    found = system.get(URL, {"state": "SHARED", "cycle": cycle.pk}).json()["results"]

    assert [row["id"] for row in found] == [to_sign.pk]


@pytest.mark.parametrize(
    "query",
    [{"state": "LOST"}, {"cycle": "abc"}, {"cycle": "9" * 40}, {"page": "abc"}, {"cursor": "x"}],
)
def test_a_wrong_question_is_answered_with_what_is_wrong(cycle, query):
    response = hr_system(cycle.organisation).get(URL, query)

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"


def test_the_scope_is_asked_for(cycle):
    response = hr_system(cycle.organisation, scopes=["courses:read"]).get(URL)

    assert response.status_code == 403


def test_strangers_are_not_let_in(client):
    assert client.get(URL).status_code == 401
    client.force_login(employ())
    assert client.get(URL).json()["results"] == []
