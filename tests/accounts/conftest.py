import pytest

from accounts.equality import apart
from accounts.equality.grants import EQUALITY_ROLE
from tests.equality import address, prepare_roles


@pytest.fixture(scope="session")
def equality_roles(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        prepare_roles()


@pytest.fixture
def apart_role(equality_roles, settings):
    """This process may read all equality data, as a worker may; what was committed is removed."""
    settings.EQUALITY_DATABASE_URL = address(EQUALITY_ROLE)
    yield
    settings.EQUALITY_DATABASE_URL = address(EQUALITY_ROLE)
    with apart.connected() as link:
        link.execute("DELETE FROM equality.record")
