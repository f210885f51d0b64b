"""Routes over the steps people take, with the gap of every step; and the map they are drawn on."""

import itertools

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from pathways.models import PathwayStep, RoleProfile
from pathways.selectors.distances import Wanted, distance, with_role_before
from pathways.selectors.pathway_map import Region, pathway_map
from pathways.selectors.routes import Best, Ways, routes_between, steps_seen
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ
from tests.factories.clock import TODAY
from tests.factories.pathways import (
    AspirationFactory,
    CompetencyFactory,
    PathwayStepFactory,
    RequirementFactory,
    RoleProfileFactory,
    competencies_of,
    follow,
    role_asking,
    show,
)

FIT, STEPS, MONTHS = Best.FIT, Best.STEPS, Best.MONTHS


@pytest.fixture
def reader(db):
    return employ(organisation=OrganisationFactory())


def asks(role, competency, rank, *, is_essential=False):
    RequirementFactory(
        role_profile=role, competency=competency, rank=rank, is_essential=is_essential
    )


def found(reader, start, target):
    steps = steps_seen(actor=reader, on=TODAY)
    return routes_between(person_id=reader.pk, start=start, target=target, steps=steps, on=TODAY)


def joined(*roles, months=24):
    for one, other in itertools.pairwise(roles):
        PathwayStepFactory(from_role=one, to_role=other, usual_months=months)


def test_three_questions_three_routes(reader):
    start, target, slow, far, near = RoleProfileFactory.create_batch(5)
    joined(start, target, months=120)
    joined(start, slow, target, months=18)
    joined(start, far, near, target, months=30)
    skill = CompetencyFactory()
    for role, rank in ((start, 1), (far, 1), (near, 2), (target, 2), (slow, 4)):
        asks(role, skill, rank)
    show(reader, {skill: 1})

    routes = {best: route for route in found(reader, start, target) for best in route.best_in}

    assert [step.role for step in routes[STEPS].steps] == [target]
    assert routes[MONTHS].months == 36
    assert [step.role for step in routes[FIT].steps] == [target]
    assert [step.gap.missing for step in routes[MONTHS].steps] == [3, 0]


def test_the_best_fit_goes_where_fewest_levels_are_missing(reader):
    start, target, hard, easy = RoleProfileFactory.create_batch(4)
    joined(start, hard, target)
    joined(start, easy, target, months=60)
    one, other = CompetencyFactory(), CompetencyFactory()
    for role, ranks in ((start, (1, 1)), (hard, (4, 1)), (easy, (1, 2)), (target, (1, 2))):
        asks(role, one, ranks[0])
        asks(role, other, ranks[1], is_essential=True)
    show(reader, {one: 1, other: 1})

    best, quick = found(reader, start, target)

    assert best.best_in == (FIT,)
    assert [(step.role, step.gap.missing) for step in best.steps] == [(easy, 1), (target, 0)]
    assert best.essential_below == 1
    assert quick.best_in == (STEPS, MONTHS)
    assert (quick.missing, quick.months) == (4, 48)


def test_what_was_not_shown_counts_as_met_only_for_the_role_one_has(reader):
    start, target = role_asking(2), RoleProfileFactory()
    (skill,) = competencies_of(start)
    joined(start, target)
    asks(target, skill, 3)
    new = CompetencyFactory()
    asks(target, new, 2)

    (route,) = found(reader, start, target)

    gap = route.steps[0].gap
    assert (gap.missing, gap.below, gap.not_shown) == (1, 1, 1)
    show(reader, {skill: 1})
    (lower,) = found(reader, start, target)
    assert lower.missing == 2


def test_a_circle_and_a_dead_end_do_not_hold_up_the_search(reader):
    start, beside, target, aside = RoleProfileFactory.create_batch(4)
    joined(start, beside, start)
    joined(beside, aside)
    joined(beside, target)

    (route,) = found(reader, start, target)

    assert [step.role for step in route.steps] == [beside, target]
    assert route.best_in == (FIT, STEPS, MONTHS)
    assert found(reader, target, start) == ()


def test_a_route_goes_only_over_roles_one_may_see(reader):
    start, target = RoleProfileFactory.create_batch(2)
    joined(start, RoleProfileFactory(owner=OrganisationFactory()), target)
    joined(start, RoleProfileFactory(is_published=False), target)

    assert found(reader, start, target) == ()


def test_a_step_without_a_usual_time_is_taken_to_be_the_longest(reader):
    start, target, middle = RoleProfileFactory.create_batch(3)
    joined(start, target, months=None)
    joined(start, middle, target, months=24)
    assert len(found(reader, start, target)) == 1

    # Elsewhere somebody waits longer than both steps of the way round take.
    joined(target, RoleProfileFactory(), months=60)
    direct, quick = sorted(found(reader, start, target), key=lambda route: len(route.steps))

    assert (direct.months, direct.steps_without_months) == (0, 1)
    assert (quick.months, quick.best_in) == (48, (MONTHS,))


def test_routes_cost_two_statements_however_many_roles(reader, django_assert_num_queries):
    start, target = role_asking(1), role_asking(3)
    steps = []
    for _round in range(2):
        joined(start, role_asking(2), target)
        steps = steps_seen(actor=reader, on=TODAY)
        with django_assert_num_queries(2):
            routes_between(person_id=reader.pk, start=start, target=target, steps=steps, on=TODAY)
    assert len(steps) == 4


EDGES = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(1, 60)).filter(
        lambda edge: edge[0] != edge[1]
    ),
    max_size=14,
    unique_by=lambda edge: edge[:2],
)


