"""Runs everything for `make run`, and the servers beside tests: one process, its children."""

import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from config import embedded, environment, places
from config.processes import PATIENCE, Child, ChildEnded, Family, Program
from config.server_programs import EmbeddedRefused

SECONDS_TO_START = 90.0
Values = dict[str, Any]


class StopAsked(BaseException):
    """Ctrl-C, or SIGTERM from whoever runs us."""


class CannotStart(Exception):
    """Nothing was started; the sentence says why and what to do."""


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGINT, _stop)
    signal.signal(signal.SIGTERM, _stop)
    values = environment.load()
    actions = {"run": run, "with-servers": with_servers, "reset": reset}
    try:
        return actions[arguments[0]](values, arguments[1:])
    except (CannotStart, EmbeddedRefused) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except StopAsked:
        print("Stopped.")
        return 0


def run(values: Values, arguments: list[str]) -> int:
    """Start the servers, prepare the data, serve until asked to stop or until a child ends."""
    _check_port(values)
    with _household(values) as family:
        _start_servers(family, values, durable=True)
        _prepare(family, values)
        started_at = time.time()
        for program in _our_programs(values):
            family.start(program)
        if not family.wait_until(lambda: _is_ready(values, started_at), seconds=SECONDS_TO_START):
            raise CannotStart(f"Waymark did not become ready: {_what_is_missing(values)}")
        _say_where(values, family)
        while True:
            family.listen()
            family.expect_all()


def with_servers(values: Values, arguments: list[str]) -> int:
    """Run one command beside servers of its own; its words and its code are passed on."""
    with _household(values) as family:
        _start_servers(family, values, durable=False)
        command = subprocess.Popen(arguments, env={**os.environ, **_addresses(values)})
        try:
            while command.poll() is None:
                family.listen()
                family.expect_all()
        finally:
            _end(command)
        return command.returncode


def reset(values: Values, arguments: list[str]) -> int:
    """Remove what the embedded servers keep and what was made from it, if nothing uses it."""
    data_dir = values["DATA_DIR"]
    with _lock(data_dir):
        if (pid := embedded.running_postgres(data_dir)) is not None:
            raise CannotStart(f"Process {pid} still serves these data. Stop it, then reset.")
        for folder in [*embedded.folders(data_dir), data_dir / "media", data_dir / "log"]:
            shutil.rmtree(folder, ignore_errors=True)
        if (home := places.postgres_home(data_dir)) != data_dir:
            shutil.rmtree(home, ignore_errors=True)
        for path in (data_dir / "sign_ins.txt", *data_dir.glob("celerybeat-schedule*")):
            path.unlink(missing_ok=True)
    print("The next `make run` starts afresh.")
    return 0


def _stop(number: int, frame: FrameType | None) -> None:
    raise StopAsked


@contextmanager
def _household(values: Values) -> Iterator[Family]:
    """The children, who are stopped in order however we leave."""
    data_dir = values["DATA_DIR"]
    places.make_enterable(data_dir)
    with _lock(data_dir):
        family = Family(data_dir / "log" / "waymark.log")
        try:
            yield family
        except ChildEnded as ended:
            _name(ended.child, family)
            raise CannotStart("Everything else was stopped.") from ended
        finally:
            # A second Ctrl-C must not leave half of them behind.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            family.stop()


@contextmanager
def _lock(data_dir: Path) -> Iterator[None]:
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(
                f"Waymark is already running on the data in {data_dir}. Stop it first (Ctrl-C)."
            ) from None
        yield


def _check_port(values: Values) -> None:
    port = values["PORT"]
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((values["BIND"], port))
        except PermissionError:
            raise CannotStart(
                f"Port {port} is kept for root. Type `make run PORT=8000` to use another."
            ) from None
        except OSError:
            raise CannotStart(
                f"Port {port} is in use. Type `make run PORT={port + 1}` to use another."
            ) from None


def _start_servers(family: Family, values: Values, *, durable: bool) -> None:
    """Start the servers that the environment does not name."""
    data_dir = values["DATA_DIR"]
    ready = []
    if values["DATABASE_URL"] == places.database_url(data_dir):
        family.start(embedded.postgres(data_dir, bin_dir=values["POSTGRES_BIN"], durable=durable))
        ready.append(lambda: embedded.postgres_is_ready(data_dir))
    if values["REDIS_URL"] == places.redis_url(data_dir):
        family.start(embedded.redis_server(data_dir, program=values["REDIS_SERVER"]))
        ready.append(lambda: embedded.redis_is_ready(data_dir))
    for is_ready in ready:
        if not family.wait_until(is_ready, seconds=SECONDS_TO_START):
            raise CannotStart(f"A server did not answer. Its words are in {family.log_path}.")


