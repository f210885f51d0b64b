"""Signs of life of a Celery worker, connected to its signals; beat's come with its tick.

A worker that is alive is seen even while beat is not, so that the doctor can tell which is away.
"""

from datetime import datetime, timedelta
from typing import Any

import structlog
from celery.signals import heartbeat_sent, worker_ready
from django.db import Error, connection
from django.utils import timezone

from jobs.services.heartbeats import worker_was_seen

log = structlog.get_logger(__name__)

_EVERY = timedelta(seconds=20)
_seen: dict[str, datetime] = {}


@worker_ready.connect
@heartbeat_sent.connect
def note_worker(**kwargs: Any) -> None:
    """Note that this worker is alive, at most every twenty seconds; a database away is no reason
    for a worker to stop."""
    now = timezone.now()  # noqa: TID251 - this is where Celery's clock enters
    if "worker" in _seen and now - _seen["worker"] < _EVERY:
        return
    _seen["worker"] = now
    try:
        worker_was_seen(now=now)
    except Error as away:
        log.warning("database_away", error=type(away).__name__)
    finally:
        # This process forks the ones that work; they must not inherit an open connection.
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()
