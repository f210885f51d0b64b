"""The walls hold on the oldest PostgreSQL that we support, built from nothing by its programs."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from config import places
from config.server_programs import OLDEST_POSTGRES
from tests.config.running import ROOT, Supervisor

PROGRAMS = Path(f"/usr/lib/postgresql/{OLDEST_POSTGRES}/bin")
# Raw counts without a scope, rows of other trusts, what the application's role may do, and the
# policies as the catalogue has them; not every page once more.
CHECKS = [f"tests/security/test_{name}.py" for name in ("walls", "walls_rebuilt", "isolation")]
LEFT_OUT = "not page"


@pytest.fixture
def folder():
    """Not below pytest's own, which every run that begins beside this one shuts to the user who
    runs the server."""
    with tempfile.TemporaryDirectory(prefix="waymark-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def supervisor(folder):
    supervisor = Supervisor(folder, port=8000, POSTGRES_BIN=str(PROGRAMS))
    yield supervisor
    supervisor.call("reset")


@pytest.mark.skipif(
    not (PROGRAMS / "initdb").exists(),
    reason=f"PostgreSQL {OLDEST_POSTGRES} is not in {PROGRAMS}: apt-get install postgresql",
)
def test_the_walls_hold_on_the_oldest_postgresql(supervisor, folder):
    own_folder = ["--basetemp", str(folder / "tests")]
    pytest_here = [sys.executable, "-m", "pytest", *CHECKS, "-q", *own_folder]

    run = subprocess.run(
        supervisor.command(
            "with-servers", *pytest_here, "-p", "no:cacheprovider", "--create-db", "-k", LEFT_OUT
        ),
        cwd=ROOT,
        env=supervisor.env,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    cluster = places.postgres_home(folder) / "postgres"
    assert (cluster / "PG_VERSION").read_text().strip() == str(OLDEST_POSTGRES)
    assert int(re.search(r"(\d+) passed", run.stdout).group(1)) > 100
    assert "skipped" not in run.stdout
