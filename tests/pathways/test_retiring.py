"""An edition that is retired before it has begun was never in use, and keeps no other from it."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event
from pathways.models import FrameworkVersion
from pathways.selectors.edition_changes import edition_on
from pathways.selectors.reviews import replacements_of
from pathways.services.publishing import publish_edition, retire_edition
from tests.factories.accounts import OrganisationFactory
from tests.factories.authoring import ReviewFactory, author_at, written
from tests.factories.clock import NOW, TODAY
from tests.factories.pathways import FrameworkVersionFactory, RoleProfileFactory

pytestmark = pytest.mark.django_db
BEGINS = date(2027, 4, 1)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def at_the_moment_of_the_tests(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def trust():
    return OrganisationFactory()


@pytest.fixture
def author(trust):
    return author_at(trust)


@pytest.fixture
def first(trust):
    return FrameworkVersionFactory(framework__owner=trust, label="2026", valid_from=TODAY - DAY)


def published(framework, author, *, valid_from=BEGINS, label="2027"):
    """An edition that begins on ``valid_from``, before which the others end."""
    draft = written(1, framework=framework, label=label)
    ReviewFactory(version=draft, outcome="SIGNED_OFF", decided_at=NOW, revision=draft.revision)
    return publish_edition(
        version=draft,
        valid_from=valid_from,
        ends_before=True,
        revision=draft.revision,
        by=author,
        now=NOW,
    )


def retired(version, author, *, now=NOW, replacement=None):
    return retire_edition(
        version=version, reason="A law changed", replacement=replacement, by=author, now=now
    )


def last_day(version):
    return FrameworkVersion.objects.get(pk=version.pk).valid_to


def in_use(version, author, day):
    return edition_on(version.framework_id, actor=author, on=day, today=TODAY)


def test_the_edition_before_goes_on_and_the_other_was_never_in_use(first, author):
    newer = published(first.framework, author)
    assert (last_day(first), in_use(first, author, BEGINS)) == (BEGINS - DAY, newer)

    retired(newer, author)

    assert (last_day(first), in_use(first, author, BEGINS)) == (None, first)
    assert Event.objects.get(verb="retire_framework").facts["going_on"] == [first.pk]


def test_what_was_in_use_for_a_day_was_in_use_and_ended_the_other(first, author):
    newer = published(first.framework, author, valid_from=TODAY)

    retired(newer, author)

    assert (last_day(first), in_use(first, author, TODAY)) == (TODAY - DAY, newer)
    assert Event.objects.get(verb="retire_framework").facts["going_on"] == []


def test_it_goes_on_until_an_edition_that_was_published_to_follow_both(first, author):
    middle = published(first.framework, author)
    later = date(2028, 4, 1)
    last = published(first.framework, author, valid_from=later, label="2028")

    retired(middle, author)

    assert last_day(first) == later - DAY
    assert in_use(first, author, BEGINS) == first
    retired(last, author)
    assert last_day(first) is None


def test_an_edition_that_did_not_end_for_it_stays_ended(first, author):
    ended = FrameworkVersionFactory(
        framework=first.framework,
        label="2024",
        valid_from=date(2024, 4, 1),
        valid_to=BEGINS - DAY,
    )
    newer = published(first.framework, author)

    retired(newer, author)

    assert (last_day(first), last_day(ended)) == (None, BEGINS - DAY)


def test_the_page_says_which_edition_goes_on_and_lets_it_take_the_place(client, first, author):
    newer = published(first.framework, author)
    RoleProfileFactory(version=newer, owner=first.framework.owner)
    address = reverse("pathways:framework_retire", args=[newer.pk])
    client.force_login(author)

    page = " ".join(client.get(address).content.decode().split())
    sent = client.post(address, {"reason": "A law changed", "replacement": first.pk})

    assert "It has not begun, so edition 2026 does not end before 1 April 2027: it goes on." in page
    assert sent.status_code == 302
    assert last_day(first) is None


def test_an_edition_that_ended_for_what_began_takes_no_place(first, author):
    newer = published(first.framework, author, valid_from=TODAY)

    assert not replacements_of(newer, on=TODAY).exists()
    assert list(replacements_of(newer, on=TODAY - DAY)) == [first]
