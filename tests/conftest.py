import gc

import pytest
from django.test import Client

from tests.cache import start_afresh
from tests.housekeeping import Housekeeping
from tests.roles import arranging, emptied_by_the_owner, log_in_as, send_others_away
from tests.signing_in import sign_in

# Listens to the logs and the queue of the whole run for what may never be in them.
pytest_plugins = ["tests.canaries.plugin"]

_HOUSEKEEPING = Housekeeping()

# Almost every test is about what happens after signing in. Those about a second step that is
# missing say so, with tests.signing_in.sign_in_half_way.
Client.force_login = sign_in


def pytest_collection_finish():
    """Modules and tests stay until the end: no collection of garbage looks through them again, and
    requests that come one after the other leave enough behind to be worth one."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture
def collected_as_served():
    """Garbage is collected as often as in a server, for tests that measure memory."""
    seldom = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*seldom)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """The owner makes the tests' database, and drops it after ``django_db_setup`` has ended."""
    log_in_as("owner")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The tests' database, used by the application's role, which owns nothing in it.

    Whoever still holds it at the end is sent away before it is dropped: a browser that is closed
    in the middle of a request leaves the server's connection behind.
    """
    with django_db_blocker.unblock():
        log_in_as("default")
    with arranging(), emptied_by_the_owner(), _HOUSEKEEPING.without_vacuums():
        yield
    with django_db_blocker.unblock():
        send_others_away()
        log_in_as("owner")


@pytest.fixture(autouse=True, scope="module")
def tables_that_are_no_ruin():
    """Before a module no dead rows of the modules before it are looked through for long."""
    _HOUSEKEEPING.clean_up()


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
