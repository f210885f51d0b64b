"""What can be done with an outbox row. Upper floors fill this in ``AppConfig.ready()``."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

Handler = Callable[[Mapping[str, Any], datetime], None]

# A handler takes the row's payload and the moment, runs inside one transaction that also marks
# the row done, and must be safe to run again.
HANDLERS: dict[str, Handler] = {}

# What to do when a row is parked after its last try, for instance to tell the person.
ON_PARKED: dict[str, Handler] = {}


def register(kind: str, handler: Handler, *, on_parked: Handler | None = None) -> None:
    """Say who deals with rows of ``kind``; called once per kind while Django starts."""
    if kind in HANDLERS:
        raise ValueError(f"Two handlers want the outbox kind {kind!r}.")
    HANDLERS[kind] = handler
    if on_parked:
        ON_PARKED[kind] = on_parked
