import pytest
from django.utils import timezone

from tests.factories.clock import NOW
from tests.security.matrix.conftest import matrix_town

__all__ = ["matrix_town"]


@pytest.fixture(autouse=True)
def own_documents():
    """Instead of a folder for each test: the documents of the town outlive one."""


@pytest.fixture(autouse=True)
def at_the_moment_of_the_tests(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