def _prepare(family: Family, values: Values) -> None:
    print("Preparing the database. The first time, with the demonstration, takes about a minute.")
    manage = [sys.executable, str(places.BASE_DIR / "manage.py"), "prepare"]
    child = family.run(Program("prepare", manage, env=_addresses(values)))
    if child.code:
        _name(child, family)
        raise CannotStart("The database could not be prepared.")


def _our_programs(values: Values) -> list[Program]:
    # What serves does not know the owner of the tables.
    env = _addresses(values) | {"DATABASE_OWNER_URL": ""}
    celery = [sys.executable, "-m", "celery", "--app", "config"]
    quiet = ["--loglevel", values["LOG_LEVEL"]]
    worker = [
        "worker",
        "--concurrency",
        str(values["WORKER_PROCESSES"]),
        "--without-gossip",
        "--without-mingle",
    ]
    web = [
        *("--bind", f"{values['BIND']}:{values['PORT']}"),
        *("--worker-class", "gthread", "--workers", str(values["WEB_PROCESSES"])),
        *("--threads", str(values["WEB_THREADS"]), "--graceful-timeout", "10"),
        # It would be made in the home folder, which a service need not have.
        "--no-control-socket",
    ]
    return [
        Program("worker", [*celery, *worker, *quiet], env=env),
        Program("beat", [*celery, "beat", "--pidfile=", *quiet], env=env),
        Program(
            "web",
            [sys.executable, "-m", "gunicorn", "config.wsgi", *web],
            # What answers strangers cannot read everybody's equality data.
            env=env | {"EQUALITY_DATABASE_URL": ""},
        ),
    ]


def _addresses(values: Values) -> dict[str, str]:
    """What the children must agree on with us."""
    return {
        "DATABASE_URL": values["DATABASE_URL"],
        "DATABASE_OWNER_URL": values["DATABASE_OWNER_URL"] or values["DATABASE_URL"],
        "EQUALITY_DATABASE_URL": values["EQUALITY_DATABASE_URL"],
        "REDIS_URL": values["REDIS_URL"],
        "DATA_DIR": str(values["DATA_DIR"]),
        "PYTHONUNBUFFERED": "1",
    }


def _address(values: Values) -> str:
    host = "127.0.0.1" if values["BIND"] in {"0.0.0.0", "::"} else values["BIND"]  # noqa: S104
    return f"http://{host}:{values['PORT']}"


def _readiness(values: Values) -> dict[str, Any]:
    try:
        with urllib.request.urlopen(f"{_address(values)}/readyz", timeout=2) as answer:  # noqa: S310
            return dict(json.load(answer))
    except urllib.error.HTTPError as error:
        return dict(json.load(error))
    except (OSError, ValueError):
        return {}


def _is_ready(values: Values, started_at: float) -> bool:
    answer = _readiness(values)
    # The worker of the last run may have been seen a moment ago: ours is meant.
    return bool(answer.get("ready")) and answer["worker_seen_at"] >= started_at


def _what_is_missing(values: Values) -> str:
    checks = _readiness(values).get("checks", {"web": "does not answer"})
    return "; ".join(f"{name}: {state}" for name, state in checks.items() if state != "ok")


def _say_where(values: Values, family: Family) -> None:
    print(f"\nWaymark is ready at {values['SITE_URL']}")
    sign_ins = values["DATA_DIR"] / "sign_ins.txt"
    if values["DEMO"] and sign_ins.exists():
        print(sign_ins.read_text())
    print(f"The log is {family.log_path}. Press Ctrl-C to stop everything; the data stay.")
    sys.stdout.flush()


def _name(child: Child, family: Family) -> None:
    print(f"\n{child.name} {child.how_it_ended}. Its last words:", file=sys.stderr)
    for line in child.last_lines:
        print(f"  {line}", file=sys.stderr)
    print(f"The whole log is {family.log_path}.", file=sys.stderr)


def _end(command: subprocess.Popen[bytes]) -> None:
    if command.poll() is None:
        command.terminate()
        try:
            command.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            command.kill()
            command.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
