import socket

import pytest

from config.variables import VARIABLES


@pytest.fixture
def clean_environment(monkeypatch):
    """The environment of a machine where nothing of ours was ever set."""
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)
    for variable in VARIABLES:
        monkeypatch.delenv(variable.name, raising=False)
        monkeypatch.delenv(f"{variable.name}_FILE", raising=False)
    return monkeypatch


@pytest.fixture
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
