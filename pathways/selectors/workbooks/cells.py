"""What stands in one cell, and how text is written so that no spreadsheet runs it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

# A spreadsheet takes what begins like this for a formula, in the wide forms of East Asia as well.
_DANGEROUS = (*"=+-@\t\r\n\x00", *"\uff1d\uff0b\uff0d\uff20")
# What was an apostrophe before is marked like the rest, so that reading undoes exactly writing.
_MARKED = (*_DANGEROUS, "'")


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that would have to be worked out, which we never do."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell in which the spreadsheet itself shows a mistake, such as #REF!."""

    text: str


Value = str | bool | int | float | date | datetime | time | timedelta | Formula | Fault | None


@dataclass(frozen=True, slots=True)
class Row:
    """``number`` is that of the spreadsheet, from 1 for its first row."""

    number: int
    cells: tuple[Value, ...]


def harmless(text: str) -> str:
    """``text`` as a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_MARKED) else text


def as_meant(text: str) -> str:
    """What ``harmless`` was given."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_MARKED) else text


def letters(index: int) -> str:
    """The name of a column: A for 0, Z for 25, AA for 26."""
    name = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
