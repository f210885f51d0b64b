"""Real processes, started and looked at by the tests of what starts them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def wait_for(condition, *, seconds=20.0):
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if condition():
            return True
        time.sleep(0.05)
    return False


def is_alive(pid: int) -> bool:
    """A process that has ended but is not yet collected counts as ended."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def children_of(pid: int) -> list[int]:
    """Every process below ``pid``, however deep."""
    answer = subprocess.run(
        ["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
    )
    parents = [tuple(map(int, line.split())) for line in answer.stdout.splitlines()]
    found, waiting = [], [pid]
    while waiting:
        current = waiting.pop()
        below = [child for child, parent in parents if parent == current]
        found += below
        waiting += below
    return found


class Supervisor:
    """The real supervisor in a process of its own, on data of its own."""

    def __init__(self, data_dir: Path, port: int, **env: str) -> None:
        servers = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
        ours = (*servers, "SITE_URL", "DJANGO_SETTINGS_MODULE")
        inherited = {name: value for name, value in os.environ.items() if name not in ours}
        self.env = inherited | {
            "EMBEDDED": "1",
            "DEMO": "0",
            "DATA_DIR": str(data_dir),
            "PORT": str(port),
            **env,
        }
        self.log = data_dir / "log/waymark.log"
        self.process: subprocess.Popen[str] | None = None

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "config.supervisor", *arguments]

    def call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def start(self) -> str:
        """Start everything; return what was said until it was ready."""
        self.process = subprocess.Popen(
            self.command("run"),
            cwd=ROOT,
            env=self.env,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        said = ""
        for line in self.process.stdout:
            said += line
            if "Press Ctrl-C" in line:
                return said
        pytest.fail(f"The supervisor did not become ready:\n{said}\n{self.log.read_text()}")

    def ended(self, *, seconds: float = 60) -> tuple[int, str]:
        said, _ = self.process.communicate(timeout=seconds)
        return self.process.returncode, said

    def pid_of(self, words: str) -> int:
        for pid in children_of(self.process.pid):
            if words in Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode():
                return pid
        pytest.fail(f"No child was started with {words!r}.")

    def end(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.communicate(timeout=60)
        self.call("reset")
