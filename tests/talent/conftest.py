import pytest
from django.utils import timezone

from tests.factories.accounts import OrganisationFactory, PersonFactory, grant
from tests.factories.clock import NOW


@pytest.fixture(autouse=True)
def at_the_moment_of_the_tests(monkeypatch):
    """Views read the clock; the rows of these tests are of one day."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def trust(db):
    return OrganisationFactory(name="Riverbank Trust")


@pytest.fixture
def lead(trust):
    return grant(PersonFactory(), "TALENT_LEAD", trust)
