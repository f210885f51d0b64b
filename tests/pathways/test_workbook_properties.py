"""Whatever an edition says comes back from its file; whatever is sent is a table or a sentence."""

from functools import cache

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.text import clean_line, clean_text
from pathways.selectors.codes import look_of
from pathways.selectors.diff import compare
from pathways.selectors.trees import COMPETENCY, DESCRIPTOR, DOMAIN, INDICATOR, Node, Tree
from pathways.selectors.workbooks.cells import as_meant, harmless
from pathways.selectors.workbooks.columns import columns_for
from pathways.selectors.workbooks.matching import placed
from pathways.selectors.workbooks.problems import Unreadable
from pathways.selectors.workbooks.readings import read_framework
from pathways.selectors.workbooks.sheets import read_sheet
from pathways.selectors.workbooks.tables import Table, rows_of
from pathways.selectors.workbooks.writing import as_csv, as_xlsx
from tests.factories.imports import csv_file, xlsx_file

RANKS = {"": frozenset({1, 2, 3, None})}
# What no spreadsheet can hold is left out; what it would run is not.
TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Co", "Cn")), max_size=30
) | st.sampled_from(["=1+1", "+44", "-", "@me", "'", "'=x", '"', "a;b,c\td", "No", "\u202e=x"])
LINES = TEXT.map(clean_line).filter(bool)


@st.composite
def trees(draw):
    """An edition of up to three domains, competencies below each other, with described levels."""
    nodes = []
    readable = LINES.filter(look_of)
    codes = draw(st.lists(readable, min_size=1, max_size=6, unique_by=look_of))
    parents = []
    for number, code in enumerate(codes):
        if number == 0 or draw(st.booleans()):
            text = clean_text(draw(TEXT)).strip()
            nodes.append(_node(DOMAIN, f"d{number}", "", draw(LINES), text, number, code=code))
            parents = [f"d{number}"]
        key = f"c{number}"
        text = clean_text(draw(TEXT)).strip()
        parent = draw(st.sampled_from(parents))
        asked = draw(st.booleans())
        nodes.append(
            _node(COMPETENCY, key, parent, draw(LINES), text, number, code=code, asked=asked)
        )
        parents.append(key)
        for rank in draw(st.sets(st.sampled_from([1, 2, 3, None]))):
            below = f"{key}:{rank}"
            nodes.append(_node(DESCRIPTOR, below, key, "", draw(LINES), 0, rank=rank))
            for place, line in enumerate(draw(st.lists(LINES, max_size=3, unique=True))):
                nodes.append(_node(INDICATOR, f"{below}:{place}", below, "", line, place))
    return Tree(tuple(nodes)).ordered()


def _node(kind, key, parent, title, text, position, *, code="", rank=None, asked=True):
    return Node(
        kind,
        key,
        parent,
        code,
        title,
        text,
        position,
        lineage=key,
        level_rank=rank,
        is_assessable=asked,
    )


def _table(tree):
    columns = columns_for((1, 2, 3, None))
    rows = (tuple(row.get(column.name, "") for column in columns) for row in rows_of(tree))
    return Table("edition", columns, tuple(rows))


@settings(max_examples=120, deadline=None)
@given(tree=trees())
def test_an_edition_comes_back_from_its_csv_file_as_it_was(tree):
    reading = read_framework(read_sheet(as_csv(_table(tree))), ranks=RANKS)

    assert not reading.has_mistakes
    assert compare(tree, placed(reading, before=tree)).entries == ()


@settings(max_examples=25, deadline=None)
@given(tree=trees())
def test_an_edition_comes_back_from_its_workbook_as_it_was(tree):
    reading = read_framework(read_sheet(as_xlsx(_table(tree))), ranks=RANKS)

    assert not reading.has_mistakes
    assert compare(tree, placed(reading, before=tree)).entries == ()


@given(text=st.text())
def test_no_text_is_run_and_every_text_comes_back(text):
    assert not harmless(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\x00"))
    assert as_meant(harmless(text)) == text


def _is_a_table_or_a_sentence(content):
    try:
        reading = read_framework(read_sheet(content), ranks=RANKS)
    except Unreadable as refusal:
        said = refusal.message
    else:
        said = reading.problems[0].message if reading.has_mistakes else "A framework."
        assert reading.has_mistakes or reading.tree.nodes
    assert said.endswith(".")


# Made once: a workbook says when it was made, so the next would have other bytes.
_whole = cache(lambda kind: kind())


@settings(max_examples=300, deadline=None)
@given(content=st.binary(max_size=400))
def test_any_bytes_are_a_table_or_a_sentence(content):
    _is_a_table_or_a_sentence(content)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), kind=st.sampled_from([csv_file, xlsx_file]))
def test_a_damaged_file_is_a_table_or_a_sentence(data, kind):
    content = bytearray(_whole(kind))
    for _hit in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))

    _is_a_table_or_a_sentence(bytes(content))
