"""What a step adds is counted from what both roles ask for, and told wherever steps are shown."""

import pytest
from django.urls import reverse

from pathways.models import Competency, Crosswalk, FrameworkVersion
from pathways.selectors.step_adds import Added, step_adds
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ
from tests.factories.clock import NOW
from tests.factories.pathways import (
    CompetencyFactory,
    PathwayStepFactory,
    RequirementFactory,
    RoleProfileFactory,
    ScaleFactory,
    competencies_of,
    follow,
    role_asking,
)

pytestmark = pytest.mark.django_db


def text_of(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def step():
    """From a role to one that asks for more in the first, the same in the second, and a third."""
    before = role_asking(2, 3, title="Ward manager")
    after = RoleProfileFactory(title="Matron", version=before.version)
    first, second = competencies_of(before)
    for skill, rank in ((first, 4), (second, 3)):
        RequirementFactory(role_profile=after, competency=skill, rank=rank)
    third = CompetencyFactory(domain=first.domain, title="Answers for a budget", position=3)
    RequirementFactory(role_profile=after, competency=third, rank=1)
    return PathwayStepFactory(from_role=before, to_role=after)


def test_it_adds_what_is_new_and_what_is_asked_for_at_a_higher_level(step):
    adds = step_adds([step])[step.pk]

    assert adds.higher == (Added("Skill 0", "Almost always", "Occasionally"),)
    assert adds.new == (Added("Answers for a budget", "Rarely or never"),)
    assert (adds.is_known, adds.is_nothing) == (True, False)


def test_a_step_to_a_role_that_asks_for_less_adds_nothing(step):
    back = PathwayStepFactory(from_role=step.to_role, to_role=step.from_role)

    adds = step_adds([back])[back.pk]

    assert (adds.is_known, adds.is_nothing) == (True, True)


def test_a_role_that_asks_for_nothing_yet_says_nothing_of_what_is_added():
    step = PathwayStepFactory(from_role=role_asking(2))

    assert not step_adds([step])[step.pk].is_known


def by_the_scale_of(step, role):
    """``role``, in an edition that goes on with the scale of the roles of ``step``."""
    edition = FrameworkVersion.objects.filter(pk=role.version_id)
    edition.update(scale=step.from_role.version.scale)
    return role


def test_two_editions_are_compared_by_lineage(step):
    newer = by_the_scale_of(step, role_asking(4, title="Matron of the next edition"))
    Competency.objects.filter(pk=competencies_of(newer)[0].pk).update(
        lineage=competencies_of(step.from_role)[0].lineage
    )
    onward = PathwayStepFactory(from_role=step.from_role, to_role=newer)

    adds = step_adds([onward])[onward.pk]

    assert [len(adds.higher), len(adds.new)] == [1, 0]


def measured_by_two_levels(role):
    """The first competency of ``role``, measured by a scale of its own from now on."""
    scale = ScaleFactory(code="two_levels", levels=["Learning", "Able"])
    first = competencies_of(role)[0]
    Competency.objects.filter(pk=first.pk).update(scale=scale)
    return first


def test_levels_of_two_scales_are_both_told_and_neither_is_higher(step):
    newer = by_the_scale_of(step, role_asking(2))
    first = measured_by_two_levels(newer)
    Competency.objects.filter(pk=first.pk).update(
        lineage=competencies_of(step.from_role)[0].lineage
    )
    onward = PathwayStepFactory(from_role=step.from_role, to_role=newer)
    back = PathwayStepFactory(from_role=newer, to_role=step.from_role)

    adds = step_adds([onward, back])

    assert adds[onward.pk].otherwise == (Added(first.title, "Able", "Occasionally"),)
    assert (adds[onward.pk].new, adds[onward.pk].higher) == ((), ())
    assert [one.before for one in adds[back.pk].otherwise] == ["Able"]
    assert not adds[back.pk].higher


@pytest.mark.parametrize("is_confirmed", [True, False])
def test_what_took_the_place_of_another_by_a_confirmed_rule_is_not_new(step, is_confirmed):
    newer = by_the_scale_of(step, role_asking(4))
    first, heir = competencies_of(step.from_role)[0], competencies_of(newer)[0]
    done = {"confirmed_at": NOW, "confirmed_by": PersonFactory()} if is_confirmed else {}
    Crosswalk.objects.create(before=first, after=heir, kind="REPLACED", reason="Says more.", **done)
    onward = PathwayStepFactory(from_role=step.from_role, to_role=newer)

    adds = step_adds([onward])[onward.pk]

    assert (len(adds.new), len(adds.higher)) == ((0, 1) if is_confirmed else (1, 0))


@pytest.mark.parametrize("rows", [1, 3])
def test_any_number_of_steps_is_one_statement(step, django_assert_num_queries, rows):
    steps = [step, *PathwayStepFactory.create_batch(rows - 1, from_role=step.from_role)]

    with django_assert_num_queries(1):
        assert len(step_adds(steps)) == rows


def test_the_role_the_map_and_the_routes_tell_it(client, step):
    reader = follow(employ(organisation=OrganisationFactory()), step.from_role)
    client.force_login(reader)
    said = "1 competency is new. 1 competency is asked for at a higher level."

    role = text_of(client.get(reverse("pathways:role_show", args=[step.from_role_id])))
    chart = text_of(client.get(reverse("pathways:map_show")))
    routes = text_of(client.get(reverse("pathways:role_routes", args=[step.to_role_id])))

    assert [page.count(said) for page in (role, chart, routes)] == [1, 1, 1]
    assert "Skill 0: Almost always, before Occasionally" in role
    assert "Answers for a budget: Rarely or never, new" in role
