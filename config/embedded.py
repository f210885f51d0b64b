"""A private PostgreSQL and Redis for trying and developing, run from packaged server programs.

The one place that knows the packages; it uses nothing of them but the programs inside, and takes
server programs already on the machine where those do not run. Both servers listen on sockets only.
"""

import os
import pwd
import shutil
import subprocess
import time
from pathlib import Path
from signal import SIGINT, SIGTERM

import psycopg
import redis

from config import places
from config.processes import Program
from config.server_programs import (
    EmbeddedRefused,
    major_version,
    postgres_programs,
    redis_program,
    service_user,
)


def postgres(data_dir: Path, *, bin_dir: str, durable: bool) -> Program:
    """Prepare the cluster and return the server to start.

    ``durable`` is for data somebody wants to keep; tests do without the wait for the disk.
    """
    user = service_user()
    programs = postgres_programs(bin_dir, user)
    home = places.postgres_home(data_dir)
    cluster, sockets = home / "postgres", places.socket_dir(data_dir)
    _private_folder(sockets, user)
    if cluster.exists():
        _check_version(cluster, programs, user)
        wait_for_previous(data_dir)
    else:
        _make_cluster(cluster, programs, user)
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(sockets),
        "max_connections": "300",
        "fsync": "on" if durable else "off",
        "synchronous_commit": "on" if durable else "off",
        "full_page_writes": "on" if durable else "off",
        "jit": "off",
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    command = [str(programs / "postgres"), "-D", str(cluster), *options]
    return Program("postgres", command, user=user, stop_signal=SIGINT)


def postgres_is_ready(data_dir: Path) -> bool:
    """Return whether the server answers; make the roles and the database that are not there yet.

    Data of a release before ``waymark_web`` have the owner only.
    """
    try:
        connection = psycopg.connect(
            host=str(places.socket_dir(data_dir)),
            user="postgres",
            dbname="postgres",
            autocommit=True,
            connect_timeout=2,
        )
    except psycopg.OperationalError:
        return False
    with connection, connection.cursor() as cursor:
        if not cursor.execute("select 1 from pg_roles where rolname = 'waymark'").fetchone():
            # It may make databases, because tests do.
            cursor.execute("create role waymark login createdb")
        if not cursor.execute("select 1 from pg_roles where rolname = 'waymark_web'").fetchone():
            cursor.execute("create role waymark_web login")
        if not cursor.execute("select 1 from pg_database where datname = 'waymark'").fetchone():
            cursor.execute("create database waymark owner waymark")
        _make_equality_role(cursor)
    return True


def _make_equality_role(cursor: psycopg.Cursor) -> None:
    """The role that alone reads equality data; the owner hands its functions over to it."""
    found = cursor.execute("select 1 from pg_roles where rolname = 'waymark_equality'").fetchone()
    if not found:
        cursor.execute("create role waymark_equality login")
        cursor.execute("grant waymark_equality to waymark")


def redis_server(data_dir: Path, *, program: str) -> Program:
    folder, sockets = data_dir / "redis", places.socket_dir(data_dir)
    folder.mkdir(parents=True, exist_ok=True)
    _private_folder(sockets, service_user())
    settings = {
        "port": "0",
        "unixsocket": str(sockets / "redis.sock"),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
    }
    options = [part for name, value in settings.items() for part in (f"--{name}", value)]
    return Program("redis", [str(redis_program(program)), *options], stop_signal=SIGTERM)


def redis_is_ready(data_dir: Path) -> bool:
    client = redis.Redis.from_url(places.redis_url(data_dir), socket_timeout=2)
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False
    finally:
        client.close()


def folders(data_dir: Path) -> list[Path]:
    """Everything that the embedded servers keep, for whoever wants to start afresh."""
    home = places.postgres_home(data_dir)
    return [home / "postgres", places.socket_dir(data_dir), data_dir / "redis"]


def running_postgres(data_dir: Path) -> int | None:
    """Return the process that serves these data, if one does."""
    cluster = places.postgres_home(data_dir) / "postgres"
    try:
        pid = int((cluster / "postmaster.pid").read_text().split()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return None
    return pid if _serves(pid, cluster) else None


def _serves(pid: int, cluster: Path) -> bool:
    """Numbers of processes are used again, so the process must also name the folder."""
    answer = subprocess.run(
        ["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return str(cluster) in answer.stdout


def _make_cluster(cluster: Path, programs: Path, user: str | None) -> None:
    """Make it under another name first, so that an interrupted start leaves no half of one."""
    places.make_enterable(cluster.parent)
    draft = cluster.with_name("postgres.new")
    shutil.rmtree(draft, ignore_errors=True)
    _private_folder(draft, user)
    utf8 = (
        ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        if (major_version(programs, user) or 0) >= 17
        else ["--locale=C.UTF-8"]
    )
    command = [
        str(programs / "initdb"),
        "-D",
        str(draft),
        "-U",
        "postgres",
        "--auth=trust",
        "--encoding=UTF8",
        *utf8,
    ]
    made = subprocess.run(
        command, capture_output=True, text=True, check=False, user=user, group=user, cwd="/"
    )
    if made.returncode:
        raise EmbeddedRefused(f"PostgreSQL could not make its data folder: {made.stderr.strip()}")
    draft.rename(cluster)


def _check_version(cluster: Path, programs: Path, user: str | None) -> None:
    made_by = (cluster / "PG_VERSION").read_text().strip()
    here = major_version(programs, user)
    if made_by != str(here):
        raise EmbeddedRefused(
            f"The data in {cluster} were made by PostgreSQL {made_by}, and the programs here are "
            f"of PostgreSQL {here}. Type `make reset` to start afresh, or set POSTGRES_BIN."
        )


def wait_for_previous(data_dir: Path, *, seconds: float = 20) -> None:
    """A server whose supervisor was killed stops by itself, but needs a moment to do so."""
    limit = time.monotonic() + seconds
    while (pid := running_postgres(data_dir)) is not None:
        if time.monotonic() > limit:
            raise EmbeddedRefused(
                f"Process {pid} still serves the data in {data_dir}. "
                f"Stop it with `kill -INT {pid}`."
            )
        time.sleep(0.2)


def _private_folder(folder: Path, user: str | None) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner = pwd.getpwnam(user).pw_uid if user else os.geteuid()
    if user:
        os.chown(folder, owner, pwd.getpwnam(user).pw_gid)
    # Below /tmp somebody else could have made it first, and would then hear everything.
    if folder.is_symlink() or folder.stat().st_uid != owner:
        raise EmbeddedRefused(f"{folder} belongs to somebody else. Remove it and start again.")
    folder.chmod(0o700)
