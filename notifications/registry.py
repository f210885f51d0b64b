"""What upper floors tell people: reminder sources, needs of the home page, and words for notices.

Filled in ``AppConfig.ready()``; this floor knows none of the apps that fill it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
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

REMINDER_SOURCES: dict[str, ReminderSource] = {}
NEED_SOURCES: dict[str, NeedSource] = {}
WORDINGS: dict[str, Wording] = {}


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
