"""Role profiles in full, the steps between them, the map and routes, as programs read them."""

import itertools
from datetime import timedelta

import pytest
from django.urls import reverse

from tests.api_client import hr_system
from tests.factories.accounts import OrganisationFactory, employ
from tests.factories.clock import TODAY
from tests.factories.pathways import (
    AspirationFactory,
    PathwayStepFactory,
    RequirementFactory,
    RoleProfileFactory,
    competencies_of,
    follow,
    role_asking,
    show,
)
from tests.factories.roles import condition_in, group_of

pytestmark = pytest.mark.django_db
STEPS, MAP, OF_PERSON = "v1:pathway_step_list", "v1:pathway_map", "v1:person_routes"


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def system(trust):
    return hr_system(trust)


def shown(system, role):
    return system.get(reverse("v1:role_profile_show", args=[role.pk])).json()


def joined(*roles, **fields):
    return [
        PathwayStepFactory(from_role=one, to_role=other, **fields)
        for one, other in itertools.pairwise(roles)
    ]


def test_the_conditions_of_a_role_are_a_tree(system):
    role = role_asking(2)
    either = group_of(role, "ANY", is_essential=False)
    condition_in(either, title="A degree", level=6)
    condition_in(either, title="A diploma", level=5, awarding_body="ILM")
    both = group_of(role, "ALL", parent=either, background="CLINICAL")
    condition_in(both, kind="EXPERIENCE", title="Leading a shift", months=24, staff_group="08")

    (outer,) = shown(system, role)["conditions"]

    assert (outer["operator"], outer["background"], outer["is_essential"]) == ("ANY", "ANY", False)
    assert outer["conditions"][1] == {
        "kind": "QUALIFICATION",
        "title": "A diploma",
        "awarding_body": "ILM",
        "level": 5,
        "months": None,
        "staff_group": "",
        "in_management": False,
    }
    (inner,) = outer["groups"]
    assert (inner["operator"], inner["background"]) == ("ALL", "CLINICAL")
    assert [(one["kind"], one["months"]) for one in inner["conditions"]] == [("EXPERIENCE", 24)]


def test_what_is_taken_from_a_family_and_what_differs_is_told(system):
    family = role_asking(2, 3, is_family=True)
    role = RoleProfileFactory(version=family.version, parent=family)
    own = RequirementFactory(role_profile=role, rank=1, is_essential=True)
    sources = list(family.requirements.order_by("pk"))
    for source, rank in zip(sources, (2, 4), strict=True):
        RequirementFactory(
            role_profile=role,
            competency=source.competency,
            rank=rank,
            inherited_from=source,
            is_override=rank != source.rank,
        )

    told = {row["competency"]: row for row in shown(system, role)["requirements"]}

    taken, differs = (told[source.competency_id] for source in sources)
    assert (taken["from_family"]["rank"], taken["is_override"]) == (2, False)
    assert (differs["rank"], differs["from_family"]["rank"]) == (4, 3)
    assert differs["is_override"]
    assert (told[own.competency_id]["from_family"], told[own.competency_id]["is_essential"]) == (
        None,
        True,
    )


def test_the_role_that_took_the_place_of_another_is_found_by_it(system):
    before = RoleProfileFactory(is_published=False, withdrawn_on=TODAY)
    after = RoleProfileFactory(replaces=before, in_use_from=TODAY)
    RoleProfileFactory()

    listed = system.get("/api/v1/role-profiles/", {"replaces": before.pk}).json()["results"]

    assert [(row["id"], row["replaces"], row["in_use_from"]) for row in listed] == [
        (after.pk, before.pk, TODAY.isoformat())
    ]


def test_roles_are_found_by_family_and_by_whom_they_are_open_to(system):
    wanted = [RoleProfileFactory(family="Nursing", staff_groups=groups) for groups in (["08"], [])]
    RoleProfileFactory(family="Nursing", staff_groups=["04"])
    RoleProfileFactory(family="Finance", staff_groups=["08"])

    query = {"family": "Nursing", "staff_group": "08"}
    listed = system.get("/api/v1/role-profiles/", query).json()["results"]

    assert [row["id"] for row in listed] == [role.pk for role in wanted]


