import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from config.processes import ChildEnded, Family, Program
from tests.config.running import ROOT, is_alive, wait_for


def program(name: str, source: str, **more) -> Program:
    return Program(name, [sys.executable, "-u", "-c", textwrap.dedent(source)], **more)


SLEEPER = "import time; print('here', flush=True); time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEPER}"


@pytest.fixture
def family(tmp_path):
    family = Family(tmp_path / "log/waymark.log", patience=1)
    yield family
    family.stop()


def has_spoken(child):
    return lambda: "here" in child.last_lines


def test_lines_go_to_the_log_under_the_name_of_the_child(family):
    family.run(program("talker", "print('one'); print('two')"))

    assert family.log_path.read_text() == "talker     | one\ntalker     | two\n"


def test_the_log_of_the_last_start_is_kept_beside(tmp_path):
    log = tmp_path / "waymark.log"
    log.write_text("before\n")

    Family(log).stop()

    assert (tmp_path / "waymark.old.log").read_text() == "before\n"


def test_a_program_that_ends_by_itself_gives_its_code_and_last_words(family):
    child = family.run(program("ender", "print('because'); raise SystemExit(3)"))

    assert child.code == 3
    assert child.how_it_ended == "ended with code 3"
    assert list(child.last_lines) == ["because"]


def test_a_child_that_ends_while_it_should_go_on_is_named(family):
    family.start(program("steady", SLEEPER))
    crashing = family.start(program("crashing", SLEEPER))
    assert family.wait_until(has_spoken(crashing), seconds=10)
    os.kill(crashing.process.pid, signal.SIGKILL)

    with pytest.raises(ChildEnded) as ended:
        family.wait_until(lambda: False, seconds=10)

    assert str(ended.value) == "crashing was ended by SIGKILL"


def test_children_are_stopped_the_last_started_first(family, tmp_path):
    farewell = f"""
        import pathlib, signal, sys, time
        def leave(*_):
            with pathlib.Path({str(tmp_path / "order")!r}).open("a") as order:
                order.write(sys.argv[1] + " ")
            sys.exit()
        signal.signal(signal.SIGTERM, leave)
        print("here", flush=True)
        time.sleep(60)
    """
    for name in ("first", "second", "third"):
        made = program(name, farewell)
        child = family.start(Program(name, [*made.command, name]))
        assert family.wait_until(has_spoken(child), seconds=10)

    family.stop()

    assert (tmp_path / "order").read_text() == "third second first "


def test_a_stubborn_child_and_its_own_children_are_ended(family, tmp_path):
    parent = f"""
        import pathlib, subprocess, sys
        below = subprocess.Popen([sys.executable, "-c", {STUBBORN!r}], stdout=subprocess.DEVNULL)
        pathlib.Path({str(tmp_path / "pid")!r}).write_text(str(below.pid))
        exec({STUBBORN!r})
    """
    child = family.start(program("stubborn", parent))
    assert family.wait_until(has_spoken(child), seconds=10)
    grandchild = int((tmp_path / "pid").read_text())
    assert is_alive(grandchild)

    began = time.monotonic()
    family.stop()

    assert time.monotonic() - began >= 1
    assert not is_alive(child.process.pid)
    assert wait_for(lambda: not is_alive(grandchild))


def test_children_end_when_the_supervisor_itself_is_killed(tmp_path):
    source = f"""
        import sys, pathlib
        from config.processes import Family, Program
        family = Family(pathlib.Path({str(tmp_path / "log")!r}))
        child = family.start(Program("orphan", [sys.executable, "-u", "-c", {SLEEPER!r}]))
        family.wait_until(lambda: "here" in child.last_lines, seconds=10)
        print(child.process.pid, flush=True)
        family.wait_until(lambda: False, seconds=60)
    """
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(source)], cwd=ROOT, stdout=subprocess.PIPE
    )
    child = int(parent.stdout.readline())
    assert Path(f"/proc/{child}").exists()

    parent.kill()
    parent.communicate()

    assert wait_for(lambda: not is_alive(child))
