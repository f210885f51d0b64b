from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import transaction

from config.demo.fill import fill
from config.demo.world import World
from tests.journeys.conftest import browser, live_site, visit

__all__ = ["browser", "live_site", "visit"]

NOW = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
SMALL = 320


def make_world(*, seed=42, people=SMALL, now=NOW):
    world = World(seed=seed, people=people, now=now)
    fill(world, say=lambda words: None)
    return world


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """A small demonstration, made once for a module and taken back afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_reference", verbosity=0, stdout=_Silence())
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture
def reference(db):
    call_command("load_reference", stdout=_Silence())


class _Silence:
    def write(self, words):
        return len(words)

    def flush(self):
        return None
