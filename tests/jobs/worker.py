"""A real Celery worker as a process of its own, on the test's database and a queue of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import redis
from django.conf import settings
from django.db import connection

from config.environment import broker_url
from tests.jobs.broker import broker_at

ROOT = Path(__file__).resolve().parents[2]
# The last of Redis's sixteen databases is the tests' own; what waits there is nobody's work.
_OWN_DATABASE = 15


def own_broker() -> str:
    """The tests' own database of the Redis in use, which may be listening on a socket."""
    parts = urlsplit(settings.CACHES["default"]["LOCATION"])
    if parts.scheme == "unix":
        return f"unix://{parts.path}?db={_OWN_DATABASE}"
    return urlunsplit(parts._replace(path=f"/{_OWN_DATABASE}"))


@contextmanager
def broker_of_its_own() -> Iterator[str]:
    """An empty broker, to which this process sends too."""
    url = own_broker()
    server = redis.Redis.from_url(url)
    server.flushdb()
    with broker_at(broker_url(url)):
        yield url
    server.flushdb()
    server.close()


class Worker:
    """One worker with beat in it, in a process group that can be killed whole."""

    def __init__(self, folder: Path, name: str) -> None:
        self.log = folder / f"{name}.log"
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "DATABASE_URL": _address_of_test_database(),
            "REDIS_URL": own_broker(),
            "DATA_DIR": str(folder),
            "PYTHONWARNINGS": "default",
        }
        program = [sys.executable, "-m", "celery", "-A", "config", "worker", "--beat"]
        options = ["--concurrency", "1", "--loglevel", "INFO", "--schedule", str(folder / name)]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*program, *options],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self) -> None:
        """End the worker and its children at once, as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=10)

    def stop(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self.kill()


def _address_of_test_database() -> str:
    held = connection.settings_dict
    login = f"{held['USER']}:{held['PASSWORD']}@" if held["USER"] else ""
    # The host may be the folder of a socket.
    host = quote(held["HOST"], safe="")
    return f"postgres://{login}{host}:{held['PORT'] or 5432}/{held['NAME']}"


def wait_until(happened: Callable[[], bool], worker: Worker, *, seconds: float = 60) -> None:
    """Wait for something to be true, and say what the worker said if it never is."""
    end = time.monotonic() + seconds
    while not happened():
        if worker.process.poll() is not None or time.monotonic() > end:
            raise AssertionError(worker.log.read_text(errors="replace")[-4000:])
        time.sleep(0.02)
