"""The town of the matrix, and what the matrix says of itself at the end of the run."""

import pytest
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from tests.factories.clock import NOW
from tests.security.matrix.town import build_town
from tests.security.matrix.walk import Walk

TALLY = pytest.StashKey[list[Walk]]()


def pytest_configure(config):
    config.stash[TALLY] = []


def pytest_terminal_summary(terminalreporter, config):
    walks = config.stash.get(TALLY, [])
    if not walks:
        return
    terminalreporter.section("access matrix")
    terminalreporter.write_line(
        f"{sum(walk.cells for walk in walks):,} cells: {len(walks)} actors, "
        f"{len(set().union(*(walk.relations for walk in walks)))} relations, "
        f"{len(set().union(*(walk.operations for walk in walks)))} operations; "
        f"{sum(walk.allowed for walk in walks):,} allowed, "
        f"{sum(len(walk.wrong) for walk in walks)} not as declared"
    )


@pytest.fixture(scope="module")
def matrix_town(django_db_setup, django_db_blocker, tmp_path_factory):
    """Built once for a module and taken back at its end."""
    media = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media"))
    clock = pytest.MonkeyPatch.context()
    with django_db_blocker.unblock(), media, clock as patch, transaction.atomic():
        patch.setattr(timezone, "now", lambda: NOW)
        yield build_town()
        transaction.set_rollback(True)
