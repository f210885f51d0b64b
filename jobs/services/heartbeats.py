"""Signs of life of the worker and of beat, for /readyz and ``manage.py doctor``."""

from datetime import datetime

from jobs.models import Heartbeat


def _seen(name: str, *, now: datetime) -> None:
    Heartbeat.objects.update_or_create(name=name, defaults={"seen_at": now})


def worker_was_seen(*, now: datetime) -> None:
    _seen("worker", now=now)


def beat_was_seen(*, now: datetime) -> None:
    _seen("beat", now=now)
