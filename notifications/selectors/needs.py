"""What needs a person, gathered from every app that knows something, in order of date."""

from datetime import date

from accounts.models import Person
from notifications.registry import NEED_SOURCES, Need

MOST_PER_SOURCE = 20


def needs_of(person: Person, *, on: date) -> list[Need]:
    """Everything that waits for ``person`` on ``on``: dated things first, the nearest on top."""
    found = [
        need
        for source in NEED_SOURCES.values()
        for need in list(source(person, on))[:MOST_PER_SOURCE]
    ]
    return sorted(found, key=lambda need: (need.due_on is None, need.due_on or on, need.title))
