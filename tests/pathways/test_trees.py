import uuid
from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.services.ledger import record
from common.errors import Conflict, Stale
from pathways.models import (
    AssociationKind,
    Comment,
    Competency,
    Domain,
    FrameworkVersion,
    Indicator,
    LevelDescriptor,
)
from pathways.selectors.diff import compare
from pathways.selectors.trees import Node, Tree, read_tree
from pathways.services.trees import write_tree
from tests.factories.accounts import PersonFactory
from tests.factories.clock import NOW
from tests.factories.pathways import (
    DomainFactory,
    FrameworkVersionFactory,
    RequirementFactory,
    ScaleFactory,
)
from tests.factories.trees import AssociationFactory, big_tree, node, small_tree

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    return FrameworkVersionFactory(state="DRAFT")


def written(draft, tree=None):
    """The draft with a small tree in it, as it is read back."""
    write_tree(version=draft, tree=tree or small_tree(), revision=draft.revision, now=NOW)
    return read_tree(draft)


def changed(tree, code, /, **values):
    return Tree(tuple(replace(one, **values) if one.code == code else one for one in tree.nodes))


def without(tree, *codes):
    """The tree without the nodes of ``codes`` and what hangs below them."""
    gone = {one.key for one in tree.nodes if one.code in codes}
    kept = []
    for one in tree.nodes:
        if one.key in gone or one.parent in gone:
            gone.add(one.key)
        else:
            kept.append(one)
    return Tree(tuple(kept))


def shape(tree):
    """What a reader sees of a tree, without the numbers that rows get."""
    keys = {one.key: one.code or one.text for one in tree.nodes} | {"": ""}
    return [
        (one.kind, keys[one.parent], one.code, one.title, one.text, one.position, one.level_rank)
        for one in tree.nodes
    ]


def test_a_tree_is_read_back_as_it_was_written(draft):
    tree = small_tree()

    found = written(draft, tree)

    assert shape(found) == shape(tree.ordered())
    assert Tree.from_json(found.to_json()) == found
    assert all(one.key == one.lineage != "" for one in found.nodes)


def test_writing_the_same_again_changes_nothing(draft):
    first = written(draft)
    revision = draft.revision

    again = small_tree().matched(to=first)
    changes = write_tree(version=draft, tree=again, revision=revision, now=NOW)

    assert not changes
    assert draft.revision == FrameworkVersion.objects.get(pk=draft.pk).revision == revision
    assert read_tree(draft) == first


def test_rows_that_stay_keep_their_identity(draft):
    first = written(draft)
    ids = dict(Competency.objects.filter(version=draft).values_list("code", "pk"))
    tree = changed(without(first, "a.2"), "a.1", title="Plans ahead", code="a.9")
    tree = Tree((*tree.nodes, node("COMPETENCY", "new", tree.nodes[0].key, code="a.2")))

    changes = write_tree(version=draft, tree=tree, revision=draft.revision, now=NOW)

    rows = Competency.objects.filter(version=draft)
    now = dict(rows.values_list("code", "pk"))
    assert now["a.9"] == ids["a.1"]
    assert now["a.2"] not in ids.values()
    assert {one.node.code for one in changes.of("RETIRE") if one.node.code} == {"a.2"}
    assert [one.field for one in changes.of("CHANGE")] == ["code", "title"]


def test_two_competencies_may_change_codes_and_two_descriptions_levels(draft):
    first = written(draft)
    codes = {"a.1": "a.2", "a.2": "a.1"}
    ranks = {1: 2, 2: 1}
    swapped = Tree(
        tuple(
            replace(
                one,
                code=codes.get(one.code, one.code),
                level_rank=ranks[one.level_rank] if one.level_rank else None,
            )
            for one in first.nodes
        )
    )

    write_tree(version=draft, tree=swapped, revision=draft.revision, now=NOW)

    found = read_tree(draft).by_key()
    for one in first.nodes:
        assert found[one.key].code == codes.get(one.code, one.code)
        assert found[one.key].level_rank == (ranks[one.level_rank] if one.level_rank else None)
        assert found[one.key].identifier == one.identifier


