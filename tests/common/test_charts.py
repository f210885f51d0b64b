import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.charts import BarRow, Node, bars, graph, radar

AXES = ["Leading yourself", "Leading others", "Delivering", "Improving"]


def test_radar_puts_the_first_axis_up_and_goes_clockwise():
    drawn = radar(AXES, {"Now": [4, 2, 0, 9]}, maximum=4)

    top, right, bottom, left = drawn.series[0].dots
    assert (top.x, top.y) == (drawn.centre.x, drawn.centre.y - 150)
    assert (right.x, right.y) == (drawn.centre.x + 75, drawn.centre.y)
    assert bottom == drawn.centre
    assert (left.x, left.y) == (drawn.centre.x - 150, drawn.centre.y)
    assert len(drawn.rings) == 4
    assert [label.anchor for label in drawn.labels] == ["middle", "start", "middle", "end"]


@pytest.mark.parametrize(
    ("axes", "series", "maximum"),
    [(AXES[:2], {}, 4), (AXES, {"Now": [1, 2]}, 4), (AXES, {"Now": [1, 2, 3, 4]}, 0)],
)
def test_radar_refuses_what_cannot_be_drawn(axes, series, maximum):
    with pytest.raises(ValueError, match="radar"):
        radar(axes, series, maximum=maximum)


def test_bars_share_one_scale_from_nought():
    drawn = bars([BarRow("A", 10, "10"), BarRow("B", 5, "5", marker=10), BarRow("C", 0, "0")])

    long, half, none = drawn.bars
    assert (long.length, half.length, none.length) == (360, 180, 0)
    assert half.marker_x == drawn.left + 360
    assert half.text_x > half.marker_x
    assert long.marker_x is None


def test_bars_of_nothing_have_no_length():
    assert [bar.length for bar in bars([BarRow("A", 0, "0")]).bars] == [0]
    assert bars([]).bars == ()


def test_graph_puts_each_box_right_of_all_that_lead_to_it():
    nodes = [Node(key, f"Role {key}") for key in "abcd"]
    edges = [("a", "b"), ("b", "d"), ("a", "d"), ("a", "c")]

    drawn = graph(nodes, edges)

    x = {box.node.key: box.x for box in drawn.boxes}
    assert x["a"] < x["b"] == x["c"] < x["d"]
    assert {(arrow.source, arrow.target) for arrow in drawn.arrows} == set(edges)


def test_graph_draws_a_circle_without_going_round_it():
    drawn = graph([Node("a", "A"), Node("b", "B")], [("a", "b"), ("b", "a"), ("a", "a")])

    a, b = drawn.boxes
    assert a.x < b.x
    assert len(drawn.arrows) == 3


def test_graph_uncrosses_two_arrows():
    nodes = [Node(key, key) for key in ("a", "b", "c", "d")]

    drawn = graph(nodes, [("a", "d"), ("b", "c")])

    y = {box.node.key: box.y for box in drawn.boxes}
    assert y["d"] == y["a"] < y["b"] == y["c"]


def test_graph_refuses_an_edge_to_nowhere():
    with pytest.raises(KeyError):
        graph([Node("a", "A")], [("a", "z")])


KEYS = "abcdefgh"


@given(st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from(KEYS)), max_size=30))
def test_graph_never_lays_two_boxes_on_each_other(edges):
    drawn = graph([Node(key, f"A role called {key}") for key in KEYS], edges)

    places = [(box.x, box.y) for box in drawn.boxes]
    assert len(set(places)) == len(KEYS)
    assert all(box.x >= 0 and box.x + box.width <= drawn.width for box in drawn.boxes)
    assert all(box.y >= 0 and box.y + box.height <= drawn.height for box in drawn.boxes)
    assert drawn == graph([Node(key, f"A role called {key}") for key in KEYS], edges)