@given(EDGES)
def test_the_shortest_way_is_the_shortest_of_all_ways(edges):
    roles = [RoleProfile(pk=number + 1, title=str(number)) for number in range(6)]
    steps = [
        PathwayStep(pk=pk, from_role=roles[one], to_role=roles[other], usual_months=months)
        for pk, (one, other, months) in enumerate(edges, start=1)
    ]
    ways = Ways(steps, held={}, asked={}, start=roles[0])

    for best, cost in ((STEPS, len), (MONTHS, _months)):
        every = [cost(way) for way in _all_ways(steps, roles[0], roles[5], set())]
        route = ways.search(roles[5], best)
        assert (cost(route) if route else None) == min(every, default=None)


def _months(way):
    return sum(step.usual_months for step in way)


def _all_ways(steps, start, target, seen):
    if start == target:
        yield []
        return
    for step in steps:
        if step.from_role == start and step.to_role.pk not in seen:
            for rest in _all_ways(steps, step.to_role, target, seen | {start.pk}):
                yield [step, *rest]


RANKS = st.dictionaries(st.integers(1, 5), st.integers(1, 4))


@given(RANKS, RANKS)
def test_a_distance_adds_up(asked, held):
    wanted = {key: Wanted(rank, rank > 2) for key, rank in asked.items()}

    away = distance(wanted, held)

    assert away.met + away.below + away.not_shown == away.total == len(asked)
    assert away.essential_below <= away.below <= away.missing
    assert away.is_closed == (bool(asked) and all(held.get(k, 0) >= r for k, r in asked.items()))
    assert distance(wanted, with_role_before(held, wanted, is_first=False)).missing == 0


# --- The map


def test_the_region_around_a_role_reaches_as_far_as_asked_whichever_way(reader):
    roles = RoleProfileFactory.create_batch(4)
    joined(*roles)

    def around(steps):
        region = Region(around=roles[1].pk, steps=steps)
        return set(pathway_map(person=reader, on=TODAY, region=region).roles)

    assert around(1) == set(roles[:3])
    assert around(2) == set(roles)


def test_regions_by_family_and_by_staff_group(reader):
    nurse = RoleProfileFactory(family="Nursing", staff_groups=["03"])
    clerk = RoleProfileFactory(family="Records", staff_groups=["08"])
    joined(nurse, clerk)

    by_family = pathway_map(person=reader, on=TODAY, region=Region(family="Nursing"))
    by_group = pathway_map(person=reader, on=TODAY, region=Region(staff_group="08"))

    assert (by_family.roles, by_family.steps) == ((nurse,), ())
    assert by_group.roles == (clerk,)
    assert by_group.total == 2


def test_a_large_map_begins_around_ones_own_role(reader):
    here, following = RoleProfileFactory.create_batch(2)
    follow(reader, here)
    joined(here, following)
    RoleProfileFactory.create_batch(39)

    large = pathway_map(person=reader, on=TODAY)

    assert (set(large.roles), large.total) == ({here, following}, 41)
    assert len(pathway_map(person=reader, on=TODAY, region=Region()).roles) == 41
    assert len(pathway_map(person=PersonFactory(), on=TODAY).roles) == 41


@pytest.mark.parametrize("rows", [1, 3])
def test_the_map_costs_the_same_at_any_size(reader, django_assert_num_queries, rows):
    here, goal = role_asking(1), role_asking(3)
    follow(reader, here)
    AspirationFactory(person=reader, role_profile=goal, starts_on=TODAY)
    for _row in range(rows):
        joined(here, role_asking(2), goal)
    PathwayStepFactory(from_role=here, to_role__owner=OrganisationFactory())
    pathway_map(person=reader, on=TODAY)

    with django_assert_num_queries(8):
        drawn = pathway_map(person=reader, on=TODAY)

    assert len(drawn.steps) == rows * 2
    assert len(drawn.route.steps) == 2


def test_the_map_page_filters_and_says_when_nothing_is_there(client, reader):
    client.force_login(reader)
    step = PathwayStepFactory(from_role__family="Nursing", to_role__family="Nursing")
    url = reverse("pathways:map_show")

    def shown(**query):
        response = client.get(url, query)
        return response.status_code, response.content.decode().count("data-step")

    assert shown() == (200, 1)
    assert shown(family="Nursing") == (200, 1)
    assert shown(around=step.to_role_id, steps="2") == (200, 1)
    assert shown(staff_group="03") == (200, 0)
    assert shown(family="Nobody") == (422, 1)
    hidden = RoleProfileFactory(owner=OrganisationFactory())
    assert shown(around=hidden.pk)[0] == 422


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_of_ways_costs_the_same_for_one_and_three(
    client, reader, django_assert_num_queries, rows
):
    client.force_login(reader)
    start, target = role_asking(1), role_asking(3)
    follow(reader, start)
    for number in range(rows):
        joined(start, *(role_asking(2) for _ in range(number)), target, months=40 - 18 * number)
    url = reverse("pathways:role_routes", args=[target.pk])
    client.get(url)

    with django_assert_num_queries(14):
        page = client.get(url).content.decode()

    assert page.count("data-route-step") >= 1
    assert "Best fit" in page


def test_ways_from_another_role_and_to_where_none_leads(client, reader):
    client.force_login(reader)
    step = PathwayStepFactory(to_role__title="Matron")
    url = reverse("pathways:role_routes", args=[step.to_role_id])

    nowhere = client.get(url)
    from_there = client.get(url, {"start": step.from_role_id})
    wrong = client.get(url, {"start": step.to_role_id})
    follow(reader, step.to_role)
    there = client.get(url)

    assert "Your post follows no role profile." in nowhere.content.decode()
    assert from_there.content.decode().count("data-route-step") == 1
    assert wrong.status_code == 422
    assert "You are there" in there.content.decode()