def test_a_part_moves_below_another_competency_and_to_another_domain(draft):
    first = written(draft)
    keys = {one.code: one.key for one in first.nodes if one.code}
    moved = changed(first, "a.1.1", parent=keys["b.1"])
    moved = changed(moved, "a.2", parent=keys["b"])

    changes = write_tree(version=draft, tree=moved, revision=draft.revision, now=NOW)

    nested = Competency.objects.get(version=draft, code="a.1.1")
    assert (nested.parent.code, nested.domain.code) == ("b.1", "b")
    assert Competency.objects.get(version=draft, code="a.2").domain.code == "b"
    assert {(one.node.code, one.field) for one in changes.of("MOVE")} == {
        ("a.1.1", "parent"),
        ("a.2", "parent"),
    }


def test_what_becomes_of_another_kind_is_another_row(draft):
    first = written(draft)
    elsewhere = DomainFactory(code="z", title="Elsewhere")
    key = next(one.key for one in first.nodes if one.code == "a.2")
    tree = changed(first, "a.2", kind="DOMAIN", parent="", position=3, title="Listens")
    tree = Tree((*tree.nodes, node("COMPETENCY", "new", key, code="a.2.1")))

    changes = write_tree(version=draft, tree=tree, revision=draft.revision, now=NOW)

    domain = Domain.objects.get(version=draft, code="a.2")
    assert (domain.title, str(domain.lineage) == key) == ("Listens", False)
    assert [row.code for row in domain.competencies.all()] == ["a.2.1"]
    assert not Competency.objects.filter(version=draft, code="a.2").exists()
    assert [(one.node.kind, one.node.code) for one in changes.of("RETIRE")] == [
        ("COMPETENCY", "a.2")
    ]
    assert {one.node.code for one in changes.of("ADD")} == {"a.2", "a.2.1"}
    elsewhere.refresh_from_db()
    assert (elsewhere.code, elsewhere.title) == ("z", "Elsewhere")


def test_a_competency_with_its_own_scale_is_described_at_that_scales_levels(draft):
    scale = ScaleFactory(levels=["Seen once", "Seen often", "Done", "Taught", "Led"])
    first = written(draft)
    own = changed(first, "a.1", scale_code=scale.code)
    described = next(one for one in own.nodes if one.kind == "DESCRIPTOR")
    own = Tree(tuple(replace(one, level_rank=5) if one == described else one for one in own.nodes))

    write_tree(version=draft, tree=own, revision=draft.revision, now=NOW)

    levels = LevelDescriptor.objects.filter(competency__code="a.1", competency__version=draft)
    assert {row.level.scale_id for row in levels} == {scale.pk}
    assert {row.level.rank for row in levels} == {2, 5}


@pytest.mark.parametrize("size", [1, 40])
def test_the_statements_are_as_many_at_any_size(draft, django_assert_num_queries, size):
    tree = big_tree(competencies=size)

    with django_assert_num_queries(17):
        write_tree(version=draft, tree=tree, revision=0, now=NOW)
    with django_assert_num_queries(4):
        found = read_tree(draft)

    assert len(found.nodes) == len(tree.nodes)


def test_another_edition_is_neither_read_nor_touched(draft):
    other = DomainFactory(code="a", title="Elsewhere")
    written(draft)

    write_tree(version=draft, tree=Tree(), revision=draft.revision, now=NOW)

    assert list(Domain.objects.all()) == [other]
    assert not Indicator.objects.exists()


