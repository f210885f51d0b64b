"""Where values could come out besides an answer: what is logged, queued, kept in Redis, mailed.

A sink is handed text and keeps what it finds there of values that may never be in it. The sinks of
logs and of the queue listen for the whole run, whichever test is running.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import redis
from celery.signals import before_task_publish
from django.conf import settings

from tests.canaries.tokens import SECRET, SPECIAL, Token, tokens_in, tokens_of

# Texts that the tests' factories write where people write what is nobody else's business.
WRITTEN_BY_FACTORIES = (
    "The new rota",
    "Calm in winter",
    "Led the move of the discharge lounge.",
    "One more year with a larger budget.",
)


@dataclass
class Sink:
    """``found``: what came through that may not, with a word on where it came from."""

    name: str
    found: list[str] = field(default_factory=list)

    def take(self, text: str, *, source: str) -> None:
        self._keep(tokens_in(text), source)
        self.found += [
            f"{self.name}: “{written}” from {source}"
            for written in WRITTEN_BY_FACTORIES
            if written in text
        ]

    def take_bytes(self, content: bytes, *, source: str) -> None:
        self._keep(tokens_of(content), source)

    def _keep(self, tokens: Iterable[Token], source: str) -> None:
        self.found += [
            f"{self.name}: {token} from {source}"
            for token in tokens
            if token.kind in SPECIAL | SECRET
        ]


class LogSink(logging.Handler):
    """Every record as it would be written, with what was raised."""

    def __init__(self, sink: Sink) -> None:
        super().__init__(level=logging.DEBUG)
        self.sink = sink
        self.setFormatter(logging.Formatter("%(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        # Records of what a test itself prints about a failure are none of the product's.
        self.sink.take(self.format(record), source=record.name)


def listen_to_the_queue(sink: Sink) -> Any:
    """Hand over what every task is sent with; returns the listener, which must be kept."""

    def listen(sender: str = "", body: Any = None, headers: Any = None, **_: Any) -> None:
        sink.take(repr((body, headers)), source=sender)

    before_task_publish.connect(listen, weak=False)
    return listen


def scan_redis(sink: Sink) -> int:
    """Look at every key and value of the tests' Redis; returns how many keys there were."""
    client = redis.Redis.from_url(settings.CACHES["default"]["LOCATION"])
    keys = list(client.scan_iter(count=1_000))
    for key in keys:
        sink.take_bytes(key, source="a key of Redis")
        # Of any type: a dump holds the bytes of what is kept.
        sink.take_bytes(client.dump(key) or b"", source=key.decode("utf-8", "replace"))
    return len(keys)
