from tests.journeys.conftest import browser, clock, live_site

__all__ = ["browser", "clock", "live_site"]
