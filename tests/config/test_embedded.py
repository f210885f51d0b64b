import shutil
import subprocess

import psycopg
import pytest
import redis

from config import embedded, places
from config.processes import Family
from config.server_programs import EmbeddedRefused, postgres_programs, redis_program, service_user
from tests.config.running import is_alive


@pytest.fixture
def data_dir(tmp_path):
    yield tmp_path
    for folder in embedded.folders(tmp_path):
        shutil.rmtree(folder, ignore_errors=True)
    if places.postgres_home(tmp_path) != tmp_path:
        shutil.rmtree(places.postgres_home(tmp_path), ignore_errors=True)


@pytest.fixture
def family(data_dir):
    family = Family(data_dir / "log/waymark.log")
    yield family
    family.stop()


def start_postgres(family, data_dir):
    child = family.start(embedded.postgres(data_dir, bin_dir="", durable=False))
    assert family.wait_until(lambda: embedded.postgres_is_ready(data_dir), seconds=20)
    return child


def start_redis(family, data_dir):
    child = family.start(embedded.redis_server(data_dir, program=""))
    assert family.wait_until(lambda: embedded.redis_is_ready(data_dir), seconds=20)
    return child


def listening_ports(pid):
    """TCP ports that the process listens on, as the kernel tells."""
    answer = subprocess.run(["ss", "-ltnp"], capture_output=True, text=True, check=True)
    return [line for line in answer.stdout.splitlines() if f"pid={pid}," in line]


def test_postgres_keeps_its_data_over_a_restart(data_dir):
    url = places.database_url(data_dir).replace("postgres://", "postgresql://")
    owner = places.database_owner_url(data_dir).replace("postgres://", "postgresql://")
    first = Family(data_dir / "log/first.log")
    start_postgres(first, data_dir)
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("create table kept as select 'Öznur' as name")
        connection.execute("grant select on kept to waymark_web")
    first.stop()

    second = Family(data_dir / "log/second.log")
    start_postgres(second, data_dir)
    try:
        with psycopg.connect(url) as connection:
            row = connection.execute("select upper(name), current_user from kept").fetchone()
    finally:
        second.stop()

    # Upper case beyond ASCII needs a locale that knows letters.
    assert row == ("ÖZNUR", "waymark_web")


def test_postgres_has_what_migrations_ask_for(family, data_dir):
    start_postgres(family, data_dir)
    url = places.database_owner_url(data_dir).replace("postgres://", "postgresql://")

    with psycopg.connect(url, autocommit=True) as connection:
        for name in ("btree_gist", "pg_trgm", "unaccent"):
            connection.execute(f"create extension {name}")
        row = connection.execute(
            "select rolsuper, rolcreatedb from pg_roles where rolname = current_user"
        ).fetchone()

    assert row == (False, True)


def test_data_of_a_release_with_one_role_get_the_second(family, data_dir):
    start_postgres(family, data_dir)
    owner = places.database_owner_url(data_dir).replace("postgres://", "postgresql://")
    admin = owner.replace("waymark@", "postgres@")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("drop role waymark_web")

    assert embedded.postgres_is_ready(data_dir)

    with psycopg.connect(owner) as connection:
        row = connection.execute(
            "select rolcanlogin, rolsuper, rolbypassrls, rolcreatedb from pg_roles "
            "where rolname = 'waymark_web'"
        ).fetchone()
    assert row == (True, False, False, False)


def test_the_servers_listen_on_no_port_and_nobody_else_may_enter(family, data_dir):
    postgres, server = start_postgres(family, data_dir), start_redis(family, data_dir)

    ports = listening_ports(postgres.process.pid) + listening_ports(server.process.pid)

    assert ports == []
    assert places.socket_dir(data_dir).stat().st_mode & 0o077 == 0


def test_redis_keeps_what_it_was_given_over_a_restart(data_dir):
    first = Family(data_dir / "log/first.log")
    start_redis(first, data_dir)
    with redis.Redis.from_url(places.redis_url(data_dir)) as client:
        client.set("kept", "yes")
    first.stop()

    second = Family(data_dir / "log/second.log")
    start_redis(second, data_dir)
    try:
        with redis.Redis.from_url(places.redis_url(data_dir)) as client:
            kept = client.get("kept")
    finally:
        second.stop()

    assert kept == b"yes"


def test_a_server_that_still_runs_is_named_and_left_alone(family, data_dir):
    running = start_postgres(family, data_dir)

    with pytest.raises(EmbeddedRefused, match=f"Process {running.process.pid} still serves"):
        embedded.wait_for_previous(data_dir, seconds=0.3)

    assert is_alive(running.process.pid)


def test_a_stale_mark_of_a_server_does_not_stop_the_next(data_dir):
    cluster = places.postgres_home(data_dir) / "postgres"
    cluster.mkdir(parents=True)
    # Process 1 runs on every machine, and is not PostgreSQL.
    (cluster / "postmaster.pid").write_text("1\n")

    assert embedded.running_postgres(data_dir) is None


def test_data_of_another_version_are_refused_with_what_to_do(family, data_dir):
    embedded.postgres(data_dir, bin_dir="", durable=False)
    (places.postgres_home(data_dir) / "postgres/PG_VERSION").write_text("14\n")

    with pytest.raises(EmbeddedRefused, match=r"made by PostgreSQL 14.*make reset"):
        embedded.postgres(data_dir, bin_dir="", durable=False)


def test_programs_that_do_not_run_are_refused_with_what_to_do(tmp_path):
    with pytest.raises(EmbeddedRefused, match="set POSTGRES_BIN to their folder"):
        postgres_programs(str(tmp_path), service_user())

    with pytest.raises(EmbeddedRefused, match="set REDIS_SERVER to its path"):
        redis_program(str(tmp_path / "redis-server"))


def test_a_long_path_gets_its_sockets_elsewhere(tmp_path):
    short, long = tmp_path / "a", tmp_path / ("long" * 30)

    assert len(str(places.socket_dir(long) / ".s.PGSQL.5432")) <= places.LONGEST_SOCKET_PATH
    assert places.socket_dir(long) == places.socket_dir(long)
    assert places.socket_dir(long) != places.socket_dir(short)
