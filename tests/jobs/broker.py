"""Pointing this process's Celery at another broker for a while."""

from collections.abc import Iterator
from contextlib import contextmanager

from kombu import pools

from config.celery import app

NOBODY_LISTENS = "redis://127.0.0.1:1/0"


def _forget_connections() -> None:
    pools.reset()
    app._pool = None
    app.amqp._producer_pool = None


@contextmanager
def broker_at(url: str) -> Iterator[None]:
    before = app.conf.broker_url
    app.conf.broker_url = url
    _forget_connections()
    try:
        yield
    finally:
        app.conf.broker_url = before
        _forget_connections()
