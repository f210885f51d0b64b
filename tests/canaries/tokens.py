"""Words that stand for sensitive values, so that each can be found wherever it comes out.

A token names what it is and whose: ``zqdraftxpeerqz`` is what the peer's appraisal says. It is
lower case and made of letters alone, so that it survives addresses of mail, search, JSON and PDF.
"""

import re
from dataclasses import dataclass

_TOKEN = re.compile(r"zq([a-pr-wy]+)x([a-pr-wy]+)qz", re.IGNORECASE)

# Every token there is: a key drawn at random looks like one in about every tenth whole run.
_MADE: set["Token"] = set()

# What never stands in a log, a queue, an address or a cache, whoever it is that reads there.
SPECIAL = frozenset({"draft", "goal", "reason", "ready", "nominated", "decided", "pledge"})
# What nobody may ever be shown again.
SECRET = frozenset({"password", "secret"})


@dataclass(frozen=True, order=True)
class Token:
    """``kind`` of the value, and ``owner``: the person or the organisation it is about."""

    kind: str
    owner: str

    def __str__(self) -> str:
        return f"zq{self.kind}x{self.owner}qz"


# What tests let out on purpose.
ON_PURPOSE = Token("draft", "leak")
_MADE.add(ON_PURPOSE)


def token(kind: str, owner: str) -> str:
    made = Token(kind, owner)
    if not _TOKEN.fullmatch(str(made)):
        raise ValueError(f"{made} would not be found again: use letters without q, x and z.")
    _MADE.add(made)
    return str(made)


def tokens_in(text: str) -> set[Token]:
    found = {Token(*match.group(1, 2)) for match in _TOKEN.finditer(text.lower())}
    return found & _MADE


def tokens_of(content: bytes) -> set[Token]:
    """Those in bytes of any encoding that keeps letters."""
    found = tokens_in(content.decode("utf-8", "replace"))
    if b"\x00" in content:
        found |= tokens_in(content.replace(b"\x00", b"").decode("utf-8", "replace"))
    return found
