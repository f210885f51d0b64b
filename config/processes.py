"""Child processes: started, listened to, and stopped in order, from one thread."""

import contextlib
import ctypes
import os
import selectors
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

PATIENCE = 15.0  # seconds that a child gets to stop in its own time
LINES_KEPT = 20
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Program:
    """What to start, as whom, and which signal asks it to stop."""

    name: str
    command: list[str]
    env: Mapping[str, str] = field(default_factory=dict)
    user: str | None = None
    stop_signal: signal.Signals = signal.SIGTERM


class ChildEnded(Exception):
    """A child that should have gone on has ended."""

    def __init__(self, child: "Child") -> None:
        self.child = child
        super().__init__(f"{child.name} {child.how_it_ended}")


class Child:
    def __init__(self, program: Program) -> None:
        self.name = program.name
        self.stop_signal = program.stop_signal
        self.last_lines: deque[str] = deque(maxlen=LINES_KEPT)
        self._rest = b""
        self.process = subprocess.Popen(
            program.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            env={**os.environ, **program.env},
            # A group of its own: the terminal's Ctrl-C reaches only us, and we stop it in order.
            start_new_session=True,
            # Only one thread runs here, so nothing can hold a lock at the fork.
            preexec_fn=_end_with_parent(program.stop_signal),  # noqa: PLW1509
            **_as_user(program.user),  # type: ignore[call-overload]
        )
        os.set_blocking(self.output.fileno(), False)

    @property
    def output(self) -> IO[bytes]:
        assert self.process.stdout is not None  # noqa: S101 - asked for three lines above
        return self.process.stdout

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    @property
    def code(self) -> int:
        return self.process.wait()

    @property
    def how_it_ended(self) -> str:
        code = self.code
        if code < 0:
            return f"was ended by {signal.Signals(-code).name}"
        return f"ended with code {code}"

    def read_lines(self) -> list[str]:
        """Return the whole lines that arrived since last time."""
        arrived = self.output.read() or b""
        *whole, self._rest = (self._rest + arrived).split(b"\n")
        lines = [line.decode("utf-8", "replace").rstrip() for line in whole]
        self.last_lines.extend(lines)
        return lines

    def ask_to_stop(self) -> None:
        if self.is_running:
            self.process.send_signal(self.stop_signal)

    def end_group(self) -> None:
        """End what is left of the child and of what it started itself."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Family:
    """The children of one supervisor and the log they share."""

    def __init__(self, log: Path, *, patience: float = PATIENCE) -> None:
        self._patience = patience
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists():
            log.replace(log.with_suffix(".old.log"))
        self.log_path = log
        self._log = log.open("a", encoding="utf-8")
        self._selector = selectors.DefaultSelector()
        self.children: list[Child] = []

    def start(self, program: Program) -> Child:
        child = Child(program)
        self.children.append(child)
        self._selector.register(child.output, selectors.EVENT_READ, child)
        return child

    def run(self, program: Program) -> Child:
        """Run a program until it ends by itself; the others must go on meanwhile."""
        child = self.start(program)
        while child.is_running:
            self.listen()
            self.expect_all(but=child)
        self._drain(child)
        self._forget(child)
        return child

    def wait_until(self, ready: Callable[[], bool], *, seconds: float) -> bool:
        """Return whether ``ready`` came true in time, while every child goes on."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            if ready():
                return True
            self.listen(0.1)
            self.expect_all()
        return False

    def listen(self, seconds: float = 0.2) -> None:
        """Copy what the children say to the log, each line under its name."""
        for key, _ in self._selector.select(seconds):
            self._copy(key.data)
        # A pipe whose child has gone is always readable: do not spin on it.
        if any(not child.is_running for child in self.children):
            time.sleep(0.05)

    def expect_all(self, *, but: Child | None = None) -> None:
        for child in self.children:
            if child is not but and not child.is_running:
                self._drain(child)
                raise ChildEnded(child)

    def stop(self) -> None:
        """Stop everybody, the last started first."""
        for child in reversed(self.children):
            child.ask_to_stop()
            limit = time.monotonic() + self._patience
            while child.is_running and time.monotonic() < limit:
                self.listen(0.05)
            child.end_group()
            self._drain(child)
            self._forget(child)
        self._selector.close()
        self._log.close()

    def _forget(self, child: Child) -> None:
        self.children.remove(child)
        self._selector.unregister(child.output)
        child.output.close()

    def _drain(self, child: Child) -> None:
        for _ in range(50):
            if not self._copy(child):
                return

    def _copy(self, child: Child) -> bool:
        lines = child.read_lines()
        for line in lines:
            self._log.write(f"{child.name:<10} | {line}\n")
        self._log.flush()
        return bool(lines)


def _as_user(user: str | None) -> dict[str, object]:
    if user is None:
        return {}
    # Its own folder may be closed to the service user, who must not trip over it.
    return {"user": user, "group": user, "extra_groups": [], "cwd": "/"}


def _end_with_parent(stop_signal: signal.Signals) -> Callable[[], None] | None:
    """On Linux the kernel passes on the news when the supervisor itself is killed."""
    try:
        prctl = ctypes.CDLL(None).prctl
    except AttributeError:
        return None

    def arrange() -> None:
        prctl(_PR_SET_PDEATHSIG, int(stop_signal), 0, 0, 0)

    return arrange
