"""Levels that a role asks for, its own and those of its family."""

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Event
from accounts.scope import opened
from common.errors import Conflict
from pathways.models import Requirement, RoleProfile
from pathways.selectors.role_successors import left_behind, members_behind
from pathways.selectors.role_writing import asked_in_domain, families_for
from pathways.services.family_levels import take_from_family
from pathways.services.role_editions import draft_successor, succeed_members
from pathways.services.role_profiles import publish_role
from pathways.services.role_requirements import (
    Asked,
    ask_for,
    follow_family,
    take_family_level,
)
from tests.factories.accounts import OrganisationFactory, employ
from tests.factories.clock import NOW, TODAY
from tests.factories.pathways import (
    CompetencyFactory,
    FrameworkVersionFactory,
    RequirementFactory,
    RoleProfileFactory,
    competencies_of,
    domain_with,
    follow,
    role_asking,
)
from tests.factories.roles import author_of, confirmed_rule, draft_asking, writes_framework

pytestmark = pytest.mark.django_db


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def author(trust):
    return author_of(trust)


def levels_of(role):
    return {
        row.competency_id: (row.rank, row.is_essential, row.is_override)
        for row in Requirement.objects.filter(role_profile=role)
    }


@pytest.fixture
def family(trust):
    return draft_asking(2, 3, owner=trust, is_family=True)


@pytest.fixture
def member(family, author):
    role = RoleProfileFactory(owner=family.owner, version=family.version, is_published=False)
    follow_family(role=role, family=family, by=author, now=NOW)
    return role


def test_what_is_asked_for_is_written_changed_and_taken_away(author, trust):
    role = draft_asking(2, 3, owner=trust)
    first, second = competencies_of(role)
    third = CompetencyFactory(domain=first.domain, position=9)

    levels = {first.pk: Asked(4, is_essential=True), second.pk: None, third.pk: Asked(1)}
    ask_for(role=role, levels=levels, by=author, now=NOW)
    ask_for(role=role, levels=levels, by=author, now=NOW)

    assert levels_of(role) == {first.pk: (4, True, False), third.pk: (1, False, False)}
    event = Event.objects.get(verb="ask_for_levels")
    assert event.facts["dropped"] == [second.pk]
    assert event.facts["asks"] == {str(first.pk): [4, True], str(third.pk): [1, False]}


@pytest.mark.parametrize(
    ("name", "code"),
    [("foreign", "not_of_this_edition"), ("group", "not_of_this_edition")],
)
def test_only_competencies_that_the_edition_asks_about(author, trust, name, code):
    role = draft_asking(2, owner=trust)
    domain = competencies_of(role)[0].domain
    rows = {
        "foreign": CompetencyFactory(),
        "group": CompetencyFactory(domain=domain, position=8, is_assessable=False),
    }

    with pytest.raises(Conflict) as refusal:
        ask_for(role=role, levels={rows[name].pk: Asked(1)}, by=author, now=NOW)

    assert refusal.value.code == code
    assert len(levels_of(role)) == 1


def test_a_level_that_is_not_on_the_scale_is_refused(author, trust):
    role = draft_asking(2, owner=trust)
    competency = competencies_of(role)[0]

    with pytest.raises(Conflict) as refusal:
        ask_for(role=role, levels={competency.pk: Asked(5)}, by=author, now=NOW)

    assert refusal.value.code == "level_not_on_scale"


def test_a_member_takes_what_its_family_asks_for_and_keeps_what_it_asked_before(
    author, trust, family
):
    first, second = competencies_of(family)
    role = RoleProfileFactory(owner=trust, version=family.version, is_published=False)
    RequirementFactory(role_profile=role, competency=first, rank=4)

    follow_family(role=role, family=family, by=author, now=NOW)

    assert levels_of(role) == {first.pk: (4, False, True), second.pk: (3, False, False)}


def test_an_override_is_shown_and_undone(author, family, member):
    first, _second = competencies_of(family)

    ask_for(role=member, levels={first.pk: Asked(4)}, by=author, now=NOW)

    (row,) = [
        one for one in asked_in_domain(role=member, domain=first.domain) if one.competency == first
    ]
    assert (row.requirement.is_override, row.label_of(row.from_family.rank)) == (
        True,
        "Occasionally",
    )
    take_family_level(role=member, competency=first, by=author, now=NOW)
    assert levels_of(member)[first.pk] == (2, False, False)
    with pytest.raises(Conflict) as refusal:
        take_family_level(role=member, competency=first, by=author, now=NOW)
    assert refusal.value.code == "no_override"


