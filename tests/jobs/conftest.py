from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from jobs.handlers import HANDLERS, Handler
from tests.factories.clock import NOW


@pytest.fixture
def handle(monkeypatch):
    """Deal with rows of the kind "tests.work" as the test says."""

    def deal(do, **steps):
        monkeypatch.setitem(HANDLERS, "tests.work", Handler(do=do, **steps))

    return deal


@dataclass
class Clock:
    now: datetime = NOW

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock(monkeypatch):
    """The clock that views and tasks read; it stands still until the test moves it."""
    clock = Clock()
    monkeypatch.setattr(timezone, "now", lambda: clock.now)
    return clock
