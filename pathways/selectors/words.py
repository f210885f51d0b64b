"""Two texts beside each other: which words stayed, which went and which came."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

STAYED = ""
WENT = "del"
CAME = "ins"
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words, and whether it stayed, went (``WENT``) or came (``CAME``)."""

    kind: str
    text: str


def word_changes(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """Return both texts in pieces; putting the pieces of one together gives that text."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    left: list[Piece] = []
    right: list[Piece] = []
    for kind, *spans in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        stayed = kind == "equal"
        left += _piece(old[spans[0] : spans[1]], STAYED if stayed else WENT)
        right += _piece(new[spans[2] : spans[3]], STAYED if stayed else CAME)
    return left, right


def _piece(words: list[str], kind: str) -> Iterator[Piece]:
    if words:
        yield Piece(kind, "".join(words))
