"""The page about access says what the rules say."""

from tests.security.matrix.document import COMMAND, KEPT, write


def test_the_page_is_the_one_of_the_rules():
    assert KEPT.read_text() == write(), f"The rules have changed. Type: {COMMAND}"
