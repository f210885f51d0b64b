"""Answers as they are kept: encrypted, and bound to one person and one question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings

from accounts.encryption import KeyRing
from accounts.models.equality import Attribute

_SEPARATOR = "|"


@dataclass(frozen=True, slots=True)
class Answer:
    """A code, and the system it is from: "A" means nothing without it. Never shown in a log."""

    system: str
    code: str

    def __repr__(self) -> str:
        return "Answer(…)"


Answers = Mapping[Attribute, Answer]
Tokens = Mapping[Attribute, str | None]


def ring() -> KeyRing:
    return _ring_of(tuple(settings.EQUALITY_KEYS))


@lru_cache(maxsize=8)
def _ring_of(keys: Sequence[str]) -> KeyRing:
    return KeyRing(keys, purpose="equality")


def sealed(answers: Answers, *, person_id: int) -> dict[Attribute, str | None]:
    """Every column of one row; what was not answered stays empty."""
    keys = ring()
    return {
        attribute: keys.encrypt(
            f"{answers[attribute].system}{_SEPARATOR}{answers[attribute].code}",
            bound_to=bound_to(person_id, attribute),
        )
        if attribute in answers
        else None
        for attribute in Attribute
    }


def opened(tokens: Tokens, *, person_id: int) -> dict[Attribute, Answer]:
    """The answers of one row, or ``Unreadable``: a wrong key, or a value from another row."""
    return {
        attribute: _answer(ring().decrypt(token, bound_to=bound_to(person_id, attribute)))
        for attribute, token in tokens.items()
        if token
    }


def bound_to(person_id: int, attribute: Attribute) -> str:
    return f"{person_id}:{attribute.value}"


def _answer(text: str) -> Answer:
    system, code = text.split(_SEPARATOR)
    return Answer(system, code)
