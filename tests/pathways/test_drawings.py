import pytest

from pathways.drawings import gap_radar, map_graph
from pathways.selectors.gap import gap_analysis
from pathways.selectors.pathway_map import Place, pathway_map
from tests.factories.accounts import PersonFactory, employ
from tests.factories.clock import TODAY
from tests.factories.pathways import (
    AspirationFactory,
    PathwayStepFactory,
    RoleProfileFactory,
    competencies_of,
    follow,
    role_asking,
    show,
)

pytestmark = pytest.mark.django_db


def gap_with(shown):
    role = role_asking(*[3] * len(shown), per_domain=1)
    person = PersonFactory()
    show(person, dict(zip(competencies_of(role), shown, strict=True)))
    return gap_analysis(person_id=person.pk, role_profile=role, on=TODAY)


def test_the_radar_has_an_axis_per_domain_and_the_scale_as_its_rim():
    gap = gap_with([4, 2, 3])

    drawn = gap_radar(gap)

    asked, shown = drawn.series
    assert (asked.name, shown.name) == ("Level the role asks for", "Level shown")
    codes = [domain.code for domain in gap.domains()]
    assert [label.lines[0][1] for label in drawn.labels] == codes
    assert len(drawn.rings) == 4
    assert shown.dots[0] == drawn.spokes[0]
    assert shown.dots[2] == asked.dots[2]
    assert shown.dots[1] != asked.dots[1]


def test_a_domain_with_nothing_shown_is_left_out_of_the_drawing():
    drawn = gap_radar(gap_with([4, None, 3, 1]))

    assert len(drawn.labels) == 3
    assert drawn.centre not in drawn.series[1].dots


@pytest.mark.parametrize("shown", [[], [None, None, None], [2, 3, None]])
def test_fewer_than_three_domains_are_not_drawn(shown):
    assert gap_radar(gap_with(shown)) is None


def test_the_map_knows_where_one_is_what_comes_next_and_what_one_wants():
    here, goal, other = RoleProfileFactory.create_batch(3)
    person = follow(employ(), here)
    AspirationFactory(person=person, role_profile=goal)
    following = PathwayStepFactory(from_role=here).to_role
    PathwayStepFactory(from_role=following, to_role=goal)
    PathwayStepFactory(from_role=other, to_role=here)

    pathway = pathway_map(person=person, on=TODAY)

    places = {role: pathway.place_of(role) for role in (here, following, goal, other)}
    assert list(places.values()) == [Place.HERE, Place.NEXT, Place.GOAL, Place.ELSEWHERE]
    drawn = map_graph(pathway)
    assert {box.node.words: box.node.kind for box in drawn.boxes} == {
        f"{here.title}. Your role": "here",
        f"{following.title}. Next step": "next",
        f"{goal.title}. Your goal": "goal",
        other.title: "",
    }
    kinds = {(arrow.source, arrow.target): arrow.kind for arrow in drawn.arrows}
    assert kinds == {
        (str(here.pk), str(following.pk)): "route",
        (str(following.pk), str(goal.pk)): "route",
        (str(other.pk), str(here.pk)): "",
    }


def test_the_map_draws_only_roles_that_a_step_touches():
    step = PathwayStepFactory()
    RoleProfileFactory()

    drawn = map_graph(pathway_map(person=PersonFactory(), on=TODAY))

    assert {box.node.key for box in drawn.boxes} == {str(step.from_role_id), str(step.to_role_id)}
    assert len(drawn.arrows) == 1


def test_the_map_of_somebody_without_a_role_marks_nothing():
    PathwayStepFactory()

    pathway = pathway_map(person=PersonFactory(), on=TODAY)

    assert pathway.places == {}
    assert len(pathway.steps) == 1