BAD = {
    "duplicate_domain": (node("DOMAIN", "z", "", code="a"), ["a"]),
    "duplicate_competency": (node("COMPETENCY", "z", "b", code="a.1"), ["a.1"]),
    "duplicate_descriptor": (node("DESCRIPTOR", "z", "a.1", text="Twice", rank=1), ["a.1"]),
    "unknown_parent": (node("COMPETENCY", "z", "nowhere", code="z.1"), ["z.1"]),
    "wrong_parent": (node("COMPETENCY", "z", "a.1:1", code="z.1"), ["z.1"]),
    "missing_code": (node("COMPETENCY", "z", "a", code="", title="Nameless"), ["Nameless"]),
    "missing_title": (node("COMPETENCY", "z", "a", code="z.1", title=" "), ["z.1"]),
    "missing_text": (node("INDICATOR", "z", "a.1:1", text=""), ["a.1"]),
    "long_code": (node("COMPETENCY", "z", "a", code="z" * 61), ["z" * 61, "60"]),
    "long_text": (node("INDICATOR", "z", "a.1:1", text="z" * 1001), ["a.1", "1000"]),
    "character": (node("COMPETENCY", "z", "a", code="z.1", title="a\x00b"), ["z.1"]),
    "unknown_scale": (node("COMPETENCY", "z", "a", code="z.1", scale="NONE"), ["z.1", "NONE"]),
    "level_not_on_scale": (node("DESCRIPTOR", "z", "b.1", text="Off", rank=7), ["b.1", "7"]),
}


@pytest.mark.parametrize("problem", BAD)
def test_a_tree_with_a_mistake_is_refused_by_a_sentence_that_names_the_codes(draft, problem):
    first = written(draft)
    bad, names = BAD[problem]
    tree = Tree((*small_tree().nodes, bad))

    with pytest.raises(Conflict) as refusal:
        write_tree(version=draft, tree=tree, revision=draft.revision, now=NOW)

    assert refusal.value.code == problem
    assert all(name in refusal.value.message for name in names)
    assert read_tree(draft) == first


def test_a_circle_of_parents_is_refused_with_its_codes(draft):
    tree = changed(small_tree(), "a.1", parent="a.1.1")

    with pytest.raises(Conflict) as refusal:
        write_tree(version=draft, tree=tree, revision=0, now=NOW)

    assert refusal.value.code == "cycle"
    assert "a.1 → a.1.1 → a.1" in refusal.value.message
    assert not Domain.objects.exists()


def test_a_stale_draft_is_refused_with_who_and_when(draft):
    first = written(draft)
    author = PersonFactory(given_name="Amal", family_name="Khan")
    record(by=author, now=NOW, verb="assess_oneself", about=draft, rule="test")

    with pytest.raises(Stale) as refusal:
        write_tree(version=draft, tree=Tree(), revision=0, now=NOW + timedelta(hours=1))

    assert refusal.value.code == "draft_moved_on"
    assert "Amal Khan" in refusal.value.message
    assert "20 November 2026" in refusal.value.message
    assert read_tree(draft) == first


def test_whoever_changed_one_item_is_named_and_not_who_did_something_else_since(draft):
    written(draft)
    author, other = (
        PersonFactory(given_name="Amal", family_name="Khan"),
        PersonFactory(given_name="Bo", family_name="Lind"),
    )
    row = Competency.objects.get(version=draft, code="a.1")
    said = {"verb": "assess_oneself", "rule": "test"}
    record(by=author, now=NOW, about=row, facts={"edition": draft.pk}, **said)
    record(by=other, now=NOW, about=row, facts={"edition": draft.pk + 1}, **said)
    record(by=other, now=NOW + timedelta(minutes=1), about=draft, **said)

    with pytest.raises(Stale) as refusal:
        write_tree(version=draft, tree=Tree(), revision=0, now=NOW + timedelta(hours=1))

    assert refusal.value.message.startswith("Amal Khan changed this edition")


@pytest.mark.parametrize("state", ["IN_REVIEW", "PUBLISHED"])
def test_only_a_draft_is_written(state):
    version = FrameworkVersionFactory(state=state)

    with pytest.raises(Conflict) as refusal:
        write_tree(version=version, tree=small_tree(), revision=0, now=NOW)

    assert refusal.value.code == "not_a_draft"


