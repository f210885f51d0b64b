"""Celery's way in: identifiers come in, a service does the work."""

import structlog
from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from jobs.services.heartbeats import beat_was_seen, worker_was_seen
from jobs.services.outbox import deliver_message, overdue

log = structlog.get_logger(__name__)


@shared_task(name="jobs.deliver", ignore_result=True)
def deliver(message_id: int) -> None:
    deliver_message(message_id=message_id, now=timezone.now())


def nudge(message_id: int) -> None:
    """Send a hint to the broker; if it is away, say so in the log and leave it to the sweep."""
    try:
        deliver.apply_async(args=[message_id], retry=False)
    except OperationalError as away:
        log.warning("broker_away", message_id=message_id, error=str(away))


@shared_task(name="jobs.sweep", ignore_result=True)
def sweep() -> int:
    """Pick up whatever a crash or a flushed broker lost."""
    found = overdue(now=timezone.now())
    for message_id in found:
        deliver_message(message_id=message_id, now=timezone.now())
    return len(found)


@shared_task(name="jobs.beat_tick", ignore_result=True)
def beat_tick() -> None:
    """Sent by beat, run by a worker: both were alive."""
    now = timezone.now()
    beat_was_seen(now=now)
    worker_was_seen(now=now)
