import threading

import pytest
from django.db import connection

from accounts.models import Event
from common.errors import Conflict, Forbidden
from pathways.models import AssociationGroup, FrameworkVersion
from pathways.selectors.crosswalks import unaccounted
from pathways.selectors.diff import compare
from pathways.selectors.trees import Tree, read_tree
from pathways.services.editions import draft_edition
from pathways.services.trees import write_tree
from tests.factories.accounts import OrganisationFactory, employ, grant
from tests.factories.clock import NOW
from tests.factories.editions import (
    author_of,
    competency,
    next_edition,
    publish,
    published_edition,
)
from tests.factories.pathways import CompetencyFactory, FrameworkVersionFactory
from tests.factories.trees import AssociationFactory, big_tree, small_tree

pytestmark = pytest.mark.django_db


def test_a_new_edition_says_what_the_old_one_says_in_rows_of_its_own():
    before = published_edition()

    draft, author = next_edition(before)

    assert (draft.state, draft.based_on, draft.scale_id) == ("DRAFT", before, before.scale_id)
    old, new = read_tree(before), read_tree(draft)
    assert not compare(old, new)
    assert {one.key for one in old.nodes} == {one.key for one in new.nodes}
    assert not {one.identifier for one in old.nodes} & {one.identifier for one in new.nodes}
    event = Event.objects.get(verb="draft_edition")
    assert (event.about_id, event.by_person, event.organisation) == (
        draft.pk,
        author,
        before.framework.owner,
    )


def test_ties_are_copied_between_the_copies_and_keep_their_other_end():
    before = FrameworkVersionFactory(state="DRAFT", framework__owner=OrganisationFactory())
    write_tree(version=before, tree=small_tree(), revision=0, now=NOW)
    one, other, elsewhere = (
        competency(before, "a.1"),
        competency(before, "b.1"),
        CompetencyFactory(),
    )
    group = AssociationGroup.objects.create(version=before, title="Standards of 2027")
    AssociationFactory(version=before, origin=one, destination=other, group=group)
    AssociationFactory(version=before, origin=one, destination=elsewhere, kind="exactMatchOf")
    publish(before)

    draft, _author = next_edition(before)

    ties = {tie.kind: tie for tie in draft.associations.all()}
    inner, outer = ties["isPartOf"], ties["exactMatchOf"]
    assert (inner.origin, inner.destination) == (competency(draft, "a.1"), competency(draft, "b.1"))
    assert inner.origin_identifier == inner.origin.identifier != one.identifier
    assert (inner.group.title, inner.group.version) == (group.title, draft)
    assert outer.destination == elsewhere
    assert outer.destination_identifier == elsewhere.identifier


@pytest.mark.parametrize("size", [1, 60])
def test_copying_takes_as_many_statements_at_any_size(django_assert_num_queries, size):
    before = published_edition(big_tree(competencies=size))
    author = author_of(before.framework)

    with django_assert_num_queries(37):
        draft_edition(framework=before.framework, based_on=before, label="2027", by=author, now=NOW)


def test_only_an_author_of_the_framework_drafts():
    before = published_edition()
    elsewhere = author_of(published_edition().framework)
    lead = grant(
        employ(organisation=before.framework.owner), "LEARNING_LEAD", before.framework.owner
    )

    for by in (elsewhere, lead, employ(organisation=before.framework.owner)):
        with pytest.raises(Forbidden) as refusal:
            draft_edition(framework=before.framework, based_on=before, label="2027", by=by, now=NOW)
        assert refusal.value.code == "may_not_write_framework"
    assert before.framework.versions.count() == 1


def test_one_draft_follows_an_edition():
    before = published_edition()
    _draft, author = next_edition(before)

    with pytest.raises(Conflict) as refusal:
        draft_edition(framework=before.framework, based_on=before, label="2028", by=author, now=NOW)

    assert refusal.value.code == "edition_being_written"
    assert "2027" in refusal.value.message


@pytest.mark.parametrize("state", ["PUBLISHED", "RETIRED"])
def test_the_next_edition_follows_the_last_one(state):
    before = published_edition()
    draft, author = next_edition(before)
    publish(draft)
    if state == "RETIRED":
        FrameworkVersion.objects.filter(pk=draft.pk).update(
            state=state, retired_at=NOW, retire_reason="A law changed."
        )

    with pytest.raises(Conflict) as refusal:
        draft_edition(framework=before.framework, based_on=before, label="2028", by=author, now=NOW)
    draft.refresh_from_db()
    second = draft_edition(
        framework=before.framework, based_on=draft, label="2028", by=author, now=NOW
    )

    assert refusal.value.code == "edition_followed"
    assert "2027" in refusal.value.message
    assert (second.state, second.based_on) == ("DRAFT", draft)


@pytest.mark.parametrize(
    ("label", "state", "code"),
    [
        ("2026", "PUBLISHED", "edition_label_taken"),
        ("2027", "DRAFT", "nothing_to_follow"),
        ("2027", "IN_REVIEW", "nothing_to_follow"),
    ],
)
def test_what_cannot_follow_is_refused(label, state, code):
    framework = published_edition().framework
    before = FrameworkVersionFactory(framework=framework, label="Other", state=state)

    with pytest.raises(Conflict) as refusal:
        draft_edition(
            framework=framework, based_on=before, label=label, by=author_of(framework), now=NOW
        )

    assert refusal.value.code == code


def test_an_edition_of_another_framework_is_not_followed():
    framework, other = published_edition().framework, published_edition()

    with pytest.raises(Conflict) as refusal:
        draft_edition(
            framework=framework, based_on=other, label="2027", by=author_of(framework), now=NOW
        )

    assert refusal.value.code == "nothing_to_follow"


def test_what_is_left_out_has_to_be_accounted_for():
    before = published_edition()
    draft, _author = next_edition(before)
    keys = [one.key for one in read_tree(draft).nodes if one.code in ("b", "b.1")]
    kept = Tree(tuple(one for one in read_tree(draft).nodes if one.key not in keys))

    first = list(unaccounted(draft))
    write_tree(version=draft, tree=kept, revision=draft.revision, now=NOW)

    assert first == []
    assert list(unaccounted(draft)) == [competency(before, "b.1")]
    assert list(unaccounted(before)) == []


@pytest.mark.django_db(transaction=True)
def test_two_authors_who_start_at_once_start_one_draft():
    before = published_edition()
    author = author_of(before.framework)
    barrier, refused = threading.Barrier(2), []

    def start(label):
        try:
            barrier.wait()
            draft_edition(
                framework=before.framework, based_on=before, label=label, by=author, now=NOW
            )
        except Conflict as refusal:
            refused.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=start, args=(label,)) for label in ("2027", "2028")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert refused == ["edition_being_written"]
    assert FrameworkVersion.objects.filter(based_on=before).count() == 1
