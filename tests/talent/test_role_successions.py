"""Courses that a role asks for, and pools for it, follow the role profile that takes its place."""

import pytest

from accounts.models import Event
from courses.models import RoleProgramme
from pathways.services.role_editions import draft_successor
from pathways.services.role_profiles import publish_role, withdraw_role
from talent.services.projection import refresh_from_ledger, refresh_profiles
from tests.factories.accounts import OrganisationFactory
from tests.factories.clock import NOW
from tests.factories.courses import ProgrammeFactory
from tests.factories.pathways import follow, role_asking
from tests.factories.roles import author_of
from tests.factories.talent import PoolFactory, found_person, profile_of

pytestmark = pytest.mark.django_db


def test_courses_and_pools_follow_and_no_course_is_asked_for_twice():
    trust = OrganisationFactory()
    old, new, other = (role_asking(2, owner=trust) for _ in range(3))
    shared, further = ProgrammeFactory.create_batch(2)
    for role, programme in ((old, shared), (old, further), (new, shared), (other, shared)):
        RoleProgramme.objects.create(role_profile=role, programme=programme)
    pool = PoolFactory(organisation=trust, role_profile=old)
    untouched = PoolFactory(organisation=trust, role_profile=other)

    withdraw_role(role=old, replacement=new, by=author_of(trust), now=NOW)

    asked = RoleProgramme.objects.values_list("role_profile", "programme")
    assert set(asked) == {(new.pk, shared.pk), (new.pk, further.pk), (other.pk, shared.pk)}
    pool.refresh_from_db()
    untouched.refresh_from_db()
    assert (pool.role_profile, untouched.role_profile) == (new, other)
    facts = dict(
        Event.objects.filter(verb__in=["programmes_follow", "pools_follow"]).values_list(
            "verb", "facts"
        )
    )
    assert facts == {
        "programmes_follow": {"before": old.pk, "programmes": 1, "mandates": 0},
        "pools_follow": {"before": old.pk, "pools": 1},
    }


def test_nothing_is_told_where_nothing_follows():
    trust = OrganisationFactory()
    old, new = role_asking(2, owner=trust), role_asking(2, owner=trust)

    withdraw_role(role=old, replacement=new, by=author_of(trust), now=NOW)

    assert not Event.objects.filter(verb__in=["programmes_follow", "pools_follow"]).exists()


def test_search_finds_whoever_held_the_one_before_in_its_successor():
    trust = OrganisationFactory()
    author = author_of(trust)
    old = role_asking(2, owner=trust)
    person = follow(found_person(organisation=trust), old)
    refresh_profiles(person_ids=[person.pk], now=NOW)
    assert profile_of(person).role_profile == old
    new = draft_successor(role=old, version=old.version, by=author, now=NOW)
    refresh_from_ledger(now=NOW)

    publish_role(role=new, by=author, now=NOW)
    refresh_from_ledger(now=NOW)

    assert profile_of(person).role_profile == new
