"""Role profiles from their first draft to the day they give way to another."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.actors import SystemJob
from accounts.models import Event
from accounts.scope import opened
from common.errors import Conflict, Forbidden
from pathways.models import Aspiration, PathwayStep, Requirement, RoleProfile
from pathways.policies.role_profiles import may_write_role_profile
from pathways.selectors.gap import gap_analysis
from pathways.selectors.role_writing import replacements_for, written_roles
from pathways.selectors.roles import aspired_role, current_role
from pathways.services.role_editions import draft_successor
from pathways.services.role_profiles import (
    Particulars,
    describe_role,
    discard_role,
    draft_role,
    publish_role,
    withdraw_role,
)
from pathways.services.role_requirements import Asked, ask_for
from tests.factories.accounts import OrganisationFactory, employ, place_below
from tests.factories.clock import NOW, TODAY
from tests.factories.pathways import (
    AspirationFactory,
    FrameworkVersionFactory,
    PathwayStepFactory,
    RoleProfileFactory,
    competencies_of,
    follow,
    role_asking,
    show,
)
from tests.factories.roles import author_of, draft_asking, writes_framework

pytestmark = pytest.mark.django_db

YESTERDAY = TODAY - timedelta(days=1)
WARD = Particulars("Ward manager", "Answers for one ward.", "Nursing", 3, "7", "8a", ("03",))


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def author(trust):
    return author_of(trust)


def draft(author, trust, code="ward", version=None, **given):
    return draft_role(
        code=code,
        particulars=WARD,
        version=version or FrameworkVersionFactory(),
        owner=trust,
        is_family=False,
        by=author,
        now=NOW,
        **given,
    )


def test_a_draft_is_seen_by_its_authors_only(author, trust):
    role = draft(author, trust)

    assert (role.is_published, role.top_band, role.staff_groups) == (False, "8a", ["03"])
    assert not RoleProfile.objects.visible_to(author, on=TODAY).exists()
    assert list(written_roles(actor=author, on=TODAY)) == [role]
    assert not written_roles(actor=employ(organisation=trust), on=TODAY).exists()
    assert not written_roles(actor=author_of(OrganisationFactory()), on=TODAY).exists()
    event = Event.objects.get()
    assert (event.verb, event.organisation, event.facts["code"]) == ("draft_role", trust, "ward")


def test_the_authors_of_an_organisation_above_write_it_too_and_those_below_do_not(trust):
    board = OrganisationFactory()
    place_below(trust, board)
    ours, theirs = RoleProfileFactory(owner=trust), RoleProfileFactory(owner=board)

    assert set(written_roles(actor=author_of(board), on=TODAY)) == {ours, theirs}
    assert set(written_roles(actor=author_of(trust), on=TODAY)) == {ours}


def test_a_national_role_is_written_by_the_authors_of_its_framework(author):
    role = RoleProfileFactory(is_published=False)
    writer = writes_framework(role, employ())

    assert list(written_roles(actor=writer, on=TODAY)) == [role]
    assert not written_roles(actor=author, on=TODAY).exists()
    assert not written_roles(actor=writer, on=YESTERDAY).exists()


@pytest.mark.parametrize(
    ("roles", "is_national", "writes", "allowed"),
    [
        ({"FRAMEWORK_AUTHOR"}, False, False, True),
        ({"FRAMEWORK_AUTHOR"}, True, False, False),
        ({"API_CLIENT"}, False, False, True),
        ({"API_CLIENT"}, True, False, False),
        ({"LEARNING_LEAD", "REVIEWER"}, False, True, False),
        (set(), True, True, True),
        (set(), True, False, False),
    ],
)
def test_who_may_write_a_role_profile(roles, is_national, writes, allowed):
    answer = may_write_role_profile(
        frozenset(roles), is_national=is_national, writes_framework=writes
    )

    assert answer is allowed


def test_nobody_else_drafts_and_no_code_is_used_twice(author, trust):
    draft(author, trust)

    with pytest.raises(Forbidden) as refusal:
        draft(employ(organisation=trust), trust, code="other")
    with pytest.raises(Conflict) as taken:
        draft(author, trust)
    with pytest.raises(Conflict) as unpublished:
        draft(author, trust, code="other", version=FrameworkVersionFactory(state="DRAFT"))

    assert refusal.value.code == "may_not_write_role"
    assert taken.value.code == "code_taken"
    assert unpublished.value.code == "edition_not_in_use"
    assert RoleProfile.objects.count() == 1


def test_describing_a_role_says_what_changed_and_nothing_when_nothing_did(author, trust):
    role = draft(author, trust)
    changed = Particulars("Ward leader", "Answers for one ward.", "Nursing", 3, "7", "8a", ("03",))

    describe_role(role=role, particulars=changed, by=author, now=NOW)
    describe_role(role=role, particulars=changed, by=author, now=NOW)

    role.refresh_from_db()
    assert role.title == "Ward leader"
    told = Event.objects.filter(verb="describe_role")
    assert [event.facts for event in told] == [{"changed": ["title"]}]


def test_a_draft_comes_into_use_once_it_asks_for_something(author, trust):
    empty, full = draft(author, trust), draft_asking(2, owner=trust)

    with pytest.raises(Conflict) as refusal:
        publish_role(role=empty, by=author, now=NOW)
    publish_role(role=full, by=author, now=NOW)

    assert refusal.value.code == "role_asks_for_nothing"
    full.refresh_from_db()
    assert (full.is_published, full.in_use_from) == (True, TODAY)
    assert list(RoleProfile.objects.visible_to(employ(organisation=trust), on=TODAY)) == [full]
    with pytest.raises(Conflict) as again:
        publish_role(role=full, by=author, now=NOW)
    assert again.value.code == "role_in_use"


def test_what_a_role_in_use_asks_for_stays(author, trust):
    role = role_asking(2, owner=trust)
    competency = competencies_of(role)[0]

    with pytest.raises(Conflict) as refusal:
        ask_for(role=role, levels={competency.pk: Asked(4)}, by=author, now=NOW)

    assert refusal.value.code == "role_in_use"
    assert Requirement.objects.get().rank == 2


def test_a_draft_is_thrown_away_with_everything_in_it(author, trust):
    role = draft_asking(2, owner=trust)
    PathwayStepFactory(from_role=role)

    discard_role(role=role, by=author, now=NOW)

    assert not RoleProfile.objects.filter(pk=role.pk).exists()
    assert not PathwayStep.objects.exists()
    with pytest.raises(Conflict):
        discard_role(role=role_asking(2, owner=trust), by=author, now=NOW)


def test_the_successor_takes_over_posts_aims_and_steps_and_nothing_old_changes(author, trust):
    old = role_asking(2, owner=trust)
    competency = competencies_of(old)[0]
    holder = follow(employ(organisation=trust), old)
    dreamer = employ(organisation=trust)
    AspirationFactory(person=dreamer, role_profile=old, starts_on=YESTERDAY)
    step = PathwayStepFactory(from_role=old)
    back = PathwayStepFactory(to_role=old)
    show(holder, {competency: 2}, on=YESTERDAY)
    before = gap_analysis(person_id=holder.pk, role_profile=old, on=YESTERDAY)

    new = draft_successor(role=old, version=old.version, by=author, now=NOW)
    ask_for(role=new, levels={competency.pk: Asked(4, is_essential=True)}, by=author, now=NOW)
    publish_role(role=new, by=author, now=NOW)

    assert current_role(person_id=holder.pk, on=TODAY) == new
    assert current_role(person_id=holder.pk, on=YESTERDAY) == old
    assert aspired_role(person_id=dreamer.pk, on=TODAY) == new
    assert aspired_role(person_id=dreamer.pk, on=YESTERDAY) == old
    assert gap_analysis(person_id=holder.pk, role_profile=old, on=YESTERDAY).rows == before.rows
    step.refresh_from_db()
    back.refresh_from_db()
    assert (step.from_role, back.to_role) == (new, new)
    old.refresh_from_db()
    assert (old.is_published, old.withdrawn_on) == (False, TODAY)
    event = Event.objects.get(verb="succeed_role")
    assert event.facts == {"before": old.pk, "posts": 1, "aims": 1, "steps": 2}


def test_a_second_successor_on_one_day_keeps_what_held_yesterday(author, trust):
    first = role_asking(2, owner=trust)
    holder = follow(employ(organisation=trust), first)
    second = draft_successor(role=first, version=first.version, by=author, now=NOW)
    publish_role(role=second, by=author, now=NOW)

    third = draft_successor(role=second, version=second.version, by=author, now=NOW)
    publish_role(role=third, by=author, now=NOW)

    codes = [first.code, second.code, third.code]
    assert codes == [first.code, f"{first.code}.2", f"{first.code}.3"]
    assert current_role(person_id=holder.pk, on=YESTERDAY) == first
    assert current_role(person_id=holder.pk, on=TODAY) == third


def test_one_successor_at_a_time(author, trust):
    role = role_asking(2, owner=trust)
    draft_successor(role=role, version=role.version, by=author, now=NOW)

    with pytest.raises(Conflict) as refusal:
        draft_successor(role=role, version=role.version, by=author, now=NOW)

    assert refusal.value.code == "successor_is_there"


def test_a_role_that_is_followed_is_withdrawn_only_for_another(author, trust):
    role, other = role_asking(2, owner=trust), role_asking(1, owner=trust)
    # National roles are followed in organisations that their author does not see.
    holder = follow(employ(organisation=OrganisationFactory()), role)
    PathwayStepFactory(from_role=role, to_role=other)

    with pytest.raises(Conflict) as refusal:
        withdraw_role(role=role, replacement=None, by=author, now=NOW)
    withdraw_role(role=role, replacement=other, by=author, now=NOW)

    assert refusal.value.code == "role_is_followed"
    assert current_role(person_id=holder.pk, on=TODAY) == other
    # A step from the one to the other would lead from a role to itself.
    assert not PathwayStep.objects.exists()


def test_whoever_holds_the_role_that_takes_over_works_towards_it_no_more(author, trust):
    role, other = role_asking(2, owner=trust), role_asking(1, owner=trust)
    holder = follow(employ(organisation=trust), other)
    AspirationFactory(person=holder, role_profile=role, starts_on=YESTERDAY)

    withdraw_role(role=role, replacement=other, by=author, now=NOW)

    assert aspired_role(person_id=holder.pk, on=TODAY) is None
    assert Aspiration.objects.get().ends_on == YESTERDAY


def test_a_role_nobody_follows_is_withdrawn_for_good(author, trust):
    role = role_asking(2, owner=trust)

    withdraw_role(role=role, replacement=None, by=author, now=NOW)

    with pytest.raises(Conflict) as refusal:
        describe_role(role=role, particulars=WARD, by=author, now=NOW)
    assert refusal.value.code == "role_withdrawn"
    with pytest.raises(Conflict) as again:
        withdraw_role(role=role, replacement=None, by=author, now=NOW)
    assert again.value.code == "role_withdrawn"


def test_a_replacement_that_is_a_draft_or_the_role_itself_is_refused(author, trust):
    role = role_asking(2, owner=trust)

    for replacement in (role, draft_asking(2, owner=trust)):
        with pytest.raises(Conflict) as refusal:
            withdraw_role(role=role, replacement=replacement, by=author, now=NOW)
        assert refusal.value.code == "replacement_not_in_use"


def test_a_job_of_the_system_writes_no_roles(trust):
    with pytest.raises(Forbidden):
        publish_role(role=draft_asking(2, owner=trust), by=SystemJob("any"), now=NOW)


@pytest.mark.parametrize("change", [{"replaces": "itself"}, {"withdrawn_on": TODAY}])
def test_the_database_refuses_what_cannot_be(change):
    role = RoleProfileFactory()
    fields = {name: role if value == "itself" else value for name, value in change.items()}

    with pytest.raises(IntegrityError), transaction.atomic():
        RoleProfile.objects.filter(pk=role.pk).update(**fields)


def test_only_a_national_role_or_one_of_the_same_owner_takes_its_place(author, trust):
    national, ours = role_asking(2), role_asking(2, owner=trust)
    private = role_asking(2, owner=OrganisationFactory())
    holder = follow(employ(organisation=trust), national)
    writer = writes_framework(national, employ(organisation=trust))

    for by, role, other in ((writer, national, ours), (author, ours, private)):
        with pytest.raises(Conflict) as refusal:
            withdraw_role(role=role, replacement=other, by=by, now=NOW)
        assert refusal.value.code == "replacement_of_another_owner"
    assert current_role(person_id=holder.pk, on=TODAY) == national
    with opened(author, on=TODAY):
        withdraw_role(role=ours, replacement=national, by=author, now=NOW)
    ours.refresh_from_db()
    assert ours.withdrawn_on == TODAY


def test_replacements_to_choose_from_are_national_or_of_the_owner(author, trust):
    board = OrganisationFactory()
    place_below(trust, board)
    role, ours, national = role_asking(2, owner=trust), role_asking(2, owner=trust), role_asking(2)
    of_board = role_asking(2, owner=board)

    assert set(replacements_for(role=role, actor=author, on=TODAY)) == {ours, national}
    assert set(replacements_for(role=of_board, actor=author, on=TODAY)) == {national}


def test_a_replacement_withdrawn_meanwhile_takes_no_place(author, trust):
    role, other = role_asking(2, owner=trust), role_asking(2, owner=trust)
    withdraw_role(role=RoleProfile.objects.get(pk=other.pk), replacement=None, by=author, now=NOW)

    assert other.is_published
    with pytest.raises(Conflict) as refusal:
        withdraw_role(role=role, replacement=other, by=author, now=NOW)

    assert refusal.value.code == "replacement_not_in_use"


def test_the_ledger_tells_of_the_one_before_when_its_successor_comes_into_use(author, trust):
    old = role_asking(2, owner=trust)
    new = draft_successor(role=old, version=old.version, by=author, now=NOW)

    publish_role(role=new, by=author, now=NOW)

    event = Event.objects.get(about_type="pathways.roleprofile", about_id=old.pk)
    assert (event.verb, event.facts) == ("withdraw_role", {"replacement": new.pk})


def test_a_successor_of_what_was_withdrawn_meanwhile_is_not_brought_into_use(author, trust):
    old, other = role_asking(2, owner=trust), role_asking(1, owner=trust)
    holder = follow(employ(organisation=trust), old)
    new = draft_successor(role=old, version=old.version, by=author, now=NOW)
    withdraw_role(role=old, replacement=other, by=author, now=NOW)

    with pytest.raises(Conflict) as refusal:
        publish_role(role=new, by=author, now=NOW)

    assert refusal.value.code == "role_withdrawn"
    new.refresh_from_db()
    assert not new.is_published
    assert current_role(person_id=holder.pk, on=TODAY) == other


@pytest.mark.parametrize(
    "member",
    [{"is_published": False, "withdrawn_on": TODAY}, {"is_published": False}],
    ids=["withdrawn", "out of sight"],
)
def test_a_family_that_a_role_took_levels_from_is_not_thrown_away(member):
    family = draft_asking(2, is_family=True)
    writer = writes_framework(family, employ())
    RoleProfileFactory(owner=OrganisationFactory(), version=family.version, parent=family, **member)

    with opened(writer, on=TODAY), pytest.raises(Conflict) as refusal:
        discard_role(role=family, by=writer, now=NOW)

    assert refusal.value.code == "family_has_members"
    assert RoleProfile.objects.filter(pk=family.pk).exists()


def test_a_family_is_withdrawn_once_nothing_in_use_takes_from_it():
    family = role_asking(2, is_family=True)
    writer = writes_framework(family, employ())
    member = RoleProfileFactory(
        owner=OrganisationFactory(), version=family.version, parent=family, is_published=False
    )

    with opened(writer, on=TODAY), pytest.raises(Conflict) as refusal:
        withdraw_role(role=family, replacement=None, by=writer, now=NOW)
    RoleProfile.objects.filter(pk=member.pk).update(withdrawn_on=TODAY)
    withdraw_role(role=family, replacement=None, by=writer, now=NOW)

    assert refusal.value.code == "family_has_members"
    assert RoleProfile.objects.get(pk=family.pk).withdrawn_on == TODAY


def test_a_family_nothing_ever_took_from_is_thrown_away(author, trust):
    family = draft_asking(2, owner=trust, is_family=True)

    discard_role(role=family, by=author, now=NOW)

    assert not RoleProfile.objects.filter(pk=family.pk).exists()
