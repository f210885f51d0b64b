import pytest
from django.db import connection
from django.db.backends.signals import connection_created
from django.dispatch import receiver
from django.test import Client

from tests.cache import start_afresh
from tests.signing_in import sign_in

# Listens to the logs and the queue of the whole run for what may never be in them.
pytest_plugins = ["tests.canaries.plugin"]

# Almost every test is about what happens after signing in. Those about a second step that is
# missing say so, with tests.signing_in.sign_in_half_way.
Client.force_login = sign_in


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The tests' database; whoever still holds it at the end is sent away before it is dropped.

    A browser that is closed in the middle of a request leaves the server's connection behind.
    """
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@receiver(connection_created)
def may_empty_the_ledger(connection, **kwargs):
    """Tests that commit empty every table afterwards; the ledger wants to be told so first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('waymark.emptying', 'on', false)")


@pytest.fixture(autouse=True)
def own_part_of_the_cache():
    """Nothing counted or kept by one test is found by the next, and no other keys are touched."""
    start_afresh()


@pytest.fixture(autouse=True)
def own_documents(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def own_anchors(settings, tmp_path):
    settings.LEDGER_ANCHORS_DIR = tmp_path / "anchors"
    settings.LEDGER_SIGNING_KEYS = ["a key of the tests"]
