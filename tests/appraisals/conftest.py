from datetime import datetime

import pytest
from django.utils import timezone

from tests.factories.clock import NOW


@pytest.fixture
def clock(monkeypatch):
    """The clock that views read stands at NOW; call it with a moment to move it."""

    def stand_at(moment: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)

    stand_at(NOW)
    return stand_at
