"""Celery's way in: identifiers come in, a service does the work."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from jobs.services.documents import purge_expired, purge_orphans
from jobs.services.heartbeats import beat_was_seen, worker_was_seen
from jobs.services.outbox import DELIVER, deliver_message, overdue, purge_done

# A sweep gives way to the next one, which another worker may already have begun.
_SWEEP_FOR = timedelta(seconds=30)
_DONE_KEPT_FOR = timedelta(days=30)


@shared_task(name=DELIVER, ignore_result=True)
def deliver(message_id: int) -> None:
    deliver_message(message_id=message_id, now=timezone.now())


@shared_task(name="jobs.sweep", ignore_result=True)
def sweep() -> int:
    """Pick up whatever a crash or a flushed broker lost; return how many rows this did."""
    began = timezone.now()
    done = 0
    for message_id in overdue(now=began):
        done += deliver_message(message_id=message_id, now=timezone.now())
        if timezone.now() - began > _SWEEP_FOR:
            break
    return done


@shared_task(name="jobs.purge", ignore_result=True)
def purge() -> None:
    """Remove documents whose time is over, files without a row, and rows long done."""
    now = timezone.now()
    purge_expired(on=timezone.localdate())
    purge_orphans(now=now)
    purge_done(before=now - _DONE_KEPT_FOR)


@shared_task(name="jobs.beat_tick", ignore_result=True)
def beat_tick() -> None:
    """Sent by beat, run by a worker: both were alive."""
    now = timezone.now()
    beat_was_seen(now=now)
    worker_was_seen(now=now)
