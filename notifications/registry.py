"""What upper floors tell people: reminder sources, needs of the home page, and words for notices.

Filled in ``AppConfig.ready()``; this floor knows none of the apps that fill it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from accounts.models import Person


@dataclass(frozen=True, slots=True)
class Due:
    """One reminder that falls due: unique by (recipient, source's name, subject_key, period)."""

    recipient_id: int
    subject_key: str
    period: str
    url: str
    due_on: date | None
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReminderSource:
    """``due(on)`` yields, from one set-based query, everything that falls due on a day."""

    name: str
    due: Callable[[date], Iterable[Due]]


@dataclass(frozen=True, slots=True)
class Need:
    """One thing on the home page that waits for the reader; ``due_on`` None comes last."""

    title: str
    action: str
    url: str
    due_on: date | None
    hint: str = ""


NeedSource = Callable[[Person, date], Iterable[Need]]
# Turns a notice's facts into one sentence in the reader's language.
Wording = Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes along with the mail of a notice; ``parameters`` are of its content type."""

    name: str
    content: str
    subtype: str
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Letter:
    """How the mail of an urgent notice differs from the plain one.

    ``subject(facts)`` is its subject, ``note()`` what it says below, ``files(recipient_id, facts,
    now)`` makes what goes along with it when it is sent. Whoever does not want such mail
    (``is_wanted(recipient_id)``) is told with everything else, in the next digest.
    """

    subject: Callable[[Mapping[str, Any]], str]
    note: Callable[[], str]
    files: Callable[[int, Mapping[str, Any], datetime], Iterable[Enclosure]]
    is_wanted: Callable[[int], bool]


REMINDER_SOURCES: dict[str, ReminderSource] = {}
NEED_SOURCES: dict[str, NeedSource] = {}
WORDINGS: dict[str, Wording] = {}
LETTERS: dict[str, Letter] = {}


def register_reminder(source: ReminderSource, *, wording: Wording) -> None:
    """Add a daily source and the words of its notices."""
    if source.name in REMINDER_SOURCES:
        raise ValueError(f"Two reminder sources are called {source.name!r}.")
    REMINDER_SOURCES[source.name] = source
    register_wording(source.name, wording)


def register_need(name: str, source: NeedSource) -> None:
    """Add what a kind of work asks of the person who opens the home page."""
    NEED_SOURCES[name] = source


def register_wording(rule: str, wording: Wording) -> None:
    """Say how a notice of ``rule`` reads."""
    if rule in WORDINGS:
        raise ValueError(f"Two wordings for notices of {rule!r}.")
    WORDINGS[rule] = wording


def register_letter(rule: str, letter: Letter) -> None:
    """Say how the mail of an urgent notice of ``rule`` differs from the plain one."""
    if rule in LETTERS:
        raise ValueError(f"Two letters for notices of {rule!r}.")
    LETTERS[rule] = letter
