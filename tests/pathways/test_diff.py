from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathways.selectors.diff import ADD, CHANGE, MOVE, RETIRE, compare
from pathways.selectors.trees import Tree
from tests.factories.trees import big_tree, node, small_tree


def told(changes):
    return [(one.action, one.node.key, one.field, one.was, one.now) for one in changes.entries]


def with_order(codes):
    """A domain whose competencies stand in the order of ``codes``."""
    parts = [node("COMPETENCY", code, "top", code=code, at=n) for n, code in enumerate(codes, 1)]
    return Tree((node("DOMAIN", "top", "", code="top"), *parts))


def test_a_tree_does_not_differ_from_itself():
    assert not compare(small_tree(), small_tree())
    assert not compare(small_tree(), small_tree().ordered())


def test_each_field_that_differs_is_told_with_both_sides():
    before = small_tree()
    after = Tree(
        tuple(
            replace(one, title="Plans ahead", is_assessable=False, case={"a": 1})
            if one.key == "a.2"
            else one
            for one in before.nodes
        )
    )

    assert told(compare(before, after)) == [
        (CHANGE, "a.2", "title", "Title of a.2", "Plans ahead"),
        (CHANGE, "a.2", "is_assessable", "true", "false"),
        (CHANGE, "a.2", "case", "{}", '{"a": 1}'),
    ]


def test_what_came_and_what_went_is_told_in_the_order_of_the_tree():
    before = with_order(["a", "b", "c"])
    after = with_order(["a", "x", "c", "y"])

    assert told(compare(before, after)) == [
        (ADD, "x", "", "", ""),
        (ADD, "y", "", "", ""),
        (RETIRE, "b", "", "", ""),
    ]


def test_coming_after_something_new_is_no_move():
    assert compare(with_order("abc"), with_order("xabc")).of(MOVE) == ()
    assert compare(with_order("xabc"), with_order("abc")).of(MOVE) == ()


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        ("ab", "ba", 1),
        ("abcd", "dabc", 1),
        ("abcd", "bcda", 1),
        ("abcd", "dcba", 3),
        ("abcd", "xbady", 1),
        ("a", "a", 0),
    ],
)
def test_as_few_as_possible_have_moved(before, after, moved):
    changes = compare(with_order(before), with_order(after))

    assert len(changes.of(MOVE)) == moved


def test_a_node_below_another_parent_has_moved_with_both_named():
    before = small_tree()
    after = Tree(
        tuple(replace(one, parent="b") if one.key == "a.2" else one for one in before.nodes)
    )

    assert told(compare(before, after)) == [(MOVE, "a.2", "parent", "a", "b")]


@given(st.permutations(list("abcdefgh")), st.integers(0, 8), st.sets(st.sampled_from("abcdefgh")))
def test_putting_the_told_changes_in_makes_one_tree_of_the_other(order, new, gone):
    before = with_order("abcdefgh")
    after = with_order([*(code for code in order if code not in gone), *"stuvwxyz"[:new]])

    changes = compare(before, after)

    moved = {one.node.key for one in changes.of(MOVE)}
    stayed = [code for code in "abcdefgh" if code not in gone | moved]
    assert [one.node.key for one in changes.of(ADD)] == list("stuvwxyz"[:new])
    assert {one.node.key for one in changes.of(RETIRE)} == gone
    assert [one.key for one in after.nodes if one.key in stayed] == stayed


def test_a_tree_from_elsewhere_is_matched_by_what_it_says():
    known = Tree(
        tuple(
            replace(one, key=f"k{n}", lineage=f"k{n}", identifier=f"i{n}", parent="")
            for n, one in enumerate(small_tree().nodes)
        )
    )
    keys = {old.key: new.key for old, new in zip(small_tree().nodes, known.nodes, strict=True)} | {
        "": ""
    }
    known = Tree(
        tuple(
            replace(new, parent=keys[old.parent])
            for old, new in zip(small_tree().nodes, known.nodes, strict=True)
        )
    )
    came = Tree((*small_tree().nodes, node("COMPETENCY", "row 9", "b", code="b.2", at=2)))

    matched = came.matched(to=known)

    assert told(compare(known, matched)) == [(ADD, "row 9", "", "", "")]
    added = matched.by_key()["row 9"]
    assert (added.lineage, added.parent) == ("", keys["b"])
    assert compare(known, matched).of(ADD)[0].node.title == "Title of b.2"


def test_two_nodes_of_one_key_are_both_kept_for_a_check_to_find():
    twice = Tree((*small_tree().nodes, node("COMPETENCY", "a.1", "a.1", code="again")))

    assert len(twice.ordered().nodes) == len(twice.nodes)


def test_a_circle_is_kept_for_a_check_to_find():
    circle = Tree(
        (
            node("COMPETENCY", "x", "y", code="x"),
            node("COMPETENCY", "y", "x", code="y"),
            *small_tree().nodes,
        )
    )

    assert [one.key for one in circle.ordered().nodes][-2:] == ["x", "y"]


def test_a_big_tree_is_told_node_by_node():
    before = big_tree(competencies=50)
    after = Tree(
        tuple(
            replace(one, text="One sees it.") if one.kind == "INDICATOR" else one
            for one in before.nodes
        )
    )

    assert len(compare(before, after).of(CHANGE)) == 50
