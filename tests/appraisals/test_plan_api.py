import pytest
from django.urls import reverse

from accounts.models import Event
from tests.api_client import hr_system
from tests.factories.accounts import OrganisationFactory, employ, grant
from tests.factories.plans import DevelopmentPlanFactory, manager_with_a_gap, plan_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return manager_with_a_gap()


@pytest.fixture
def hr(world):
    return hr_system(world.organisation, scopes=["plans:read"])


def detail_of(plan):
    return reverse("v1:plan-detail", args=[plan.pk])


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_holds_the_plans_of_the_clients_organisation_only(
    hr, world, rows, django_assert_num_queries
):
    for _ in range(rows):
        DevelopmentPlanFactory(person=employ(organisation=world.organisation))
    DevelopmentPlanFactory(person=employ())

    with django_assert_num_queries(18):
        response = hr.get(reverse("v1:plan-list"))

    body = response.json()
    assert response.status_code == 200
    assert len(body["results"]) == rows
    assert body["next"] is None


def test_a_plan_is_told_with_its_actions_and_never_with_objectives(hr, world):
    plan = plan_of(world)
    action = plan.actions.get()

    body = hr.get(detail_of(plan)).json()

    assert body == {
        "id": plan.pk,
        "person_id": world.person.pk,
        "title": "Development plan 2026 to 2027",
        "starts_on": "2026-10-01",
        "ends_on": "2027-09-30",
        "role_profile_id": world.role.pk,
        "appraisal_id": None,
        "updated_at": "2026-11-20T09:00:00Z",
        "actions": [
            {
                "id": action.pk,
                "kind": "EXPERIENCE",
                "title": "Shadow the site team for a week",
                "competency_id": world.competencies[2].pk,
                "programme_id": None,
                "due_on": "2027-03-07",
                "state": "STARTED",
            }
        ],
    }


def test_the_list_can_be_narrowed_to_a_person_and_to_a_day(hr, world):
    plan = plan_of(world)
    DevelopmentPlanFactory(
        person=world.person, starts_on="2025-10-01", ends_on="2026-09-30", title="Before"
    )
    DevelopmentPlanFactory(person=employ(organisation=world.organisation))

    found = hr.get(reverse("v1:plan-list"), {"person_id": world.person.pk, "on": "2026-10-01"})

    assert [row["id"] for row in found.json()["results"]] == [plan.pk]


def test_pages_follow_each_other_without_a_gap(hr, world):
    plans = [
        DevelopmentPlanFactory(person=employ(organisation=world.organisation)) for _ in range(3)
    ]

    first = hr.get(reverse("v1:plan-list"), {"page_size": 2}).json()
    second = hr.get(first["next"]).json()

    seen = [row["id"] for row in first["results"] + second["results"]]
    assert seen == [plan.pk for plan in plans]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"person_id": "abc"}, "person_id"),
        ({"on": "2026-02-30"}, "on"),
        ({"page": "abc"}, "page"),
        ({"cursor": "made-up"}, "cursor"),
    ],
)
def test_a_wrong_question_names_what_is_wrong(hr, query, field):
    response = hr.get(reverse("v1:plan-list"), query)

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert [mistake["field"] for mistake in response.json()["errors"]] == [field]


def test_another_organisations_plan_and_no_plan_get_the_same_answer(hr):
    theirs = DevelopmentPlanFactory(person=employ())

    answers = [hr.get(detail_of(theirs)), hr.get(reverse("v1:plan-detail", args=[999_999]))]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json() == answers[1].json()


def test_a_client_without_the_scope_is_refused(world):
    other = hr_system(world.organisation, scopes=["people:read"])

    assert other.get(reverse("v1:plan-list")).status_code == 403
    assert other.get(detail_of(plan_of(world))).status_code == 403


def test_nobody_reads_plans_without_a_token(client, world):
    assert client.get(detail_of(plan_of(world))).status_code == 401


def test_a_signed_in_person_sees_what_the_page_would_show(client, world):
    plan = plan_of(world)
    DevelopmentPlanFactory(person=employ(organisation=OrganisationFactory()))
    client.force_login(world.manager)

    body = client.get(reverse("v1:plan-list")).json()

    assert [row["id"] for row in body["results"]] == [plan.pk]


def test_a_list_that_tells_titles_and_roles_is_a_reading_of_each_plan_once_a_day(hr, world):
    plan = plan_of(world)
    other = DevelopmentPlanFactory(person=employ(organisation=world.organisation))

    for _ in range(2):
        hr.get(reverse("v1:plan-list"))
    hr.get(detail_of(plan))

    read = Event.objects.filter(verb="read_plan").order_by("about_id")
    assert [(e.about_id, e.subject_id, e.by_client_id) for e in read] == [
        (each.pk, each.person_id, hr.api_client.pk)
        for each in sorted((plan, other), key=lambda each: each.pk)
    ]
    assert {e.organisation_id for e in read} == {world.organisation.pk}
    assert {e.facts["as"] for e in read} == {"API_CLIENT"}


def test_the_person_and_the_line_manager_leave_no_trace_in_a_list(client, world):
    plan = plan_of(world)
    lead = grant(employ(organisation=world.organisation), "LEARNING_LEAD", world.organisation)
    manager = world.person.managed_by_lines.get(kind="LINE_MANAGER").manager

    for reader in (world.person, manager, lead):
        client.force_login(reader)
        assert [row["id"] for row in client.get(reverse("v1:plan-list")).json()["results"]] == [
            plan.pk
        ]

    [event] = Event.objects.filter(verb="read_plan")
    assert (event.by_person, event.facts["as"]) == (lead, "LEARNING_LEAD")
