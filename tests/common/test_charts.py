from itertools import combinations

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


def test_on_a_phone_words_and_figures_stand_above_bars_of_one_scale():
    rows = [
        BarRow("A", 10, "10 hours"),
        BarRow("Safeguarding children and young people in the community", 5, "5 hours", marker=10),
        BarRow("C", 0, "0 hours"),
    ]

    drawn = bars(rows).narrow

    long, half, none = drawn.bars
    assert (long.length, half.length, none.length) == (334, 167, 0)
    assert half.marker_x == drawn.left + 334
    assert len(half.label.lines) > 1
    for bar in drawn.bars:
        assert bar.text_y == bar.label.lines[0][0]
        assert bar.label.lines[-1][0] < bar.y
        assert bar.text_x <= drawn.width
    assert long.y + drawn.thickness < half.label.lines[0][0] - 12
    assert none.y + drawn.thickness == drawn.height
    # A phone is 320 wide at the least: what is written at 16 is hardly drawn smaller.
    assert drawn.width <= 340


def test_graph_lays_the_rows_from_top_to_bottom_and_the_boxes_beside_each_other():
    nodes = [Node("d", "D", 9), Node("b", "B", 4), Node("c", "C", 4), Node("a", "A", 1)]

    drawn = graph(nodes, [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")])

    box = {box.node.key: box for box in drawn.boxes}
    assert box["a"].y < box["b"].y == box["c"].y < box["d"].y
    assert box["b"].x + box["b"].width < box["c"].x
    # Alone in their rows, and joined to both: in the middle of them.
    assert box["a"].x == box["d"].x == (box["b"].x + box["c"].x) / 2


def test_graph_uncrosses_two_arrows():
    nodes = [Node("a", "A", 1), Node("b", "B", 1), Node("c", "C", 2), Node("d", "D", 2)]

    drawn = graph(nodes, [("a", "d"), ("b", "c")])

    x = {box.node.key: box.x for box in drawn.boxes}
    assert x["d"] == x["a"] != x["b"] == x["c"]


def test_an_arrow_past_a_row_goes_round_the_box_in_it():
    nodes = [Node("a", "A", 1), Node("b", "B", 2), Node("c", "C", 3)]

    drawn = graph(nodes, [("a", "b"), ("b", "c"), ("a", "c")])

    box = {box.node.key: box for box in drawn.boxes}
    (past,) = [arrow.path for arrow in drawn.arrows if arrow.target == "c" and arrow.source == "a"]
    stops = [tuple(map(float, words.split()[-1].split(","))) for words in past.split("C")[1:]]
    between = [x for x, y in stops if box["b"].y <= y <= box["b"].y + box["b"].height]
    assert len(between) == 2
    assert all(x < box["b"].x or x > box["b"].x + box["b"].width for x in between)


def test_a_step_within_a_row_and_the_way_back_are_two_level_lines():
    nodes = [Node("a", "A", 1, kind="here"), Node("b", "B", 1)]

    drawn = graph(nodes, [("a", "b"), ("b", "a"), ("a", "a")])

    there, back = drawn.arrows
    assert (there.kind, back.kind) == ("here", "")
    assert (there.path, back.path) == ("M184.0,46.0 L218.0,46.0", "M224.0,58.0 L190.0,58.0")


def test_a_note_is_a_line_of_its_own_and_an_arrow_may_have_its_own_kind():
    nodes = [Node("a", "A role", 1, kind="here", note="Your role"), Node("b", "B", 2)]

    drawn = graph(nodes, [("a", "b")], kinds={("a", "b"): "route"})

    box = drawn.boxes[0]
    assert [words for _y, words in box.label.lines] == ["A role", "Your role"]
    assert box.y < box.label.lines[0][0] < box.label.lines[1][0] < box.y + box.height
    assert (box.node.words, drawn.boxes[1].node.words) == ("A role. Your role", "B")
    assert drawn.arrows[0].kind == "route"


def test_an_arrow_within_a_row_dips_below_a_box_between():
    nodes = [Node(key, key, 1) for key in "abc"] + [Node(key, key, 2) for key in "xyz"]
    columns = [("a", "x"), ("b", "y"), ("c", "z")]

    drawn = graph(nodes, [*columns, ("a", "b"), ("b", "c"), ("a", "c")])

    (past,) = [arrow.path for arrow in drawn.arrows if (arrow.source, arrow.target) == ("a", "c")]
    lowest = max(float(point.split(",")[1]) for point in past[1:].replace("C", "").split())
    assert lowest > next(box.y + box.height for box in drawn.boxes if box.node.key == "b")


def test_a_step_down_the_rows_is_drawn_upwards():
    drawn = graph([Node("a", "A", 1), Node("b", "B", 2)], [("b", "a")])

    (arrow,) = drawn.arrows
    upper, lower = drawn.boxes
    assert arrow.path.startswith(f"M{lower.x + lower.width / 2},{lower.y} ")
    assert arrow.path.endswith(f"{upper.x + upper.width / 2},{upper.y + upper.height + 6}")


def test_graph_of_nothing_is_empty():
    drawn = graph([], [])

    assert (drawn.boxes, drawn.arrows, drawn.height) == ((), (), 0)


def test_graph_refuses_an_edge_to_nowhere():
    with pytest.raises(KeyError):
        graph([Node("a", "A", 1)], [("a", "z")])


KEYS = "abcdefgh"


@given(
    st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from(KEYS)), max_size=30),
    st.lists(st.integers(1, 4), min_size=len(KEYS), max_size=len(KEYS)),
)
def test_graph_never_lays_two_boxes_on_each_other(edges, rows):
    nodes = [Node(key, f"A role called {key}", row) for key, row in zip(KEYS, rows, strict=True)]

    drawn = graph(nodes, edges)

    for one, other in combinations(drawn.boxes, 2):
        assert one.y != other.y or abs(one.x - other.x) > one.width
    assert all(box.x >= 0 and box.x + box.width <= drawn.width for box in drawn.boxes)
    assert all(box.y >= 0 and box.y + box.height <= drawn.height for box in drawn.boxes)
    assert {(arrow.source, arrow.target) for arrow in drawn.arrows} == {
        (source, target) for source, target in edges if source != target
    }
    assert drawn == graph(nodes, edges)
