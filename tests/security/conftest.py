import pytest
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from tests.demo.conftest import world
from tests.factories.clock import NOW
from tests.security.houses import town as build_town

__all__ = ["world"]


@pytest.fixture(autouse=True)
def own_documents():
    """Instead of a folder for each test: the documents of the town outlive one."""


@pytest.fixture(autouse=True)
def at_the_moment_of_the_tests(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture(scope="module")
def town(django_db_setup, django_db_blocker, tmp_path_factory):
    """Built once for a module and taken back at its end."""
    media = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media"))
    clock = pytest.MonkeyPatch.context()
    with django_db_blocker.unblock(), media, clock as patch, transaction.atomic():
        patch.setattr(timezone, "now", lambda: NOW)
        yield build_town()
        transaction.set_rollback(True)