def test_comments_stay_when_a_part_is_left_out_and_are_about_it_again_when_it_is_back(draft):
    first = written(draft)
    author = PersonFactory()
    gone, stays = (Competency.objects.get(version=draft, code=code) for code in ("a.2", "a.1"))
    for competency in (gone, stays):
        said = Comment.objects.create(
            version=draft, competency=competency, author=author, text="Why?", written_at=NOW
        )
        Comment.objects.create(
            version=draft, reply_to=said, author=author, text="Because.", written_at=NOW
        )

    write_tree(version=draft, tree=without(first, "a.2"), revision=draft.revision, now=NOW)

    about = Comment.objects.filter(reply_to=None).order_by("pk")
    names = ("competency__code", "part_lineage", "part_name")
    assert list(about.values_list(*names)) == [
        (None, gone.lineage, "a.2 Title of a.2"),
        ("a.1", None, ""),
    ]
    write_tree(version=draft, tree=first, revision=draft.revision, now=NOW)
    assert list(about.values_list(*names)) == [("a.2", None, ""), ("a.1", None, "")]
    assert Comment.objects.count() == 4


def test_what_others_are_tied_to_is_not_left_out(draft):
    first = written(draft)
    one, other = (Competency.objects.get(version=draft, code=code) for code in ("a.2", "b.1"))
    AssociationFactory(version=draft, kind=AssociationKind.PART, origin=other, destination=one)

    with pytest.raises(Conflict) as refusal:
        write_tree(version=draft, tree=without(first, "a.2"), revision=draft.revision, now=NOW)

    assert refusal.value.code == "tied_by_association"
    assert "tied to a.2." in refusal.value.message
    assert read_tree(draft) == first


def test_what_a_role_asks_for_is_not_left_out(draft):
    first = written(draft)
    RequirementFactory(competency=Competency.objects.get(version=draft, code="a.2"))

    with pytest.raises(Conflict) as refusal:
        write_tree(version=draft, tree=without(first, "a.2"), revision=draft.revision, now=NOW)

    assert refusal.value.code == "competency_in_use"
    assert "refer to a.2." in refusal.value.message
    assert read_tree(draft) == first


def test_an_identifier_that_is_taken_is_refused(draft):
    theirs = DomainFactory()
    tree = Tree((node("DOMAIN", "z", "", code="z", identifier=str(theirs.identifier)),))

    with pytest.raises(Conflict) as refusal:
        write_tree(version=draft, tree=tree, revision=0, now=NOW)

    assert refusal.value.code == "identifier_taken"
    assert str(theirs.identifier) in refusal.value.message


def test_identifiers_and_further_facts_that_came_along_are_kept(draft):
    identifier = str(uuid.uuid4())
    facts = {"CFItemType": "Strand", "alternativeLabel": "Ways"}
    tree = Tree((node("DOMAIN", "z", "", code="z", identifier=identifier, case=facts),))

    found = written(draft, tree)

    assert [(one.identifier, one.case) for one in found.nodes] == [(identifier, facts)]


def test_a_tree_that_was_left_comes_back_as_it_was(draft):
    before = written(draft)
    write_tree(version=draft, tree=Tree(), revision=draft.revision, now=NOW)

    write_tree(version=draft, tree=before, revision=draft.revision, now=NOW)

    assert read_tree(draft) == before


def test_a_hierarchy_may_be_very_deep(draft):
    deep = [node("DOMAIN", "top", "", code="top")]
    deep += [
        node("COMPETENCY", f"k{n}", f"k{n - 1}" if n else "top", code=f"k{n}") for n in range(1500)
    ]

    found = written(draft, Tree(tuple(deep)))

    assert [one.code for one in found.nodes] == [one.code for one in deep]
    assert not compare(found, read_tree(draft))


def test_a_node_is_frozen():
    with pytest.raises(AttributeError):
        Node("DOMAIN", "a", "", "a", "A", "", 1).code = "b"