@pytest.mark.parametrize("rows", [1, 3])
def test_steps_are_listed_at_a_constant_number_of_queries(
    system, trust, django_assert_num_queries, rows
):
    role = RoleProfileFactory(owner=trust)
    mine = [PathwayStepFactory(from_role=role, kind="SECONDMENT") for _ in range(rows)]
    PathwayStepFactory(from_role=role, kind="SIDEWAYS")
    PathwayStepFactory(to_role__owner=OrganisationFactory())
    PathwayStepFactory(kind="SECONDMENT")

    with django_assert_num_queries(12):
        answer = system.get(reverse(STEPS), {"role": role.pk, "kind": "SECONDMENT"})

    listed = answer.json()["results"]
    assert [row["id"] for row in listed] == [step.pk for step in mine]
    assert listed[0] == {
        "id": mine[0].pk,
        "from_role": role.pk,
        "to_role": mine[0].to_role_id,
        "kind": "SECONDMENT",
        "usual_months": 24,
        "adds": "",
        "note": "",
    }


def test_steps_of_roles_that_are_not_seen_are_not_there(system):
    PathwayStepFactory(to_role__owner=OrganisationFactory())
    PathwayStepFactory(from_role__is_published=False)

    assert system.get(reverse(STEPS)).json()["results"] == []


@pytest.mark.parametrize("rows", [1, 3])
def test_the_map_is_roles_and_steps_at_a_constant_number_of_queries(
    system, django_assert_num_queries, rows
):
    roles = [RoleProfileFactory(stage=number + 1) for number in range(rows + 1)]
    steps = joined(*roles)
    PathwayStepFactory(from_role=roles[0], to_role__owner=OrganisationFactory())

    with django_assert_num_queries(13):
        answer = system.get(reverse(MAP)).json()

    assert [role["id"] for role in answer["roles"]] == [role.pk for role in roles]
    assert [step["id"] for step in answer["steps"]] == [step.pk for step in steps]


def test_a_part_of_the_map_is_around_a_role_or_of_a_family(system):
    far, near, middle, after = RoleProfileFactory.create_batch(4, family="Nursing")
    joined(far, near, middle, after)
    other = RoleProfileFactory(family="Finance")

    around = system.get(reverse(MAP), {"around": middle.pk}).json()
    wider = system.get(reverse(MAP), {"around": middle.pk, "steps": 2}).json()
    finance = system.get(reverse(MAP), {"family": "Finance"}).json()

    assert {role["id"] for role in around["roles"]} == {near.pk, middle.pk, after.pk}
    assert len(around["steps"]) == 2
    assert {role["id"] for role in wider["roles"]} == {far.pk, near.pk, middle.pk, after.pk}
    assert [role["id"] for role in finance["roles"]] == [other.pk]


def test_a_map_of_too_many_roles_asks_for_a_part(system, monkeypatch):
    monkeypatch.setattr("pathways.api.pathway.MOST_ROLES", 2)
    RoleProfileFactory.create_batch(3, family="Nursing")
    RoleProfileFactory(family="Finance")

    whole, part = (system.get(reverse(MAP), query) for query in ({}, {"family": "Finance"}))

    assert whole.status_code == 400
    assert [error["code"] for error in whole.json()["errors"]] == ["too_many_roles"]
    assert part.status_code == 200


@pytest.fixture
def ways():
    """Two ways to a goal: a quick one with much to learn, and a slow one with little."""
    start, quick, slow, goal = (
        role_asking(rank, stage=stage) for rank, stage in ((1, 1), (4, 2), (1, 2), (2, 3))
    )
    (skill,) = competencies_of(start)
    for role, rank in ((quick, 4), (slow, 2), (goal, 2)):
        role.requirements.all().delete()
        RequirementFactory(role_profile=role, competency=skill, rank=rank)
    joined(start, quick, goal, usual_months=6)
    joined(start, slow, goal, usual_months=36, adds="A budget")
    return start, quick, slow, goal


