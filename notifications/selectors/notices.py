"""A person's notices, with the words made from their rule and facts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from accounts.models import Person
from notifications.models import Notice, NoticeQuerySet
from notifications.registry import WORDINGS


@dataclass(frozen=True, slots=True)
class Line:
    """One notice as a sentence: ``due_on`` when it is about a day, ``is_new`` until read."""

    text: str
    url: str
    due_on: date | None
    told_on: date
    is_new: bool


def notices_of(person: Person, *, on: date) -> NoticeQuerySet:
    return Notice.objects.visible_to(person, on=on).order_by("-created_at", "-pk")


def in_words(notices: Iterable[Notice]) -> list[Line]:
    """Sentences in the active language. A rule that no app words any more is left out."""
    return [
        Line(
            text=WORDINGS[notice.rule](notice.facts),
            url=notice.url,
            due_on=notice.due_on,
            told_on=notice.created_at.date(),
            is_new=notice.read_at is None,
        )
        for notice in notices
        if notice.rule in WORDINGS
    ]
