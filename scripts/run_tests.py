"""Runs the tests in two processes, each with a database and a Redis database of its own.

    python scripts/run_tests.py                 everything, in two parts beside each other
    python scripts/run_tests.py tests/courses   what is named, in one process

What the second part says is printed after the first has ended, so that neither cuts into the other.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parents[1]
PYTEST = [sys.executable, "-m", "pytest"]
# About half of the time each; what is not in this list is run by the first.
SECOND = ("tests/security", "tests/journeys", "tests/demo")


def main(arguments: list[str]) -> int:
    if arguments:
        return subprocess.call([*PYTEST, *arguments], cwd=ROOT)
    with tempfile.TemporaryFile() as said:
        second = subprocess.Popen(
            [*PYTEST, *SECOND],
            cwd=ROOT,
            env={**os.environ, **of_its_own(os.environ)},
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        try:
            ignored = [f"--ignore={folder}" for folder in SECOND]
            first = subprocess.call([*PYTEST, "tests", *ignored], cwd=ROOT)
            code = second.wait()
        finally:
            # Interrupted, the part that is not seen must not go on unseen.
            second.terminate()
            second.wait()
        said.seek(0)
        print("--- The second part:", flush=True)
        sys.stdout.buffer.write(said.read())
        sys.stdout.buffer.flush()
    return first or code


def of_its_own(environment: os._Environ[str]) -> dict[str, str]:
    """What the second process is told instead of what the first one is."""
    return {
        "TESTS_PART": "second",
        "REDIS_URL": other_database(environment["REDIS_URL"]),
    }


def other_database(url: str) -> str:
    """The same Redis with the next number: in the path, or after ``db=`` for a socket."""
    if url.startswith("unix:"):
        socket, _, query = url.partition("?")
        asked = dict(parse_qsl(query))
        return f"{socket}?{urlencode({**asked, 'db': int(asked.get('db', 0)) + 1})}"
    parts = urlsplit(url)
    number = int(parts.path.strip("/") or "0") + 1
    return urlunsplit(parts._replace(path=f"/{number}"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