def test_ways_to_a_role_from_another_with_the_gap_of_every_step(system, ways):
    start, quick, slow, goal = ways

    answer = system.get(reverse("v1:role_routes", args=[goal.pk, start.pk])).json()

    assert (answer["start"], answer["target"]) == (start.pk, goal.pk)
    best, fast = answer["routes"]
    assert (best["best_in"], best["missing"], best["months"]) == (["FIT"], 1, 72)
    assert [step["to_role"] for step in best["steps"]] == [slow.pk, goal.pk]
    assert (best["steps"][0]["adds"], best["steps"][0]["title"]) == ("A budget", slow.title)
    assert best["steps"][0]["gap"] == {
        "asked": 1,
        "met": 0,
        "below": 1,
        "essential_below": 0,
        "missing": 1,
        "not_shown": 0,
    }
    assert fast["best_in"] == ["STEPS", "MONTHS"]
    assert [step["to_role"] for step in fast["steps"]] == [quick.pk, goal.pk]


def test_a_way_back_and_a_way_to_the_role_itself_are_none(system, ways):
    start, *_others, goal = ways

    back = system.get(reverse("v1:role_routes", args=[start.pk, goal.pk])).json()
    itself = system.get(reverse("v1:role_routes", args=[goal.pk, goal.pk])).json()

    assert (back["routes"], itself["routes"]) == ([], [])


def test_ways_from_or_to_a_role_of_another_organisation_are_not_there(system, ways):
    goal = ways[-1]
    theirs = RoleProfileFactory(owner=OrganisationFactory())
    PathwayStepFactory(from_role=goal, to_role=theirs)
    PathwayStepFactory(from_role=theirs, to_role=goal)

    pairs = [(theirs, goal), (goal, theirs)]
    answers = [
        system.get(reverse("v1:role_routes", args=[one.pk, other.pk])) for one, other in pairs
    ]

    assert [answer.status_code for answer in answers] == [404, 404]


def test_the_ways_of_a_person_count_what_they_have_shown(system, trust, ways):
    start, quick, slow, goal = ways
    person = follow(employ(organisation=trust), start)
    AspirationFactory(person=person, role_profile=goal)
    show(person, {competencies_of(start)[0]: 4}, on=TODAY - timedelta(days=1))

    wanted = system.get(reverse(OF_PERSON, args=[person.pk])).json()
    chosen = system.get(reverse(OF_PERSON, args=[person.pk]), {"role": slow.pk}).json()

    assert (wanted["start"], wanted["target"]) == (start.pk, goal.pk)
    assert [(way["best_in"], way["missing"]) for way in wanted["routes"]] == [
        (["FIT", "STEPS", "MONTHS"], 0)
    ]
    assert [step["to_role"] for step in wanted["routes"][0]["steps"]] == [quick.pk, goal.pk]
    assert (chosen["target"], len(chosen["routes"])) == (slow.pk, 1)


def test_somebody_without_a_role_or_a_goal_has_no_ways(system, trust):
    person = employ(organisation=trust)

    answer = system.get(reverse(OF_PERSON, args=[person.pk])).json()

    assert answer == {"start": None, "target": None, "routes": []}


def test_the_ways_of_somebody_elsewhere_are_not_there(system):
    stranger = employ(organisation=OrganisationFactory())

    assert system.get(reverse(OF_PERSON, args=[stranger.pk])).status_code == 404


@pytest.mark.parametrize(("name", "scope"), [(STEPS, "people:read"), (MAP, "attainments:read")])
def test_each_needs_its_scope(trust, name, scope):
    answer = hr_system(trust, scopes=[scope]).get(reverse(name))

    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


@pytest.mark.parametrize(
    ("name", "query", "field"),
    [
        (STEPS, {"role": "0"}, "role"),
        (STEPS, {"kind": "JUMP"}, "kind"),
        (MAP, {"steps": "4"}, "steps"),
        (MAP, {"staff_group": "99"}, "staff_group"),
    ],
)
def test_a_wrong_parameter_is_named(system, name, query, field):
    answer = system.get(reverse(name), query)

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
