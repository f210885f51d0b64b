"""How far a package has come that is being fetched."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pathways.models import FetchState, PackageFetch


def begin_fetch(payload: Mapping[str, Any], now: datetime) -> None:
    """Let the author see that a worker has taken it up; the handler's ``on_claimed``."""
    waiting = PackageFetch.objects.filter(pk=payload["fetch_id"], state=FetchState.WAITING)
    waiting.update(started_at=now)
