from datetime import date, timedelta

import pytest

from pathways.models import RoleProfile
from pathways.selectors.role_profiles import with_requirements
from pathways.selectors.roles import aspired_role, current_role, target_role
from tests.factories.accounts import BoardSeatFactory, PersonFactory, employ
from tests.factories.clock import TODAY
from tests.factories.pathways import (
    AspirationFactory,
    PostRoleFactory,
    RequirementFactory,
    RoleProfileFactory,
    ScaleFactory,
    follow,
    role_asking,
)

pytestmark = pytest.mark.django_db


def test_current_role_is_that_of_the_post_held_longest():
    longest, newer = RoleProfileFactory.create_batch(2)
    person = employ(starts_on=date(2024, 1, 1))
    follow(person, newer)
    employ(person=person, starts_on=date(2021, 1, 1))
    PostRoleFactory(
        post=person.assignments.get(starts_on=date(2021, 1, 1)).post, role_profile=longest
    )

    assert current_role(person_id=person.pk, on=TODAY) == longest
    assert current_role(person_id=person.pk, on=date(2020, 1, 1)) is None


def test_current_role_passes_over_posts_that_ended_or_follow_no_role():
    role, past = RoleProfileFactory.create_batch(2)
    person = employ(starts_on=date(2020, 1, 1), ends_on=TODAY - timedelta(days=1))
    follow(person, past)
    employ(person=person, starts_on=date(2021, 1, 1))
    employ(person=person, starts_on=date(2022, 1, 1))
    PostRoleFactory(post=person.assignments.get(starts_on=date(2022, 1, 1)).post, role_profile=role)

    assert current_role(person_id=person.pk, on=TODAY) == role
    assert current_role(person_id=person.pk, on=TODAY - timedelta(days=1)) == past


def test_current_role_is_not_another_persons():
    follow(employ(), RoleProfileFactory())

    assert current_role(person_id=employ().pk, on=TODAY) is None


def test_a_non_executive_has_no_current_role():
    seat = BoardSeatFactory()

    assert current_role(person_id=seat.person_id, on=TODAY) is None


def test_aspired_role_holds_from_its_first_to_its_last_day():
    aspiration = AspirationFactory(
        person=PersonFactory(), starts_on=date(2026, 3, 1), ends_on=date(2026, 3, 31)
    )
    found = [
        aspired_role(person_id=aspiration.person_id, on=day)
        for day in (date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1))
    ]

    assert found == [None, aspiration.role_profile, aspiration.role_profile, None]


def test_target_role_is_the_one_worked_towards_else_the_one_held():
    here, there = RoleProfileFactory.create_batch(2)
    person = follow(employ(), here)

    before = target_role(person_id=person.pk, on=TODAY)
    AspirationFactory(person=person, role_profile=there)

    assert before == here
    assert target_role(person_id=person.pk, on=TODAY) == there
    assert target_role(person_id=PersonFactory().pk, on=TODAY) is None


def test_roles_come_with_their_scale_in_one_statement(django_assert_num_queries):
    person = follow(employ(), RoleProfileFactory())
    AspirationFactory(person=person)

    for read in (current_role, aspired_role):
        with django_assert_num_queries(1):
            assert read(person_id=person.pk, on=TODAY).version.scale.title == "How often"


def test_a_level_is_worded_by_the_scale_of_its_competency():
    role = role_asking(2)
    row = RequirementFactory(role_profile=role, rank=2)
    row.competency.scale = ScaleFactory(levels=("Novice", "Expert"))
    row.competency.save()

    (found,) = with_requirements(roles=RoleProfile.objects.filter(pk=role.pk))

    labels = {one.competency_id: one.level_label for one in found.requirements.all()}
    assert labels.pop(row.competency_id) == "Expert"
    assert list(labels.values()) == ["Occasionally"]
