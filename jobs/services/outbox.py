"""Writing down what must happen later, and doing it exactly as often as it takes."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from celery import current_app
from django.db import transaction
from django.db.models import QuerySet
from kombu.exceptions import OperationalError

from accounts.actors import SystemJob
from accounts.scope import run_as
from jobs.handlers import HANDLERS, Step
from jobs.models import OutboxMessage, OutboxState

log = structlog.get_logger(__name__)

DELIVERER = SystemJob("jobs.deliver", organisation_ids=None)
# The task that calls ``deliver_message``.
DELIVER = "jobs.deliver"
MAX_ATTEMPTS = 5
# A row younger than this still has a hint on its way to a worker.
SWEEP_AFTER = timedelta(seconds=10)
# Long enough to get from counting the try to holding the row; after that the lock itself speaks.
_CLAIM = timedelta(seconds=5)
_BACKOFF = timedelta(seconds=15)


def put(*, kind: str, key: str, payload: Mapping[str, Any], now: datetime) -> OutboxMessage:
    """Ask for ``kind`` to be done after this transaction; the same ``key`` asks once only."""
    if kind not in HANDLERS:
        raise ValueError(f"Nobody handles the outbox kind {kind!r}.")
    message, created = OutboxMessage.objects.get_or_create(
        key=key,
        defaults={"kind": kind, "payload": dict(payload), "created_at": now, "due_at": now},
    )
    if created:
        # Robust: what was asked for is committed by then, so a hint that fails is no failure.
        transaction.on_commit(partial(_nudge, message.pk), robust=True)
    return message


def _nudge(message_id: int) -> None:
    """Hint to a worker that a row waits; if the broker is away, leave it to the sweep."""
    try:
        # By name: the tasks rest on the services, not the other way round.
        current_app.send_task(DELIVER, args=(message_id,), retry=False, ignore_result=True)
    except (OperationalError, OSError) as away:
        log.warning("broker_away", message_id=message_id, error=type(away).__name__)


def overdue(*, now: datetime, limit: int = 500) -> list[int]:
    """Rows that should have been done by now: older than, never within a window."""
    rows = OutboxMessage.objects.filter(state=OutboxState.WAITING, due_at__lte=now - SWEEP_AFTER)
    return list(rows.order_by("due_at", "pk").values_list("pk", flat=True)[:limit])


def deliver_message(*, message_id: int, now: datetime) -> bool:
    """Do what one row asks; return whether this call did it. A failure is kept with the row.

    The try is counted in a transaction of its own, so that a row which kills its worker is parked
    after ``MAX_ATTEMPTS``. The work itself holds the row's lock: a second delivery finds it locked
    and leaves, and the lock goes with the process if that is killed.
    """
    try:
        return _claim(message_id, now=now) and _do(message_id, now=now)
    except Exception as error:  # noqa: BLE001 - any failure is kept with the row and tried again
        _keep_failure(message_id, error=error, now=now)
        return False


def _waiting(rows: QuerySet[OutboxMessage], message_id: int) -> OutboxMessage | None:
    return rows.filter(pk=message_id, state=OutboxState.WAITING).first()


def _lock_unless_held(message_id: int) -> OutboxMessage | None:
    """The row, unless another delivery holds it: that one is at work or claiming it."""
    return _waiting(OutboxMessage.objects.select_for_update(skip_locked=True), message_id)


def _lock_claimed(message_id: int) -> OutboxMessage | None:
    """The row that this delivery has claimed. Others look at it for moments only, so it waits for
    them: leaving would leave the claimed row to nobody until the next sweep."""
    return _waiting(OutboxMessage.objects.select_for_update(), message_id)


@run_as(DELIVERER)
def _claim(message_id: int, *, now: datetime) -> bool:
    """Count the try. Hints that arrive together count once: the first makes the others early."""
    message = _lock_unless_held(message_id)
    if message is None or message.due_at > now:
        return False
    if message.attempts >= MAX_ATTEMPTS:
        _park(message, now=now)
        return False
    message.attempts += 1
    message.due_at = now + _CLAIM
    message.save(update_fields=["attempts", "due_at"])
    if step := HANDLERS[message.kind].on_claimed:
        step(message.payload, now)
    return True


@run_as(DELIVERER)
def _do(message_id: int, *, now: datetime) -> bool:
    message = _lock_claimed(message_id)
    if message is None:
        return False
    HANDLERS[message.kind].do(message.payload, now)
    message.state, message.ended_at, message.last_error = OutboxState.DONE, now, ""
    message.save(update_fields=["state", "ended_at", "last_error"])
    return True


@run_as(DELIVERER)
def _keep_failure(message_id: int, *, error: Exception, now: datetime) -> None:
    message = _lock_claimed(message_id)
    if message is None:
        return
    # The text of an error may quote what somebody wrote, so the log gets only its kind.
    log.warning("outbox_failed", message_id=message_id, error=type(error).__name__)
    message.last_error = _storable(f"{type(error).__name__}: {error}")
    if message.due_at <= now:
        # The claim itself failed and was undone; uncounted, the row would be tried for ever.
        message.attempts += 1
    message.due_at = now + _BACKOFF * 2 ** (message.attempts - 1)
    message.save(update_fields=["last_error", "attempts", "due_at"])
    if message.attempts >= MAX_ATTEMPTS:
        _park(message, now=now)


def _storable(text: str) -> str:
    """Without what PostgreSQL cannot hold, or keeping the reason would fail as well."""
    return text.replace("\x00", "").encode(errors="replace").decode()[:2000]


def _park(message: OutboxMessage, *, now: datetime) -> None:
    """Give up on a row, with the reason, for somebody to look at; other rows go on."""
    message.state, message.ended_at = OutboxState.PARKED, now
    message.last_error = message.last_error or "The worker ended before it was done."
    message.save(update_fields=["state", "ended_at", "last_error"])
    handler = HANDLERS.get(message.kind)
    if handler and handler.on_parked:
        _try_step(handler.on_parked, message, now=now)


def _try_step(step: Step, message: OutboxMessage, *, now: datetime) -> None:
    """Run ``step``; a row stays parked even when telling about it fails."""
    try:
        with transaction.atomic():
            step(message.payload, now)
    except Exception as error:  # noqa: BLE001 - see above
        log.error("outbox_on_parked_failed", message_id=message.pk, error=type(error).__name__)  # noqa: TRY400


def purge_done(*, before: datetime) -> int:
    """Remove rows done before ``before``; parked rows stay until somebody has looked."""
    rows = OutboxMessage.objects.filter(state=OutboxState.DONE, ended_at__lt=before)
    return rows.delete()[0]
