"""Makes a fresh machine able to run Waymark, then hands over. Needs Python 3.11 and nothing else.

    python3 scripts/bootstrap.py run | test [arguments] | check | bench | mutants | reset | pins |
                                 manage ...

Older Pythons must be able to read this file far enough to be told so.
"""

from __future__ import annotations

import ctypes
import glob
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from typing import IO, NoReturn

OLDEST = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
PANGO = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
# Letters of Arial's width for PDFs, and those that they lack: Arabic, Greek, Cyrillic and more.
FONTS = {"LiberationSans-Regular.*": "fonts-liberation", "DejaVuSans.*": "fonts-dejavu-core"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
RUNNING = ["requirements.txt", "requirements-embedded.txt"]
DEVELOPING = ["requirements-dev.txt"]


class Refused(Exception):
    """This machine lacks something that we may not or cannot install."""


def main(arguments: list[str]) -> int:
    find_a_newer_python()
    actions: dict[str, Callable[[list[str]], int]] = {
        "run": run,
        "test": test,
        "check": check,
        "bench": bench,
        "mutants": mutants,
        "reset": reset,
        "pins": pins,
        "manage": manage,
    }
    if not arguments or arguments[0] not in actions:
        say(str(__doc__))
        return 2
    os.chdir(ROOT)
    os.environ.setdefault("EMBEDDED", "1")
    try:
        return actions[arguments[0]](arguments[1:])
    except Refused as refusal:
        say(str(refusal), to=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def run(arguments: list[str]) -> NoReturn:
    install_packages(RUNNING)
    ensure_system_packages(missing_for_pdf)
    become(["-m", "config.supervisor", "run"])


def test(arguments: list[str]) -> NoReturn:
    install_packages(DEVELOPING)
    ensure_system_packages(
        missing_for_pdf, missing_for_browser, missing_for_guide, missing_for_isolation
    )
    beside_servers("test", ["scripts/run_tests.py", *arguments])


def bench(arguments: list[str]) -> NoReturn:
    install_packages(DEVELOPING)
    ensure_system_packages(missing_for_pdf)
    beside_servers("bench", ["-m", "benchmarks", *arguments])


def mutants(arguments: list[str]) -> NoReturn:
    install_packages(DEVELOPING)
    beside_servers("test", ["-m", "tests.mutants.run", *arguments])


def check(arguments: list[str]) -> int:
    """Run every check, even after one has failed, and say which did."""
    install_packages(DEVELOPING)
    failed = [name for name, command in checks() if not passes(name, command)]
    if failed:
        say("Failed: " + ", ".join(failed) + ".", to=sys.stderr)
    return 1 if failed else 0


def checks() -> list[tuple[str, list[str]]]:
    def tool(name: str, *arguments: str) -> list[str]:
        return [os.path.join(VENV, "bin", name), *arguments]

    return [
        ("format", tool("ruff", "format", "--check", ".")),
        ("lint", tool("ruff", "check", ".")),
        ("types", tool("mypy", ".")),
        ("imports", tool("lint-imports", "--no-cache")),
        ("templates", tool("djlint", "templates", "--lint", "--quiet")),
        ("templates' format", tool("djlint", "templates", "--check")),
        ("django", [PYTHON, "manage.py", "check", "--fail-level", "WARNING"]),
        ("migrations", [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"]),
        ("settings' documents", [PYTHON, "manage.py", "document_settings", "--check"]),
        ("rights' documents", [PYTHON, "manage.py", "document_rights", "--check"]),
        ("walls' document", [PYTHON, "manage.py", "document_walls", "--check"]),
    ]


def passes(name: str, command: list[str]) -> bool:
    say("--- " + name)
    # No check needs a server; Django would look for one, and warn that it found none.
    quiet = {"DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONWARNINGS": "ignore"}
    return subprocess.call(command, env=dict(os.environ, **quiet)) == 0


def reset(arguments: list[str]) -> NoReturn:
    install_packages(RUNNING)
    become(["-m", "config.supervisor", "reset"])


def manage(arguments: list[str]) -> NoReturn:
    install_packages(RUNNING)
    become(["manage.py", *arguments])


def pins(arguments: list[str]) -> int:
    """Resolve the requirements again, hashes included."""
    install_packages(DEVELOPING)
    uv = [os.path.join(VENV, "bin", "uv"), "pip", "compile", "--quiet", "--generate-hashes"]
    uv += ["--universal", "--python-version", "3.11", "--no-header"]
    for name in ("requirements", "requirements-embedded", "requirements-dev"):
        extra = [] if name == "requirements" else ["--constraint", "requirements.txt"]
        command = [*uv, *extra, name + ".in", "--output-file", name + ".txt"]
        if subprocess.call(command):
            return 1
    return 0


def beside_servers(folder: str, command: list[str]) -> NoReturn:
    os.environ["DATA_DIR"] = os.path.join("var", folder)
    become(["-m", "config.supervisor", "with-servers", PYTHON, *command])


def become(arguments: list[str]) -> NoReturn:
    sys.stdout.flush()
    os.execv(PYTHON, [PYTHON, *arguments])


# --- Python and its packages


def find_a_newer_python() -> None:
    if sys.version_info[:2] >= OLDEST:
        return
    for minor in range(14, OLDEST[1] - 1, -1):
        newer = shutil.which("python3.%d" % minor)
        if newer:
            os.execv(newer, [newer, *sys.argv])
    sys.exit(
        "Waymark needs Python 3.11 or newer, and this is Python %d.%d. Install a newer one and "
        "type `make run PYTHON=python3.11`." % sys.version_info[:2]
    )


def install_packages(files: list[str]) -> None:
    """Install the pins, unless the very same were installed here before."""
    wanted = fingerprint(files)
    stamps = [os.path.join(VENV, ".installed-" + fingerprint(kind)) for kind in (files, DEVELOPING)]
    if any(os.path.exists(stamp) for stamp in stamps):
        return
    make_virtual_environment()
    say("Installing Python packages into .venv. This takes about a minute, once.")
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--no-input", "--require-hashes", "--only-binary", ":all:"]
    for name in files:
        command += ["-r", name]
    if subprocess.call(command):
        raise Refused("The packages could not be installed; pip says why above. Then try again.")
    with open(os.path.join(VENV, ".installed-" + wanted), "w"):
        pass


def fingerprint(files: list[str]) -> str:
    digest = hashlib.sha256(("%d.%d" % sys.version_info[:2]).encode())
    for name in files:
        with open(os.path.join(ROOT, name), "rb") as pinned:
            digest.update(pinned.read())
    return digest.hexdigest()[:16]


def make_virtual_environment() -> None:
    if os.path.exists(PYTHON) and works([PYTHON, "-m", "pip", "--version"]):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    # Debian ships the module without what it needs.
    if not works([sys.executable, "-c", "import venv, ensurepip"]):
        install_from_system(["python%d.%d-venv" % sys.version_info[:2]], "Python's venv module")
    if subprocess.call([sys.executable, "-m", "venv", VENV]):
        raise Refused("The virtual environment could not be made; the lines above say why.")


# --- Packages of the system


def ensure_system_packages(*lists: Callable[[], list[str]]) -> None:
    wanted = [package for missing in lists for package in missing()]
    if wanted:
        install_from_system(wanted, ", ".join(wanted))
        left = [package for missing in lists for package in missing()]
        if left:
            raise Refused("These were installed but cannot be used: " + ", ".join(left) + ".")


def missing_for_pdf() -> list[str]:
    missing = [package for library, package in PANGO.items() if not opens(library)]
    return missing + [package for file, package in FONTS.items() if not has_font(file)]


def has_font(file: str) -> bool:
    folders = (os.path.expanduser(folder) for folder in FONT_FOLDERS)
    return any(glob.glob(os.path.join(folder, "**", file), recursive=True) for folder in folders)


def missing_for_browser() -> list[str]:
    return [] if any(shutil.which(name) for name in BROWSERS) else ["chromium"]


def missing_for_isolation() -> list[str]:
    """What one session is given back as must be nobody's next scope; a test asks a real pool."""
    path = os.environ.get("PATH", "") + ":/usr/sbin"
    return [] if shutil.which("pgbouncer", path=path) else ["pgbouncer"]


def missing_for_guide() -> list[str]:
    """The guide to the API is typed by a test, word for word."""
    return [] if shutil.which("curl") else ["curl"]


def opens(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def install_from_system(packages: list[str], what: str) -> None:
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    by_hand = "sudo apt-get update && sudo " + " ".join(install)
    if not shutil.which("apt-get"):
        raise Refused(
            what
            + " is missing. Install what Debian calls "
            + " ".join(packages)
            + ", then try again."
        )
    if os.geteuid() != 0:
        if not works(["sudo", "--non-interactive", "true"]):
            raise Refused(what + " is missing. Type: " + by_hand)
        install = ["sudo", "--non-interactive", *install]
    say("Installing " + " ".join(packages) + " with apt-get.")
    update = [*install[: install.index("install")], "update"]
    if not (works(install) or (works(update) and works(install))):
        raise Refused(what + " could not be installed. Type: " + by_hand)


def works(command: list[str]) -> bool:
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    try:
        return (
            subprocess.call(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            == 0
        )
    except OSError:
        return False


def say(sentence: str, to: IO[str] = sys.stdout) -> None:
    print(sentence, file=to)
    to.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
