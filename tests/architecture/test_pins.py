"""What is installed is pinned, hashed, and not known to be unsafe."""

import re
from importlib.metadata import version

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.architecture.source import ROOT

LOCKS = ("requirements.txt", "requirements-embedded.txt", "requirements-dev.txt")
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)", re.MULTILINE)


def pins(text):
    return {canonicalize_name(name): Version(pinned) for name, pinned in PIN.findall(text)}


def floors(text):
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    wanted = [Requirement(line) for line in lines if line]
    return {canonicalize_name(floor.name): floor.specifier for floor in wanted}


def below_their_floor(pinned, lowest):
    return sorted(
        f"{name} {pinned[name]} is not {floor}"
        for name, floor in lowest.items()
        if name in pinned and not floor.contains(pinned[name], prereleases=True)
    )


def unhashed(text):
    entries = re.split(r"\n(?=[A-Za-z0-9])", text)
    return [entry.split()[0] for entry in entries if PIN.match(entry) and "--hash=" not in entry]


@pytest.fixture(scope="module")
def lowest():
    return floors((ROOT / "requirements-floors.txt").read_text())


@pytest.mark.parametrize("lock", LOCKS)
def test_no_pin_is_below_its_floor(lowest, lock):
    assert below_their_floor(pins((ROOT / lock).read_text()), lowest) == []


def test_what_is_installed_here_is_not_below_its_floor(lowest):
    installed = {name: Version(version(name)) for name in lowest}

    assert below_their_floor(installed, lowest) == []


def test_every_floor_is_of_something_we_run_with(lowest):
    running = pins((ROOT / "requirements.txt").read_text())

    assert sorted(set(lowest) - set(running)) == []


def test_a_pin_below_its_floor_is_found(lowest):
    known_bad = pins("Django==5.2.5 \\\n    --hash=sha256:0\nweasyprint==69.0\n")

    assert below_their_floor(known_bad, lowest) == [
        "django 5.2.5 is not >=5.2.19",
        "weasyprint 69.0 is not >=70.0",
    ]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_is_hashed(lock):
    text = (ROOT / lock).read_text()

    assert len(pins(text)) > 1
    assert unhashed(text) == []


def test_a_pin_without_a_hash_is_found():
    assert unhashed("a==1 \\\n    --hash=sha256:0\nb==2\n    # via a\n") == ["b==2"]
