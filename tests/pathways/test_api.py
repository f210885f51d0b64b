import pytest

from tests.api_client import hr_system
from tests.factories.accounts import OrganisationFactory
from tests.factories.pathways import (
    FrameworkFactory,
    FrameworkVersionFactory,
    IndicatorFactory,
    LevelDescriptorFactory,
    PathwayStepFactory,
    RoleProfileFactory,
    competencies_of,
    role_asking,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.mark.parametrize("rows", [1, 3])
def test_frameworks_are_listed_at_a_constant_number_of_queries(
    trust, django_assert_num_queries, rows
):
    mine = [
        FrameworkVersionFactory(framework=FrameworkFactory(owner=trust)).pk for _ in range(rows)
    ]
    FrameworkVersionFactory(framework=FrameworkFactory(owner=OrganisationFactory()))
    FrameworkVersionFactory(state="DRAFT")
    system = hr_system(trust)

    # token, its OAuth client, whom that acts for, organisations below, frameworks
    with django_assert_num_queries(12):
        response = system.get("/api/v1/frameworks/")

    listed = response.json()["results"]
    assert [row["id"] for row in listed] == mine
    assert set(listed[0]) == {
        "id",
        "code",
        "title",
        "publisher",
        "nation",
        "edition",
        "state",
        "valid_from",
        "valid_to",
    }


@pytest.mark.parametrize("rows", [1, 3])
def test_a_framework_is_a_tree_at_a_constant_number_of_queries(
    trust, django_assert_num_queries, rows
):
    role = role_asking(*[2] * rows)
    for competency in competencies_of(role):
        IndicatorFactory(descriptor=LevelDescriptorFactory(competency=competency))
    system = hr_system(trust)

    with django_assert_num_queries(17):
        tree = system.get(f"/api/v1/frameworks/{role.version_id}/").json()

    assert [level["rank"] for level in tree["scale"]] == [1, 2, 3, 4, None]
    competencies = [one for domain in tree["domains"] for one in domain["competencies"]]
    assert [one["title"] for one in competencies] == [f"Skill {number}" for number in range(rows)]
    assert competencies[0]["levels"] == [
        {
            "level": tree["scale"][0]["id"],
            "rank": 1,
            "text": "Plans a week ahead with the team.",
            "indicators": ["The rota is published six weeks ahead."],
        }
    ]


@pytest.mark.parametrize("rows", [1, 3])
def test_role_profiles_are_listed_at_a_constant_number_of_queries(
    trust, django_assert_num_queries, rows
):
    mine = RoleProfileFactory.create_batch(rows, owner=trust)
    RoleProfileFactory(owner=OrganisationFactory())
    RoleProfileFactory(is_published=False)
    system = hr_system(trust)

    with django_assert_num_queries(12):
        listed = system.get("/api/v1/role-profiles/").json()["results"]

    assert [row["code"] for row in listed] == [role.code for role in mine]
    assert listed[0] == {
        "id": mine[0].pk,
        "code": mine[0].code,
        "title": mine[0].title,
        "summary": mine[0].summary,
        "family": "Operations",
        "band": "8a",
        "top_band": "",
        "staff_groups": [],
        "stage": 4,
        "framework": mine[0].version_id,
        "organisation_id": trust.pk,
        "in_use_from": None,
        "replaces": None,
    }


def test_role_profiles_are_found_by_words_and_band_and_paged(trust):
    wanted = RoleProfileFactory.create_batch(3, title="Matron", band="8b")
    RoleProfileFactory(title="Matron", band="7")
    system = hr_system(trust)

    first = system.get(
        "/api/v1/role-profiles/", {"words": "matron", "band": "8b", "page_size": 2}
    ).json()
    second = system.get(first["next"]).json()

    assert [row["id"] for row in first["results"] + second["results"]] == [
        role.pk for role in wanted
    ]
    assert second["next"] is None


def test_a_role_profile_says_what_it_asks_for_and_where_it_stands(trust):
    role = role_asking(3, 2)
    before = PathwayStepFactory(to_role=role, usual_months=36).from_role
    after = PathwayStepFactory(from_role=role, usual_months=None).to_role
    PathwayStepFactory(from_role=role, to_role__owner=OrganisationFactory())
    skill = competencies_of(role)[0]

    found = hr_system(trust).get(f"/api/v1/role-profiles/{role.pk}/").json()

    assert found["requirements"][0] == {
        "competency": skill.pk,
        "code": skill.code,
        "title": "Skill 0",
        "domain": skill.domain.code,
        "rank": 3,
        "level": "Frequently",
        "is_essential": False,
        "from_family": None,
        "is_override": False,
    }
    assert [row["level"] for row in found["requirements"]] == ["Frequently", "Occasionally"]
    assert found["comes_from"] == [
        {
            "id": role.steps_in.get().pk,
            "role_profile": before.pk,
            "title": before.title,
            "kind": "PROMOTION",
            "usual_months": 36,
            "adds": "",
            "note": "",
        }
    ]
    assert [(row["role_profile"], row["usual_months"]) for row in found["leads_to"]] == [
        (after.pk, None)
    ]


@pytest.mark.parametrize("asked", [1, 3])
def test_a_role_profile_is_a_constant_number_of_queries(trust, django_assert_num_queries, asked):
    role = role_asking(*[2] * asked)
    PathwayStepFactory.create_batch(asked, from_role=role)
    system = hr_system(trust)

    with django_assert_num_queries(16):
        found = system.get(f"/api/v1/role-profiles/{role.pk}/").json()

    assert (len(found["requirements"]), len(found["leads_to"])) == (asked, asked)


@pytest.mark.parametrize("kind", ["frameworks", "role-profiles"])
def test_what_is_not_ones_own_and_what_is_not_there_answer_alike(trust, kind):
    other = OrganisationFactory()
    theirs = (
        FrameworkVersionFactory(framework=FrameworkFactory(owner=other))
        if kind == "frameworks"
        else RoleProfileFactory(owner=other)
    )
    system = hr_system(trust)

    answers = [system.get(f"/api/v1/{kind}/{pk}/") for pk in (theirs.pk, 999_999, 10**30)]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize(
    "path", ["frameworks/", "frameworks/1/", "role-profiles/", "role-profiles/1/"]
)
def test_the_scope_is_needed(trust, path):
    response = hr_system(trust, scopes=["people:read"]).get(f"/api/v1/{path}")

    assert response.status_code == 403
    assert response.json()["code"] == "scope_missing"


@pytest.mark.parametrize(
    ("query", "field"),
    [({"band": "8z"}, "band"), ({"words": "w" * 101}, "words"), ({"page": "abc"}, "page")],
)
def test_a_wrong_parameter_is_named(trust, query, field):
    response = hr_system(trust).get("/api/v1/role-profiles/", query)

    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == [field]
