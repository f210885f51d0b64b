from tests.journeys.conftest import browser, live_site, visit

__all__ = ["browser", "live_site", "visit"]
