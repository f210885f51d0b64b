"""No scope outlives its transaction, however few connections many requests share."""

import os
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager

import pytest
from django.db import connections

from accounts import scope
from config.server_programs import service_user
from tests.factories.accounts import OrganisationFactory, employ
from tests.security.crossing import connecting, rounds

pytestmark = pytest.mark.django_db(transaction=True)

# ``make isolation`` asks for ten thousand.
TIMES = int(os.environ.get("ISOLATION_ROUNDS", "600"))
THREADS = 6
PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")


@pytest.fixture
def trusts():
    trusts = [OrganisationFactory() for _ in range(3)]
    for trust in trusts:
        employ(organisation=trust)
    return trusts


def test_scopes_over_pooled_connections_never_cross(trusts):
    options = {"connect_timeout": 5, "pool": {"min_size": 1, "max_size": 2, "timeout": 60}}

    with connecting(OPTIONS=options):
        found = rounds(trusts, times=TIMES, threads=THREADS)

    assert found == {"own": TIMES}


@pytest.mark.skipif(PGBOUNCER is None, reason="pgbouncer is not on this machine")
def test_scopes_through_pgbouncer_in_transaction_mode_never_cross(trusts, tmp_path):
    with pgbouncer(tmp_path) as port, connecting(HOST="127.0.0.1", PORT=port):
        found = rounds(trusts, times=TIMES, threads=THREADS)

    assert found == {"own": TIMES}


@pytest.mark.skipif(PGBOUNCER is None, reason="pgbouncer is not on this machine")
def test_negative_control_a_setting_of_the_session_is_left_behind(trusts, tmp_path, monkeypatch):
    """What the scope avoids: the same settings without an end are somebody else's next."""
    endless = scope._TAKE_OVER.replace("%s, true)", "%s, false)")
    monkeypatch.setattr(scope, "_TAKE_OVER", endless)

    with pgbouncer(tmp_path) as port, connecting(HOST="127.0.0.1", PORT=port):
        found = rounds(trusts, times=60, threads=THREADS)

    assert found["left behind"] > 0


@contextmanager
def pgbouncer(folder):
    """A real pgbouncer of two connections before the tests' database; yields its port."""
    database, user = connections["default"].settings_dict, service_user()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (folder / "users").write_text(f'"{database["USER"]}" "{database["PASSWORD"]}"\n')
    server = f"host={database['HOST']} port={database['PORT'] or 5432}"
    (folder / "pgbouncer.ini").write_text(
        f"[databases]\n{database['NAME']} = {server}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
        f"auth_type = trust\nauth_file = {folder / 'users'}\npool_mode = transaction\n"
        "default_pool_size = 2\nmax_client_conn = 50\n"
    )
    for path in (folder, *folder.parents[:2], *folder.iterdir()):
        path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
    program = subprocess.Popen(
        [PGBOUNCER, "-q", str(folder / "pgbouncer.ini")], user=user, group=user, cwd="/"
    )
    try:
        _wait_for(port)
        yield port
    finally:
        program.terminate()
        program.wait(timeout=10)


def _wait_for(port):
    limit = time.monotonic() + 10
    while time.monotonic() < limit:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("pgbouncer did not answer in ten seconds.")
