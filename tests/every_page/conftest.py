"""The demonstration, made once for a module and committed, so that a real server can show it."""

import pytest
from django.core.management import call_command
from django.db import connections
from django.test import override_settings
from pytest_django.live_server_helper import LiveServer

from config.demo.wipe import empty_everything
from tests.journeys.browser import chromium
from tests.journeys.conftest import Site

PEOPLE = 320


@pytest.fixture(scope="module")
def demonstration(django_db_setup, django_db_blocker):
    # The tests' mail is kept in memory; the mailbox page shows what the demonstration keeps.
    kept = override_settings(EMAIL_BACKEND="notifications.mail.MailboxBackend")
    with django_db_blocker.unblock(), kept:
        empty_everything()
        call_command("load_reference", verbosity=0)
        call_command("seed_demo", seed=42, people=PEOPLE, verbosity=0)
        yield
        empty_everything()
        connections["owner"].close()


@pytest.fixture(scope="module")
def open_site(demonstration):
    """The demonstration behind a real server, and a browser that opens it."""
    with pytest.MonkeyPatch.context() as patch, chromium() as browser:
        # Playwright keeps an event loop in this thread, which makes Django refuse the database.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        server = LiveServer("127.0.0.1")
        site = Site(server.url, browser)
        yield site
        site.close()
        server.stop()
