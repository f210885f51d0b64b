"""Keeping the search projection true: at once for one person, from the ledger, or from nothing."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from accounts.actors import SystemJob
from accounts.scope import run_as
from common.dates import london_date
from talent.models import SearchCursor
from talent.services.projection_sql import (
    CHANGED_WITH_THE_DAYS,
    EVERYBODY,
    HOLD_CONSENTS,
    READ_EVENTS,
    REMOVE_LOST,
    START_AT_THE_END,
    WRITE_FOUND,
)

CURSOR = "talent.search"
PROJECTOR = SystemJob("talent.projection", organisation_ids=None)
CHUNK = 2_000
EVENTS_AT_ONCE = 5_000
# No transaction of ours is open for longer; what a number was taken for has then happened or not.
GAPS_KEPT_FOR = timedelta(hours=1)


def refresh_profiles(*, person_ids: Iterable[int], now: datetime) -> int:
    """Make the profiles of ``person_ids`` say what is true now; return how many were written.

    Whoever may not be found any more is removed. Three statements for every 2,000 people, each
    2,000 in a transaction of their own unless one is open already.
    """
    return sum(_refresh(people, now=now) for people in _chunks(sorted(set(person_ids))))


@run_as(PROJECTOR)
def _refresh(people: Sequence[int], *, now: datetime) -> int:
    params: dict[str, Any] = {"people": list(people), "on": london_date(now), "now": now}
    with connection.cursor() as cursor:
        cursor.execute(HOLD_CONSENTS, params)
        cursor.execute(REMOVE_LOST, params)
        removed = cursor.rowcount
        cursor.execute(WRITE_FOUND, params)
        return removed + int(cursor.rowcount)


def refresh_from_ledger(*, now: datetime) -> int:
    """Refresh whoever the events since the last time concern, and whom the days have changed.

    Returns how many people were looked at. Batches commit on their own; a second call while one
    is at work returns nought.
    """
    total = 0
    while (looked_at := _next_batch(now=now)) is not None:
        people, is_last = looked_at
        total += people
        if is_last:
            break
    return total


@run_as(PROJECTOR)
def _next_batch(*, now: datetime) -> tuple[int, bool] | None:
    cursor = _hold_cursor()
    if cursor is None:
        return None
    if cursor.moved_at is None:
        return _rebuild(cursor, now=now), True
    last_id, events, people = _read_events(cursor, now=now)
    people = sorted({*people, *_changed_with_the_days(cursor, now=now)})
    refresh_profiles(person_ids=people, now=now)
    cursor.event_id, cursor.moved_at = last_id or cursor.event_id, now
    cursor.save(update_fields=["event_id", "moved_at"])
    return len(people), events < EVENTS_AT_ONCE


@run_as(PROJECTOR)
def rebuild(*, now: datetime) -> int:
    """Read everybody's profile anew from the truth; return how many people were looked at."""
    cursor, _made = SearchCursor.objects.get_or_create(name=CURSOR)
    cursor = SearchCursor.objects.select_for_update().get(pk=cursor.pk)
    return _rebuild(cursor, now=now)


def _rebuild(cursor: SearchCursor, *, now: datetime) -> int:
    cursor.gaps.all().delete()
    [(end,)] = _rows(
        START_AT_THE_END, {"cursor": cursor.pk, "limit": 2 * EVENTS_AT_ONCE, "now": now}
    )
    people = [row[0] for row in _rows(EVERYBODY, {"on": london_date(now)})]
    refresh_profiles(person_ids=people, now=now)
    cursor.event_id, cursor.moved_at = end, now
    cursor.save(update_fields=["event_id", "moved_at"])
    return len(people)


def _hold_cursor() -> SearchCursor | None:
    SearchCursor.objects.get_or_create(name=CURSOR)
    return SearchCursor.objects.select_for_update(skip_locked=True).filter(name=CURSOR).first()


def _read_events(cursor: SearchCursor, *, now: datetime) -> tuple[int | None, int, list[int]]:
    params = {
        "cursor": cursor.pk,
        "after": cursor.event_id,
        "limit": EVENTS_AT_ONCE,
        "now": now,
        "too_old": now - GAPS_KEPT_FOR,
    }
    [(last_id, events, people)] = _rows(READ_EVENTS, params)
    return last_id, events, people


def _changed_with_the_days(cursor: SearchCursor, *, now: datetime) -> list[int]:
    """Whose dated facts began or ended by themselves since the cursor moved last."""
    since, on = london_date(cursor.moved_at), london_date(now)  # type: ignore[arg-type]
    if since >= on:
        return []
    return [row[0] for row in _rows(CHANGED_WITH_THE_DAYS, {"since": since, "on": on})]


def _rows(statement: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())


def _chunks(people: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(people), CHUNK):
        yield people[start : start + CHUNK]
