from datetime import datetime

import pytest
from django.utils import timezone

from tests.factories.clock import NOW
from tests.journeys.conftest import browser, live_site

__all__ = ["browser", "clock", "live_site"]


class Clock:
    """What pages and endpoints read as the moment they are called."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def move_to(self, moment: datetime) -> None:
        self.moment = moment


@pytest.fixture
def clock(monkeypatch):
    """Views read Django's clock, and nothing below them does: turning that one is enough."""
    clock = Clock(NOW)
    monkeypatch.setattr(timezone, "now", clock.now)
    return clock
