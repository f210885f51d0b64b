"""Roles in use follow their family and give way to successors, one by one, and people are told."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Event
from accounts.scope import opened
from jobs.models import OutboxMessage
from jobs.services.outbox import deliver_message
from notifications.models import Notice
from notifications.registry import WORDINGS
from pathways.models import Aspiration, Requirement, RoleProfile
from pathways.selectors.role_successors import is_behind, members_behind
from pathways.services.family_levels import take_from_family
from pathways.services.role_editions import draft_successor, succeed_members
from pathways.services.role_profiles import publish_role, withdraw_role
from pathways.services.role_requirements import Asked, ask_for
from tests.factories.accounts import OrganisationFactory, PersonFactory, employ
from tests.factories.clock import NOW, TODAY
from tests.factories.pathways import (
    AspirationFactory,
    RoleProfileFactory,
    competencies_of,
    follow,
    role_asking,
)
from tests.factories.roles import author_of, draft_asking, writes_framework

pytestmark = pytest.mark.django_db

YESTERDAY = TODAY - timedelta(days=1)
NEWS = ("pathways.role_succeeded", "pathways.goal_succeeded")


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def author(trust):
    return author_of(trust)


@pytest.fixture
def family(trust):
    return draft_asking(2, 3, owner=trust, is_family=True, title="Ward work")


def member_of(family, **fields):
    given = {"owner": family.owner, "version": family.version, "parent": family, **fields}
    role = RoleProfileFactory(**given)
    take_from_family(family, [role])
    return role


def levels_of(role):
    rows = Requirement.objects.filter(role_profile=role)
    return dict(rows.values_list("competency_id", "rank"))


def ask_more(family, author):
    """Let ``family`` ask for the highest level in its first competency; returns that."""
    first = competencies_of(family)[0]
    ask_for(role=family, levels={first.pk: Asked(4)}, by=author, now=NOW)
    return first


# --- Families


def test_a_member_whose_successor_is_being_written_holds_no_other_up(author, family):
    held_up, ready = member_of(family, title="Held up"), member_of(family, title="Ready")
    draft_successor(role=held_up, version=family.version, by=author, now=NOW)
    first = ask_more(family, author)

    brought = succeed_members(family=family, by=author, now=NOW)

    assert [(one.member, bool(one.refusal)) for one in brought] == [(held_up, True), (ready, False)]
    assert "is being written already" in brought[0].refusal
    assert brought[0].successor is None
    assert levels_of(brought[1].successor)[first.pk] == 4
    assert members_behind(family=family) == [held_up]
    event = Event.objects.get(verb="succeed_members")
    assert event.facts == {"members": [brought[1].successor.pk]}


def test_where_no_member_could_be_brought_nothing_is_recorded(author, family):
    held_up = member_of(family)
    draft_successor(role=held_up, version=family.version, by=author, now=NOW)
    ask_more(family, author)
    drafts = RoleProfile.objects.count()

    (brought,) = succeed_members(family=family, by=author, now=NOW)

    assert brought.successor is None
    assert RoleProfile.objects.count() == drafts
    assert not Event.objects.filter(verb__in=["succeed_members", "publish_role"]).exists()


def test_the_page_says_which_roles_were_brought_and_which_were_not(client, author, family):
    held_up, _ready = member_of(family, title="Held up"), member_of(family, title="Ready")
    draft_successor(role=held_up, version=family.version, by=author, now=NOW)
    ask_more(family, author)
    client.force_login(author)

    page = client.post(reverse("pathways:role_bring", args=[family.pk]), follow=True)

    words = " ".join(page.content.decode().split())
    assert "These roles have a successor now: Ready" in words
    assert "Held up: A successor of this role profile is being written already." in words


def test_the_successor_of_a_local_role_asks_for_what_a_national_family_asks_now(author, trust):
    national = draft_asking(2, 3, is_family=True)
    writer = writes_framework(national, employ())
    local = member_of(national, owner=trust)
    first = ask_more(national, writer)
    assert levels_of(local)[first.pk] == 2

    with opened(author, on=TODAY):
        assert is_behind(role=local)
        draft = draft_successor(role=local, version=local.version, by=author, now=NOW)
        successor = publish_role(role=draft, by=author, now=NOW)
        assert not is_behind(role=successor)

    assert (successor.parent, levels_of(successor)[first.pk]) == (national, 4)
    assert levels_of(local)[first.pk] == 2


def test_an_override_stays_in_the_successor(author, family):
    role = member_of(family, is_published=False)
    first = competencies_of(family)[0]
    ask_for(role=role, levels={first.pk: Asked(1)}, by=author, now=NOW)
    publish_role(role=role, by=author, now=NOW)
    ask_more(family, author)

    draft = draft_successor(role=role, version=role.version, by=author, now=NOW)

    row = draft.requirements.get(competency=first)
    assert (row.rank, row.is_override) == (1, True)


def test_the_author_of_a_local_role_reads_that_its_family_moved_on(client, author, trust):
    national = draft_asking(2, is_family=True)
    writer = writes_framework(national, employ())
    local = member_of(national, owner=trust)
    page = reverse("pathways:role_write", args=[local.pk])
    client.force_login(author)
    before = client.get(page).content.decode()

    ask_more(national, writer)
    after = client.get(page).content.decode()

    said = "Its family asks for something else now"
    assert (said in before, said in after) == (False, True)


# --- Those who are told


def delivered():
    """Send what waits to be told of roles; returns the notices."""
    for message in OutboxMessage.objects.filter(kind="pathways.tell_of_role"):
        assert deliver_message(message_id=message.pk, now=NOW)
    return list(
        Notice.objects.filter(rule__in=["pathways.role_succeeded", "pathways.goal_succeeded"])
    )


def told(notices):
    return {notice.recipient: WORDINGS[notice.rule](notice.facts) for notice in notices}


def test_whoever_holds_or_aims_at_a_role_is_told_once_of_its_successor(author, trust):
    role = role_asking(2, owner=trust, title="Ward manager")
    holder = follow(employ(organisation=trust), role)
    aiming, today = employ(organisation=trust), employ(organisation=trust)
    AspirationFactory(person=aiming, role_profile=role, starts_on=YESTERDAY)
    AspirationFactory(person=today, role_profile=role, starts_on=TODAY)
    gone = follow(employ(organisation=trust, ends_on=YESTERDAY), role)
    beside = follow(employ(organisation=trust), role_asking(2, owner=trust))
    draft = draft_successor(role=role, version=role.version, by=author, now=NOW)

    publish_role(role=draft, by=author, now=NOW)
    notices = delivered()

    words = told(notices)
    assert set(words) == {holder, aiming, today}
    assert not {gone, beside} & set(words)
    assert words[holder] == (
        "The profile of your role, Ward manager, is a new one from 20 November 2026. "
        "What you have shown stays."
    )
    assert words[aiming] == words[today]
    assert words[aiming] == (
        "The profile of Ward manager, which you work towards, is a new one from 20 November 2026. "
        "What you have shown stays."
    )
    assert {notice.url for notice in notices} == {reverse("pathways:role_show", args=[draft.pk])}


def test_whoever_aims_at_a_role_that_is_withdrawn_is_told_of_the_one_in_its_place(author, trust):
    role = role_asking(2, owner=trust, title="Ward manager")
    other = role_asking(2, owner=trust, title="Matron")
    aiming = employ(organisation=trust)
    AspirationFactory(person=aiming, role_profile=role, starts_on=YESTERDAY)
    holder = follow(employ(organisation=trust), role)
    AspirationFactory(person=holder, role_profile=other, starts_on=YESTERDAY)
    already = follow(employ(organisation=trust), other)

    withdraw_role(role=role, replacement=other, by=author, now=NOW)

    words = told(delivered())
    assert set(words) == {aiming, holder}
    assert already not in words
    assert words[aiming] == (
        "You work towards Matron from 20 November 2026, as Ward manager is no longer in use. "
        "What you have shown stays."
    )
    assert words[holder] == (
        "Your role is measured by Matron from 20 November 2026, in place of Ward manager. "
        "What you have shown stays."
    )


def test_two_roles_withdrawn_into_one_on_a_day_each_tell_their_own_holders(author, trust):
    matron = role_asking(2, owner=trust, title="Matron")
    titles = ("Ward manager", "Clinic manager")
    roles = [role_asking(2, owner=trust, title=title) for title in titles]
    holders = [follow(employ(organisation=trust), role) for role in roles]

    for role in roles:
        withdraw_role(role=role, replacement=matron, by=author, now=NOW)

    said = [(one.recipient, one.facts["before"]) for one in delivered()]
    assert sorted(said, key=lambda one: one[0].pk) == list(zip(holders, titles, strict=True))


def test_an_aim_of_today_at_what_one_holds_after_all_is_gone(author, trust):
    role, other = role_asking(2, owner=trust), role_asking(2, owner=trust)
    holder = follow(employ(organisation=trust), other)
    AspirationFactory(person=holder, role_profile=role, starts_on=TODAY)

    withdraw_role(role=role, replacement=other, by=author, now=NOW)

    assert not Aspiration.objects.filter(person=holder).exists()
    assert delivered() == []


def test_two_successors_on_one_day_tell_of_the_last(author, trust):
    role = role_asking(2, owner=trust, title="Ward manager")
    holder = follow(employ(organisation=trust), role)
    for _time in range(2):
        draft = draft_successor(role=role, version=role.version, by=author, now=NOW)
        role = publish_role(role=draft, by=author, now=NOW)

    notices = delivered()

    assert [(one.recipient, one.url) for one in notices] == [
        (holder, reverse("pathways:role_show", args=[role.pk]))
    ]


def test_telling_again_tells_nobody_twice_and_no_leaver(author, trust):
    role = role_asking(2, owner=trust)
    follow(employ(organisation=trust), role)
    follow(employ(person=PersonFactory(is_active=False), organisation=trust), role)
    draft = draft_successor(role=role, version=role.version, by=author, now=NOW)
    publish_role(role=draft, by=author, now=NOW)
    delivered()

    OutboxMessage.objects.update(state="WAITING", due_at=NOW, ended_at=None)
    assert len(delivered()) == 1


def test_a_role_nobody_follows_tells_nobody(author, trust):
    role = role_asking(2, owner=trust)
    draft = draft_successor(role=role, version=role.version, by=author, now=NOW)

    publish_role(role=draft, by=author, now=NOW)

    assert delivered() == []
