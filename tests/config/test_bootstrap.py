import shutil
import subprocess
import sys
import textwrap

import pytest

from tests.config.running import ROOT

VENV_PACKAGE = "python{}.{}-venv".format(*sys.version_info[:2])


@pytest.fixture
def checkout(tmp_path):
    """A fresh clone, as far as the bootstrap looks at one."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts/bootstrap.py", tmp_path / "scripts")
    for path in ROOT.glob("requirements*"):
        shutil.copy(path, tmp_path)
    return tmp_path


@pytest.fixture
def programs(tmp_path):
    """The only programs that the machine has."""
    folder = tmp_path / "programs"
    folder.mkdir()
    return folder


def bootstrap(checkout, programs, *arguments, **env):
    return subprocess.run(
        [sys._base_executable, "scripts/bootstrap.py", *arguments],
        cwd=checkout,
        env={"PATH": str(programs), **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def without(module, folder):
    """Make ``module`` impossible to import, as where Debian left it out."""
    (folder / f"{module}.py").write_text("raise ImportError")
    return {"PYTHONPATH": str(folder)}


def script(folder, name, source):
    path = folder / name
    path.write_text(f"#!/bin/sh\n{source}\n")
    path.chmod(0o755)


def test_a_missing_venv_module_without_apt_is_said_in_one_sentence(checkout, programs, tmp_path):
    answer = bootstrap(checkout, programs, "run", **without("ensurepip", tmp_path))

    assert answer.returncode == 1
    sentence = f"Install what Debian calls {VENV_PACKAGE}, then try again."
    assert answer.stderr == f"Python's venv module is missing. {sentence}\n"


def test_what_apt_cannot_install_is_said_with_the_command_to_type(checkout, programs, tmp_path):
    script(programs, "apt-get", "exit 100")
    script(programs, "sudo", "exit 1")

    answer = bootstrap(checkout, programs, "run", **without("ensurepip", tmp_path))

    command = (
        "sudo apt-get update && sudo apt-get install --yes --no-install-recommends " + VENV_PACKAGE
    )
    assert answer.returncode == 1
    assert answer.stderr.endswith(f"Type: {command}\n")
    assert answer.stderr.count("\n") == 1


def test_apt_is_asked_again_after_it_has_read_its_lists(checkout, programs, tmp_path):
    log = tmp_path / "asked"
    lists = tmp_path / "lists"
    script(
        programs,
        "apt-get",
        f'echo "$1" >> {log}\n[ "$1" = update ] && echo > {lists}\n[ -e {lists} ]',
    )
    script(programs, "sudo", 'shift; [ "$1" = true ] || exec "$@"')
    source = f"""
        import sys
        sys.path.insert(0, {str(checkout / "scripts")!r})
        import bootstrap
        bootstrap.install_from_system(["libpango-1.0-0"], "Pango")
    """

    answer = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(source)],
        env={"PATH": str(programs)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout == "Installing libpango-1.0-0 with apt-get.\n"
    assert log.read_text().split() == ["install", "update", "install"]


def test_an_older_python_is_told_so_in_one_sentence(checkout, programs):
    source = """
        import runpy, sys
        sys.version_info = (3, 9, 2)
        sys.argv = ["bootstrap.py", "run"]
        runpy.run_path("scripts/bootstrap.py", run_name="__main__")
    """

    answer = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(source)],
        cwd=checkout,
        env={"PATH": str(programs)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.returncode == 1
    assert answer.stderr == (
        "Waymark needs Python 3.11 or newer, and this is Python 3.9. Install a newer one and type "
        "`make run PYTHON=python3.11`.\n"
    )


def test_an_unknown_word_gets_the_list_of_words(checkout, programs):
    answer = bootstrap(checkout, programs, "walk")

    assert answer.returncode == 2
    assert "run | test [arguments] | check" in answer.stdout
