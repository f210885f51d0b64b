"""Writing down what must happen later, and doing it exactly as often as it takes."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from jobs.handlers import HANDLERS, ON_PARKED
from jobs.models import OutboxMessage, OutboxState

MAX_ATTEMPTS = 5
SWEEP_AFTER = timedelta(seconds=10)
_BACKOFF = timedelta(seconds=15)


def _nudge(message_ids: Iterable[int]) -> None:
    """Hint to a worker that rows wait. A broker that is away is no error: the sweep will come."""
    from jobs.tasks import nudge  # the task module imports this one

    for message_id in message_ids:
        nudge(message_id)


def put(*, kind: str, key: str, payload: Mapping[str, Any], now: datetime) -> OutboxMessage:
    """Ask for ``kind`` to be done after this transaction; the same ``key`` asks once only."""
    if kind not in HANDLERS:
        raise ValueError(f"Nobody handles the outbox kind {kind!r}.")
    message, created = OutboxMessage.objects.get_or_create(
        key=key,
        defaults={"kind": kind, "payload": dict(payload), "created_at": now, "due_at": now},
    )
    if created:
        transaction.on_commit(lambda: _nudge([message.pk]))
    return message


def overdue(*, now: datetime, limit: int = 500) -> list[int]:
    """Rows that should have been done by now: older than, never within a window."""
    rows = OutboxMessage.objects.filter(state=OutboxState.WAITING, due_at__lte=now - SWEEP_AFTER)
    return list(rows.order_by("due_at", "pk").values_list("pk", flat=True)[:limit])


def deliver_message(*, message_id: int, now: datetime) -> bool:
    """Do what one row asks; return whether this call did it.

    The try is counted in a transaction of its own, so that a row which kills its worker is parked
    after ``MAX_ATTEMPTS``. The work itself holds the row's lock: a second delivery finds it locked
    and leaves, and the lock goes with the process if that is killed.
    """
    if not _count_try(message_id, now=now):
        return False
    try:
        return _do(message_id, now=now)
    except Exception as error:  # noqa: BLE001 - any failure is kept with the row and tried again
        _keep_failure(message_id, error=error, now=now)
        return False


@transaction.atomic
def _count_try(message_id: int, *, now: datetime) -> bool:
    message = _lock_waiting(message_id)
    if message is None:
        return False
    if message.attempts >= MAX_ATTEMPTS:
        _park(message, now=now)
        return False
    message.attempts += 1
    message.save(update_fields=["attempts"])
    return True


def _lock_waiting(message_id: int) -> OutboxMessage | None:
    rows = OutboxMessage.objects.select_for_update(skip_locked=True)
    return rows.filter(pk=message_id, state=OutboxState.WAITING).first()


@transaction.atomic
def _do(message_id: int, *, now: datetime) -> bool:
    message = _lock_waiting(message_id)
    if message is None:
        return False
    HANDLERS[message.kind](message.payload, now)
    message.state, message.ended_at, message.last_error = OutboxState.DONE, now, ""
    message.save(update_fields=["state", "ended_at", "last_error"])
    return True


@transaction.atomic
def _keep_failure(message_id: int, *, error: Exception, now: datetime) -> None:
    message = _lock_waiting(message_id)
    if message is None:
        return
    message.last_error = f"{type(error).__name__}: {error}"[:2000]
    message.due_at = now + _BACKOFF * 2 ** (message.attempts - 1)
    message.save(update_fields=["last_error", "due_at"])
    if message.attempts >= MAX_ATTEMPTS:
        _park(message, now=now)


def _park(message: OutboxMessage, *, now: datetime) -> None:
    message.state, message.ended_at = OutboxState.PARKED, now
    message.last_error = message.last_error or "The worker ended before it was done."
    message.save(update_fields=["state", "ended_at", "last_error"])
    if message.kind in ON_PARKED:
        ON_PARKED[message.kind](message.payload, now)


def purge_done(*, before: datetime) -> int:
    """Remove rows done before ``before``; parked rows stay until somebody has looked."""
    rows = OutboxMessage.objects.filter(state=OutboxState.DONE, ended_at__lt=before)
    return rows.delete()[0]
