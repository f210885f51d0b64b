"""Reading each reminder source once per day, so that nothing is told twice and no day is lost."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import islice

from django.db import connection

from accounts.actors import SystemJob
from accounts.scope import run_as
from accounts.services.ledger import record
from common.dates import london_date
from notifications.models import Notice, ReminderDay
from notifications.registry import REMINDER_SOURCES, Due, ReminderSource

DAYS_CAUGHT_UP = 31
_BATCH = 2_000
JOB = SystemJob("notifications.run_due_days", organisation_ids=None)


def run_due_days(*, now: datetime) -> int:
    """Read every source for every day not yet read up to today; return the notices written.

    A source is read for at most the last ``DAYS_CAUGHT_UP`` days after an outage. Running it again,
    or five times at once, writes nothing more.
    """
    today = london_date(now)
    return sum(
        _run_day(source, day, now=now)
        for source in REMINDER_SOURCES.values()
        for day in _days_to_read(source, today=today)
    )


def _days_to_read(source: ReminderSource, *, today: date) -> Iterable[date]:
    read = set(
        ReminderDay.objects.filter(
            source=source.name, day__gt=today - timedelta(days=DAYS_CAUGHT_UP), day__lte=today
        ).values_list("day", flat=True)
    )
    # A source that was never read begins today: there is nothing to catch up before it existed.
    first = min(read) if read else today
    days = (first + timedelta(days=offset) for offset in range((today - first).days + 1))
    return [day for day in days if day not in read]


@run_as(JOB)
def _run_day(source: ReminderSource, day: date, *, now: datetime) -> int:
    # Two workers may be asked for the same day: the second waits here, then finds it read.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{source.name} {day}"]
        )
    if ReminderDay.objects.filter(source=source.name, day=day).exists():
        return 0
    written = 0
    for batch in _batches(source.due(day)):
        written += _write(source.name, batch, now=now)
    read = ReminderDay.objects.create(source=source.name, day=day, finished_at=now, found=written)
    record(
        by=JOB,
        now=now,
        verb="read_reminders",
        about=read,
        rule="daily_reminders",
        facts={"source": source.name, "day": day.isoformat(), "written": written},
    )
    return written


def _batches(due: Iterable[Due]) -> Iterator[list[Due]]:
    rows = iter(due)
    while batch := list(islice(rows, _BATCH)):
        yield batch


def _write(rule: str, batch: list[Due], *, now: datetime) -> int:
    """Insert what is new; the unique key drops what was told before."""
    rows = Notice.objects.filter(rule=rule, recipient_id__in={due.recipient_id for due in batch})
    before = rows.count()
    Notice.objects.bulk_create(
        [_notice(rule, due, now=now) for due in batch], ignore_conflicts=True
    )
    return rows.count() - before


def _notice(rule: str, due: Due, *, now: datetime) -> Notice:
    return Notice(
        recipient_id=due.recipient_id,
        rule=rule,
        subject_key=due.subject_key,
        period=due.period,
        facts=dict(due.facts),
        url=due.url,
        due_on=due.due_on,
        created_at=now,
    )
