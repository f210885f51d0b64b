"""The Celery application. Tasks carry ids only; PostgreSQL holds the truth, Redis only a hint."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("waymark")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def refuse_to_work_with_powers(**kwargs: Any) -> None:
    # Django is not ready when this module is read.
    from config.readiness import refuse_to_serve_with_powers  # noqa: PLC0415

    refuse_to_serve_with_powers()


@beat_init.connect
def tick_at_once(**kwargs: Any) -> None:
    """Whoever waits for a worker and beat to be seen need not wait for the first interval."""
    app.send_task("jobs.beat_tick")
