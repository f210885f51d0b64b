"""Fixtures of the journeys: a browser for each module, and the site as a server of its own."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page

from tests.factories.clock import NOW
from tests.journeys.browser import PATIENCE, chromium, context_of, watched_page
from tests.roles import as_in_production


class Clock:
    """What pages, endpoints and tasks read as the moment they are called."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def move_to(self, moment: datetime) -> None:
        self.moment = moment


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Views and tasks read Django's clock, and nothing below them does: turning that is enough."""
    clock = Clock(NOW)
    monkeypatch.setattr(timezone, "now", clock.now)
    return clock


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Playwright keeps an event loop in this thread, which makes Django refuse the database here.
    with pytest.MonkeyPatch.context() as patch, chromium() as started:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield started


@dataclass
class Site:
    """The running site, and a browser for each person who comes to it."""

    url: str
    browser: Browser
    _open: list[Any] = field(default_factory=list)

    def page(self, *, as_person: Any = None, javascript: bool = True) -> Page:
        """Return a page of a fresh browser, signed in as ``as_person`` unless that is None."""
        opened = context_of(self.browser, javascript=javascript)
        context: BrowserContext = opened.__enter__()
        self._open.append(opened)
        if as_person is not None:
            context.add_cookies([self._session_of(as_person)])
        return watched_page(context)

    def close(self) -> None:
        """Close every browser, and come back when the server has ended what they had asked for.

        A page may be left in the middle of a request; the tables are emptied next, and a request
        that still reads them would end in a deadlock with that.
        """
        for opened in self._open:
            opened.__exit__(None, None, None)
        wait_until_served()

    def _session_of(self, person: Any) -> Any:
        client = Client()
        client.force_login(person)
        name = settings.SESSION_COOKIE_NAME
        return {"name": name, "value": client.cookies[name].value, "url": self.url}


def wait_until_served() -> None:
    """Wait for the threads of the live server: it has one for every connection that is open."""
    deadline = time.monotonic() + PATIENCE / 1000
    while serving := [one for one in threading.enumerate() if "process_request" in one.name]:
        if time.monotonic() > deadline:
            raise AssertionError(f"The server still works {PATIENCE} ms after the end: {serving}")
        time.sleep(0.01)


@pytest.fixture
def live_site(
    transactional_db: None, live_server: Any, browser: Browser, settings: Any
) -> Iterator[Site]:
    settings.SITE_URL = live_server.url
    site = Site(live_server.url, browser)
    # The test goes on seeing every row over the connection that it has; the server does not.
    connection.ensure_connection()
    with as_in_production():
        yield site
    site.close()


@pytest.fixture
def visit(live_site: Site) -> Callable[..., Page]:
    """``visit("/courses/", as_person=person)`` opens an address and returns the page."""

    def open_address(path: str, **options: Any) -> Page:
        page = live_site.page(**options)
        page.goto(live_site.url + path)
        return page

    return open_address
