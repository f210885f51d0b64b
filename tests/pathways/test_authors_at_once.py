"""Several authors of one framework at the same moment: one is first, and the others are told."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from threading import Barrier

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event
from common.errors import Conflict
from pathways.models import Framework, FrameworkVersion, VersionState
from pathways.selectors.reviews import hurdles
from pathways.services import frameworks, publishing, role_profiles
from pathways.services.frameworks import (
    EditionParticulars,
    Particulars,
    describe_edition,
    describe_framework,
)
from pathways.services.publishing import publish_edition, retire_edition
from pathways.services.role_profiles import publish_role
from tests.factories.accounts import OrganisationFactory, employ, grant, place_below
from tests.factories.authoring import (
    CollaboratorFactory,
    DraftFactory,
    ReviewFactory,
    author_at,
    written,
)
from tests.factories.clock import NOW
from tests.factories.pathways import FrameworkVersionFactory
from tests.factories.roles import author_of, draft_asking

pytestmark = pytest.mark.django_db
BEGINS = date(2027, 4, 1)


@pytest.fixture
def draft():
    return written(2)


@pytest.fixture
def author(draft):
    return author_at(draft.framework.owner)


def said_of(framework, **changes):
    told = {name: getattr(framework, name) for name in Particulars._fields}
    return Particulars(**(told | changes))


def describe(version, author, *, revision, **changes):
    return describe_framework(
        version=version,
        particulars=said_of(version.framework, **changes),
        revision=revision,
        by=author,
        now=NOW,
    )


def name(version, author, label):
    version.refresh_from_db()
    return describe_edition(
        version=version,
        particulars=EditionParticulars(label, BEGINS),
        revision=version.revision,
        by=author,
        now=NOW,
    )


def retire(version, author, replacement):
    return retire_edition(
        version=version, reason="A law changed", replacement=replacement, by=author, now=NOW
    )


def publish(version, author, **given):
    return publish_edition(
        version=version, valid_from=BEGINS, ends_before=True, by=author, now=NOW, **given
    )


# --- One after the other


def test_what_a_framework_says_is_not_overwritten_unseen(draft, author):
    describe(draft, author, revision=0, title="First")

    with pytest.raises(Conflict) as refusal:
        describe(draft, author, revision=0, title="Second", audience="Ward managers")

    assert (refusal.value.status, refusal.value.code) == (409, "framework_moved_on")
    framework = Framework.objects.get(pk=draft.framework_id)
    assert (framework.title, framework.audience, framework.revision) == ("First", "", 1)
    assert describe(draft, author, revision=1, title="Second").title == "Second"


def test_saying_the_same_again_is_no_change(draft, author):
    describe(draft, author, revision=0, title="First")
    draft.framework.refresh_from_db()

    describe(draft, author, revision=0)

    assert Framework.objects.get().revision == 1
    assert Event.objects.filter(verb="describe_framework").count() == 1


def test_both_texts_are_shown_to_whoever_was_later(client, draft, author, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    client.force_login(author)
    address = reverse("pathways:authoring_edit", args=[draft.pk])
    sent = {**said_of(draft.framework)._asdict(), "revision": 0}
    client.post(address, sent | {"title": "How we lead"})

    late = client.post(address, sent | {"title": "How we manage"})

    words = late.content.decode()
    assert late.status_code == 409
    assert "Somebody described this framework anew" in words
    assert ("How we lead" in words, 'value="How we manage"' in words) == (True, True)
    assert 'name="revision" value="1"' in words
    seen = client.post(address, sent | {"title": "How we manage", "revision": 1})
    assert seen.status_code == 302
    assert Framework.objects.get().title == "How we manage"


def test_which_level_counts_is_part_of_what_reviewers_sign_off(draft, author):
    ReviewFactory(version=draft, outcome="SIGNED_OFF", decided_at=NOW)
    assert hurdles(draft) == []

    describe(draft, author, revision=0, counting_rule="HIGHEST")

    draft.refresh_from_db()
    assert draft.revision == 1
    assert [hurdle.code for hurdle in hurdles(draft)] == ["not_signed_off"]


def test_other_words_of_the_framework_leave_a_sign_off_as_it_is(draft, author):
    ReviewFactory(version=draft, outcome="SIGNED_OFF", decided_at=NOW)

    describe(draft, author, revision=0, audience="Ward managers")

    draft.refresh_from_db()
    assert hurdles(draft) == []


def test_which_level_counts_stands_still_while_a_draft_is_in_review(draft, author):
    FrameworkVersion.objects.filter(pk=draft.pk).update(state=VersionState.IN_REVIEW)

    with pytest.raises(Conflict) as refusal:
        describe(draft, author, revision=0, counting_rule="HIGHEST")

    assert refusal.value.code == "draft_in_review"


def test_which_level_counts_is_fixed_for_good_by_the_service_and_by_the_database(draft, author):
    edition = FrameworkVersionFactory(framework=draft.framework, label="2026", frozen_at=NOW)

    with pytest.raises(Conflict) as refusal:
        describe(edition, author, revision=0, counting_rule="HIGHEST")
    with pytest.raises(DatabaseError, match="which level counts"), transaction.atomic():
        Framework.objects.filter(pk=draft.framework_id).update(counting_rule="HIGHEST")

    assert refusal.value.code == "counting_rule_fixed"
    assert Framework.objects.filter(pk=draft.framework_id).update(title="Other words") == 1


@pytest.mark.parametrize("label", ["2026", "THE FIRST", "the first"])
def test_the_name_of_an_edition_is_there_once_in_small_and_capital_letters(draft, author, label):
    FrameworkVersionFactory(framework=draft.framework, label="2026")
    FrameworkVersionFactory(framework=draft.framework, label="The first")

    with pytest.raises(Conflict) as refusal:
        name(draft, author, label)
    with pytest.raises(IntegrityError), transaction.atomic():
        FrameworkVersion.objects.filter(pk=draft.pk).update(label=label)

    assert refusal.value.code == "edition_label_taken"
    assert name(draft, author, "2031").label == "2031"


def test_two_frameworks_may_each_have_an_edition_of_one_name(draft, author):
    FrameworkVersionFactory(label="2031")

    assert name(draft, author, "2031").label == "2031"


# --- At once


@contextmanager
def own_connection():
    try:
        yield
    finally:
        connection.close()


def at_once(*deeds):
    """Do each in a thread of its own, and count what came of them."""
    together = Barrier(len(deeds), timeout=20)

    def attempt(deed):
        with own_connection():
            together.wait()
            try:
                deed()
            except Conflict as refusal:
                return refusal.code
            except IntegrityError:
                return "refused by the database"
            return "done"

    with ThreadPoolExecutor(max_workers=len(deeds)) as pool:
        return Counter(pool.map(attempt, deeds))


def both_wait_in(module, function, monkeypatch):
    """Take the lock of the framework away, and let nobody go on before both have come so far."""
    both = Barrier(2, timeout=20)
    original = getattr(module, function)

    def waiting(*args, **kwargs):
        found = original(*args, **kwargs)
        both.wait()
        return found

    monkeypatch.setattr(module, function, waiting)
    monkeypatch.setattr(module, "hold_framework", lambda pk: None)


@pytest.fixture
def in_use(draft):
    """Two editions of one framework that are in use beside each other."""
    return [
        FrameworkVersionFactory(framework=draft.framework, label=label)
        for label in ("2025", "2026")
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(3))
def test_two_editions_do_not_take_each_others_place(attempt, author, in_use):
    first, second = in_use

    outcomes = at_once(lambda: retire(first, author, second), lambda: retire(second, author, first))

    assert outcomes == {"done": 1, "not_a_replacement": 1}
    states = FrameworkVersion.objects.filter(pk__in=[first.pk, second.pk])
    assert sorted(states.values_list("state", flat=True)) == ["PUBLISHED", "RETIRED"]


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_nothing_would_be_left_in_use(author, in_use, monkeypatch):
    first, second = in_use
    both_wait_in(publishing, "_tell_later", monkeypatch)

    outcomes = at_once(lambda: retire(first, author, second), lambda: retire(second, author, first))

    assert outcomes == {"done": 2}


@pytest.mark.django_db(transaction=True)
def test_of_two_who_name_two_drafts_alike_one_is_told(draft, author):
    other = DraftFactory(framework=draft.framework, label="Beside")

    outcomes = at_once(lambda: name(draft, author, "Spring"), lambda: name(other, author, "SPRING"))

    assert outcomes == {"done": 1, "edition_label_taken": 1}


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_database_keeps_two_names_apart(draft, author, monkeypatch):
    other = DraftFactory(framework=draft.framework, label="Beside")
    both_wait_in(frameworks, "label_is_taken", monkeypatch)

    outcomes = at_once(lambda: name(draft, author, "Spring"), lambda: name(other, author, "SPRING"))

    assert outcomes == {"done": 1, "refused by the database": 1}


@pytest.mark.django_db(transaction=True)
def test_of_two_who_say_what_a_framework_is_one_is_told(draft, author, in_use):
    outcomes = at_once(
        lambda: describe(draft, author, revision=0, title="One"),
        lambda: describe(in_use[0], author, revision=0, title="Two"),
    )

    assert outcomes == {"done": 1, "framework_moved_on": 1}
    assert Framework.objects.get(pk=draft.framework_id).revision == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_one_text_would_be_lost(draft, author, in_use, monkeypatch):
    both = Barrier(2, timeout=20)
    original = frameworks._save_under_its_code
    monkeypatch.setattr(frameworks, "hold_framework", lambda pk: None)
    monkeypatch.setattr(
        frameworks, "_save_under_its_code", lambda row: (both.wait(), original(row))
    )

    outcomes = at_once(
        lambda: describe(draft, author, revision=0, title="One"),
        lambda: describe(in_use[0], author, revision=0, title="Two"),
    )

    assert outcomes == {"done": 2}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(3))
def test_which_level_counts_does_not_change_while_the_draft_is_published(attempt, draft, author):
    ReviewFactory(version=draft, outcome="SIGNED_OFF", decided_at=NOW)

    outcomes = at_once(
        lambda: publish(draft, author, revision=0),
        lambda: describe(draft, author, revision=0, counting_rule="HIGHEST"),
    )

    rule = Framework.objects.get(pk=draft.framework_id).counting_rule
    draft.refresh_from_db()
    assert (draft.state, rule, outcomes) in [
        ("PUBLISHED", "LATEST", {"done": 1, "counting_rule_fixed": 1}),
        ("DRAFT", "HIGHEST", {"done": 1, "draft_moved_on": 1}),
    ]


@pytest.fixture
def role(in_use):
    """A draft of another trust that asks for levels of an edition in use."""
    role = draft_asking(2, owner=OrganisationFactory(), version=in_use[0])
    return role, author_of(role.owner)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(3))
def test_no_role_comes_into_use_by_an_edition_that_is_being_retired(attempt, author, in_use, role):
    draft, their_author = role

    outcomes = at_once(
        lambda: retire(in_use[0], author, None),
        lambda: publish_role(role=draft, by=their_author, now=NOW),
    )

    assert outcomes in [
        {"done": 1, "edition_not_in_use": 1},
        {"done": 1, "replacement_missing": 1},
    ]
    draft.refresh_from_db()
    edition = FrameworkVersion.objects.get(pk=in_use[0].pk)
    assert (draft.is_published, edition.state) in [(False, "RETIRED"), (True, "PUBLISHED")]


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_a_role_would_be_measured_by_what_is_retired(
    author, in_use, role, monkeypatch
):
    draft, their_author = role
    both = Barrier(2, timeout=20)
    follow = role_profiles.record_about_role
    tell = publishing._tell_later
    monkeypatch.setattr(
        role_profiles, "hold_measure", lambda pk: FrameworkVersion.objects.get(pk=pk)
    )
    monkeypatch.setattr(
        role_profiles, "record_about_role", lambda *a, **k: (follow(*a, **k), both.wait())
    )
    monkeypatch.setattr(publishing, "_tell_later", lambda *a, **k: (tell(*a, **k), both.wait()))

    outcomes = at_once(
        lambda: retire(in_use[0], author, None),
        lambda: publish_role(role=draft, by=their_author, now=NOW),
    )

    assert outcomes == {"done": 2}


# --- Whoever writes it, wherever they work


@pytest.fixture
def invited(draft):
    """An author of another trust, and one of the board above."""
    board = OrganisationFactory(kind="ICB")
    place_below(draft.framework.owner, board)
    guest = CollaboratorFactory(framework=draft.framework, person=employ()).person
    return {"guest": guest, "above": grant(employ(), "FRAMEWORK_AUTHOR", board)}


@pytest.mark.parametrize("who", ["guest", "above"])
def test_whoever_writes_it_holds_the_framework_from_elsewhere_too(
    client, draft, invited, who, monkeypatch
):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    client.force_login(invited[who])
    day = {"valid_from_day": "1", "valid_from_month": "4", "valid_from_year": "2027"}

    named = client.post(
        reverse("pathways:edition_edit", args=[draft.pk]),
        {"label": "Spring", "revision": "0", **day},
    )
    described = client.post(
        reverse("pathways:authoring_edit", args=[draft.pk]),
        {**said_of(draft.framework)._asdict(), "title": "How we lead", "revision": 0},
    )

    assert (named.status_code, described.status_code) == (302, 302)
    draft.refresh_from_db()
    assert (draft.label, draft.framework.title) == ("Spring", "How we lead")