def test_asking_for_what_the_family_asks_is_no_override_any_more(author, family, member):
    first, _second = competencies_of(family)
    ask_for(role=member, levels={first.pk: Asked(4)}, by=author, now=NOW)

    ask_for(role=member, levels={first.pk: Asked(2)}, by=author, now=NOW)

    assert levels_of(member)[first.pk] == (2, False, False)


def test_what_the_family_asks_for_cannot_be_dropped(author, family, member):
    first, _second = competencies_of(family)

    with pytest.raises(Conflict) as refusal:
        ask_for(role=member, levels={first.pk: None}, by=author, now=NOW)

    assert refusal.value.code == "family_asks_for_it"


def test_a_change_of_the_family_reaches_drafts_at_once_and_overrides_stay(author, family, member):
    first, second = competencies_of(family)
    ask_for(role=member, levels={first.pk: Asked(4)}, by=author, now=NOW)
    third = CompetencyFactory(domain=first.domain, position=9)

    changed = {first.pk: Asked(3), second.pk: None, third.pk: Asked(1, is_essential=True)}
    ask_for(role=family, levels=changed, by=author, now=NOW)

    assert levels_of(member) == {first.pk: (4, False, True), third.pk: (1, True, False)}


def test_what_a_family_drops_stays_with_a_member_that_asks_for_something_else(
    author, family, member
):
    first, _second = competencies_of(family)
    ask_for(role=member, levels={first.pk: Asked(4)}, by=author, now=NOW)

    ask_for(role=family, levels={first.pk: None}, by=author, now=NOW)

    assert levels_of(member)[first.pk] == (4, False, False)


def test_a_change_of_the_family_reaches_roles_in_use_by_a_successor(author, trust, family, member):
    first, second = competencies_of(family)
    publish_role(role=member, by=author, now=NOW)
    holder = follow(employ(organisation=trust), member)
    assert members_behind(family=family) == []

    ask_for(role=family, levels={first.pk: Asked(4)}, by=author, now=NOW)
    assert levels_of(member)[first.pk] == (2, False, False)
    assert members_behind(family=family) == [member]
    (brought,) = succeed_members(family=family, by=author, now=NOW)
    successor = brought.successor

    assert levels_of(successor) == {first.pk: (4, False, False), second.pk: (3, False, False)}
    assert levels_of(member)[first.pk] == (2, False, False)
    assert (successor.parent, successor.replaces) == (family, member)
    assert holder.assignments.filter(post__in=_posts_of(successor)).exists()
    assert members_behind(family=family) == []


def _posts_of(role):
    return role.post_roles.values("post_id")


def test_bringing_a_family_to_its_drafts_costs_the_same_for_one_and_three(
    author, family, django_assert_num_queries
):
    drafts = RoleProfileFactory.create_batch(
        3, owner=family.owner, version=family.version, is_published=False
    )
    RoleProfile.objects.filter(pk__in=[role.pk for role in drafts]).update(parent=family)

    for members in (drafts[:1], drafts):
        with django_assert_num_queries(4):
            take_from_family(family, members)

    assert [len(levels_of(role)) for role in drafts] == [2, 2, 2]


def test_leaving_the_family_keeps_the_levels_as_ones_own(author, family, member):
    follow_family(role=member, family=None, by=author, now=NOW)

    rows = Requirement.objects.filter(role_profile=member)
    assert list(rows.values_list("inherited_from", "is_override").distinct()) == [(None, False)]
    assert rows.count() == 2
    member.refresh_from_db()
    assert member.parent is None


def test_a_family_of_another_edition_or_owner_gives_nothing(author, trust):
    role = draft_asking(2, owner=trust)
    others = [
        draft_asking(2, owner=trust, is_family=True),
        RoleProfileFactory(owner=OrganisationFactory(), version=role.version, is_family=True),
        RoleProfileFactory(owner=trust, version=role.version),
    ]
    national = RoleProfileFactory(version=role.version, is_family=True)

    for other in others:
        with pytest.raises(Conflict) as refusal:
            follow_family(role=role, family=other, by=author, now=NOW)
        assert refusal.value.code == "not_a_family"
    assert families_for(role=role) == [national]


