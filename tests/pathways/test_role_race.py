"""Two authors change one role profile at the same moment: one of them does, the other is told."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection

from accounts.models import Event
from common.errors import Conflict
from pathways.models import FrameworkVersion, PastPostRole, RoleProfile
from pathways.services import role_profiles
from pathways.services.role_editions import draft_successor, succeed_members
from pathways.services.role_profiles import publish_role, withdraw_role
from pathways.services.role_requirements import Asked, ask_for
from tests.factories.accounts import OrganisationFactory, employ
from tests.factories.clock import NOW
from tests.factories.pathways import RoleProfileFactory, competencies_of, follow, role_asking
from tests.factories.roles import author_of, draft_asking

pytestmark = pytest.mark.django_db(transaction=True)

three_times = pytest.mark.parametrize("attempt", range(3))


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def authors(trust):
    return [author_of(trust) for _ in range(2)]


@pytest.fixture
def role(trust):
    """In use, and followed by the post of one person."""
    role = role_asking(2, owner=trust)
    follow(employ(organisation=trust), role)
    return role


def at_once(*acts):
    """Each in a thread of its own; returns "done" or the code of the refusal of each, sorted."""
    together = Barrier(len(acts), timeout=20)

    def attempt(act):
        together.wait()
        try:
            act()
        except Conflict as refusal:
            return refusal.code
        except IntegrityError:
            return "refused by the database"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(max_workers=len(acts)) as pool:
        return sorted(pool.map(attempt, acts))


def count(verb):
    return Event.objects.filter(verb=verb).count()


@three_times
def test_one_successor_is_begun(role, authors, attempt):
    def begin(author):
        return lambda: draft_successor(role=role, version=role.version, by=author, now=NOW)

    outcomes = at_once(*map(begin, authors))

    assert outcomes == ["done", "successor_is_there"]
    assert RoleProfile.objects.filter(replaces=role).count() == count("draft_successor") == 1


@three_times
def test_a_successor_comes_into_use_once(role, authors, attempt):
    draft = draft_successor(role=role, version=role.version, by=authors[0], now=NOW)

    def publish(author):
        return lambda: publish_role(role=draft, by=author, now=NOW)

    outcomes = at_once(*map(publish, authors))

    assert outcomes == ["done", "role_in_use"]
    assert (count("publish_role"), count("succeed_role")) == (1, 1)
    assert PastPostRole.objects.get().role_profile == role


def test_without_the_lock_it_would_come_into_use_twice(role, authors, monkeypatch):
    """The negative control: take the locks away, and both of them bring it into use."""
    draft = draft_successor(role=role, version=role.version, by=authors[0], now=NOW)
    both_have_read = Barrier(2, timeout=20)

    def read_without_lock(row, *, by, now):
        found = RoleProfile.objects.select_related("version", "parent").get(pk=row.pk)
        both_have_read.wait()
        return found

    monkeypatch.setattr(role_profiles, "lock_together", lambda *ids: {})
    monkeypatch.setattr(role_profiles, "lock_to_write", read_without_lock)
    monkeypatch.setattr(
        role_profiles, "hold_measure", lambda pk: FrameworkVersion.objects.get(pk=pk)
    )

    def publish(author):
        return lambda: publish_role(role=draft, by=author, now=NOW)

    outcomes = at_once(*map(publish, authors))

    assert outcomes == ["done", "done"]
    assert count("publish_role") == 2


@three_times
def test_a_role_is_withdrawn_or_succeeded_and_never_both(role, authors, trust, attempt):
    draft = draft_successor(role=role, version=role.version, by=authors[0], now=NOW)
    other = role_asking(2, owner=trust)

    outcomes = at_once(
        lambda: publish_role(role=draft, by=authors[0], now=NOW),
        lambda: withdraw_role(role=role, replacement=other, by=authors[1], now=NOW),
    )

    assert outcomes == ["done", "role_withdrawn"]
    assert (count("withdraw_role"), count("succeed_role")) == (1, 1)


@three_times
def test_two_roles_do_not_wait_for_each_other_for_ever(role, authors, trust, attempt):
    """Each takes the place of the other: locked in one order, so that one of them is told."""
    other = role_asking(2, owner=trust)

    outcomes = at_once(
        lambda: withdraw_role(role=role, replacement=other, by=authors[0], now=NOW),
        lambda: withdraw_role(role=other, replacement=role, by=authors[1], now=NOW),
    )

    assert outcomes == ["done", "replacement_not_in_use"]


@three_times
def test_a_family_is_brought_to_its_members_once(authors, trust, attempt):
    family = draft_asking(2, owner=trust, is_family=True)
    member = RoleProfileFactory(owner=trust, version=family.version, parent=family)
    first = competencies_of(family)[0]
    ask_for(role=family, levels={first.pk: Asked(3)}, by=authors[0], now=NOW)

    def bring(author):
        return lambda: succeed_members(family=family, by=author, now=NOW)

    outcomes = at_once(*map(bring, authors))

    assert outcomes == ["done", "done"]
    assert RoleProfile.objects.filter(replaces=member).count() == count("succeed_members") == 1
