"""The moment at which tests happen unless they say otherwise."""

from datetime import UTC, date, datetime

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
TODAY = date(2026, 11, 20)
