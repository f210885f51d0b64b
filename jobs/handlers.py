"""What can be done with an outbox row. Upper floors fill this in ``AppConfig.ready()``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Step = Callable[[Mapping[str, Any], datetime], None]


@dataclass(frozen=True, slots=True)
class Handler:
    """How rows of one kind are dealt with; each step takes the row's payload and the moment.

    ``do`` runs inside the transaction that also marks the row done, and must be safe to run again.
    ``on_claimed`` runs in the earlier transaction that counts the try, so that others see the work
    has begun. ``on_parked`` runs when the row is given up after its last try.
    """

    do: Step
    on_claimed: Step | None = None
    on_parked: Step | None = None


HANDLERS: dict[str, Handler] = {}


def register(kind: str, handler: Handler) -> None:
    """Say who deals with rows of ``kind``; called once per kind while Django starts."""
    if kind in HANDLERS:
        raise ValueError(f"Two handlers want the outbox kind {kind!r}.")
    HANDLERS[kind] = handler
