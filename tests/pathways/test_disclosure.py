"""No two ways of grouping people, laid beside each other, let anybody be worked out."""

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pathways.selectors.disclosure import Alike, told_groups

FEW = 3
# One way with everybody in one group, as an organisation is, and two that cross.
TRAITS = st.tuples(st.just("all"), st.sampled_from("abcd"), st.sampled_from("wxyz"))


def unions(groups):
    """Every choice of one or more of ``groups``."""
    for count in range(1, len(groups) + 1):
        yield from combinations(groups, count)


def worked_out(people, told):
    """Everybody who is left over, too few together, when told groups of one way are taken from
    told groups of another. Tries every choice, one person at a time."""

    def members(groups):
        return {who for who, traits in people.items() if any(traits[w] == k for w, k in groups)}

    ways = {group.way for group in told}
    for way in ways:
        for chosen in unions([group for group in told if group.way == way]):
            whole = members(chosen)
            for other in ways - {way}:
                parts = [one for one in told if one.way == other and members([one]).issubset(whole)]
                rest = whole - members(parts)
                if parts and 0 < len(rest) < FEW:
                    yield chosen, parts, rest


@settings(max_examples=400, deadline=None)
@given(st.lists(TRAITS, max_size=30))
def test_nobody_is_left_over_by_any_choice_of_groups(rows):
    told = told_groups(Counter(rows), fewest=FEW)

    assert list(worked_out(dict(enumerate(rows)), told)) == []


def test_without_the_care_somebody_would_be_left_over():
    """The negative control: size alone lets the one who is left over be worked out."""
    rows = [("all", "a", "w")] * 4 + [("all", "a", "x")] + [("all", "b", "x")] * 4
    large = {
        Alike(way, key)
        for way in range(3)
        for key, count in Counter(row[way] for row in rows).items()
        if count >= FEW
    }

    assert [len(rest) for _g, _p, rest in worked_out(dict(enumerate(rows)), large)] != []
    assert large - told_groups(Counter(rows), fewest=FEW)


@pytest.mark.parametrize(
    ("people", "told"),
    [
        ({}, set()),
        ({("o", "a"): 9}, set()),
        ({("o", "a"): 10}, {(0, "o"), (1, "a")}),
        # One that is too small takes the smallest of the others with it.
        ({("o", "a"): 9, ("o", "b"): 20, ("o", "c"): 10}, {(0, "o"), (1, "b")}),
        # Two that are too small are enough for each other.
        ({("o", "a"): 5, ("o", "b"): 5, ("o", "c"): 12}, {(0, "o"), (1, "c")}),
    ],
)
def test_what_is_told(people, told):
    assert told_groups(people) == told


def test_what_was_told_of_many_stays_told_when_others_are_more():
    """Ten and ten, whatever the order in which they are found."""
    people = {("o", "b"): 10, ("o", "a"): 10}

    assert (
        told_groups(people)
        == told_groups(dict(sorted(people.items())))
        == {
            (0, "o"),
            (1, "a"),
            (1, "b"),
        }
    )