def test_the_database_refuses_a_family_that_is_none(trust):
    role = RoleProfileFactory(owner=trust)
    for other in (
        RoleProfileFactory(version=role.version),
        RoleProfileFactory(is_family=True),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            RoleProfile.objects.filter(pk=role.pk).update(parent=other)


def test_the_database_refuses_to_inherit_from_a_stranger(family):
    source = family.requirements.first()
    stranger = RoleProfileFactory(version=family.version)

    with pytest.raises(IntegrityError), transaction.atomic():
        Requirement.objects.create(
            role_profile=stranger, competency=source.competency, rank=2, inherited_from=source
        )


def test_a_family_with_members_stays_one(family, member):
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleProfile.objects.filter(pk=family.pk).update(is_family=False)


def test_a_successor_by_another_edition_follows_confirmed_rules(author, trust):
    old = role_asking(2, 3, 1, 4, owner=trust)
    first, second, third, fourth = competencies_of(old)
    new = FrameworkVersionFactory(framework=old.version.framework, label="2027")
    merged, same = domain_with(new, "Merged", "Same").competencies.order_by("position")
    confirmed_rule(first, merged, {2: 3}, by=author, kind="MERGED")
    confirmed_rule(second, merged, {3: 2}, by=author, kind="MERGED")
    confirmed_rule(third, same, {1: 1}, by=author)
    rule = confirmed_rule(fourth, same, {4: 4}, by=author)
    type(rule).objects.filter(pk=rule.pk).update(confirmed_at=None, confirmed_by=None)

    draft = draft_successor(role=old, version=new, by=author, now=NOW)

    assert levels_of(draft) == {merged.pk: (3, False, False), same.pk: (1, False, False)}
    assert [row.competency for row in left_behind(draft=draft)] == [fourth]
    assert len(levels_of(old)) == 4


def test_nothing_is_left_behind_within_an_edition(author, trust):
    role = role_asking(2, owner=trust)
    draft = draft_successor(role=role, version=role.version, by=author, now=NOW)

    assert left_behind(draft=draft) == []
    assert levels_of(draft) == levels_of(role)


def test_a_withdrawn_member_stays_as_it_was(author, family, member):
    first, second = competencies_of(family)
    RoleProfile.objects.filter(pk=member.pk).update(withdrawn_on=TODAY)
    third = CompetencyFactory(domain=first.domain, position=9)

    changed = {first.pk: Asked(4), second.pk: None, third.pk: Asked(1)}
    ask_for(role=family, levels=changed, by=author, now=NOW)

    assert levels_of(family) == {first.pk: (4, False, False), third.pk: (1, False, False)}
    assert levels_of(member) == {first.pk: (2, False, False), second.pk: (3, False, False)}


def test_what_a_family_drops_stays_with_a_member_in_use_as_its_own(author, family, member):
    first, second = competencies_of(family)
    publish_role(role=member, by=author, now=NOW)

    ask_for(role=family, levels={first.pk: None}, by=author, now=NOW)

    assert levels_of(member) == {first.pk: (2, False, False), second.pk: (3, False, False)}
    assert member.requirements.get(competency=first).inherited_from is None
    assert members_behind(family=family) == []


def test_a_national_family_reaches_members_that_its_author_does_not_see():
    family = draft_asking(2, 3, is_family=True)
    writer = writes_framework(family, employ())
    elsewhere = OrganisationFactory()
    first, second = competencies_of(family)
    draft, used = (
        RoleProfileFactory(owner=elsewhere, version=family.version, parent=family, is_published=on)
        for on in (False, True)
    )
    take_from_family(family, [draft, used])

    with opened(writer, on=TODAY):
        assert not RoleProfile.objects.filter(parent=family).exists()
        levels = {first.pk: Asked(4), second.pk: None}
        ask_for(role=family, levels=levels, by=writer, now=NOW)
        assert not RoleProfile.objects.filter(parent=family).exists()

    assert levels_of(draft) == {first.pk: (4, False, False)}
    assert levels_of(used) == {first.pk: (2, False, False), second.pk: (3, False, False)}
