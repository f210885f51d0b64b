"""Names from many cultures, each with a plain e-mail address that nobody else has."""

import random
import tomllib
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DOMAIN = "waymark.example"

# Letters that do not come apart into a plain letter and a mark.
_PLAIN = str.maketrans(
    {"ł": "l", "Ł": "L", "ß": "ss", "\u0131": "i", "đ": "d", "Đ": "D", "ø": "o", "æ": "ae"}
)


@dataclass(frozen=True, slots=True)
class Spelling:
    """A name as it is written, and in the letters of an e-mail address."""

    written: str
    plain: str


@dataclass(frozen=True, slots=True)
class Culture:
    given: tuple[Spelling, ...]
    family: tuple[Spelling, ...]
    ethnic_codes: tuple[str, ...]
    ethnic_weights: tuple[int, ...]


def plain(text: str) -> str:
    """Return ``text`` in a to z only: Wójcik becomes wojcik."""
    apart = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    return "".join(letter for letter in apart.lower() if letter.isascii() and letter.isalpha())


class NameBook:
    """Gives one invented person after another, never the same e-mail address twice."""

    def __init__(self, dice: random.Random) -> None:
        source = tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8"))
        self._dice = dice
        self._cultures = [_culture(fields) for fields in source["cultures"]]
        self._shares = [fields["share"] for fields in source["cultures"]]
        self._taken: dict[str, int] = {}

    def culture(self, *, is_senior: bool) -> Culture:
        """Draw a culture. Boards are less diverse than wards, and the demonstration shows it."""
        drawn = self._dice.choices(range(len(self._cultures)), self._shares)[0]
        if is_senior and drawn and self._dice.random() < 0.35:
            drawn = self._dice.choices(range(len(self._cultures)), self._shares)[0]
        return self._cultures[drawn]

    def name(self, culture: Culture) -> tuple[str, str, str]:
        """Return a given name, a family name and an e-mail address."""
        given, family = self._dice.choice(culture.given), self._dice.choice(culture.family)
        return given.written, family.written, self.address(f"{given.plain}.{family.plain}")

    def address(self, local_part: str) -> str:
        number = self._taken.get(local_part, 0) + 1
        self._taken[local_part] = number
        return f"{local_part}{number if number > 1 else ''}@{DOMAIN}"


def _culture(fields: dict[str, Any]) -> Culture:
    return Culture(
        given=_spellings(fields["given"]),
        family=_spellings(fields["family"]),
        ethnic_codes=tuple(fields["ethnic"]),
        ethnic_weights=tuple(fields["ethnic"].values()),
    )


def _spellings(names: str | list[list[str]]) -> tuple[Spelling, ...]:
    """A string holds names with spaces between them, and _ for a space within one."""
    if isinstance(names, str):
        written = [name.replace("_", " ") for name in names.split()]
        return tuple(Spelling(name, plain(name)) for name in written)
    return tuple(
        Spelling(pair[0], pair[1]) if isinstance(pair, list) else Spelling(pair, plain(pair))
        for pair in names
    )
