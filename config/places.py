"""Where the embedded servers keep their data and listen. The same answer in every process."""

import hashlib
import os
import tempfile
from pathlib import Path
from urllib.parse import quote

BASE_DIR = Path(__file__).resolve().parent.parent
SYSTEM_DIR = Path("/var/lib/waymark")
LONGEST_SOCKET_PATH = 107  # the system's limit for the path of a socket


def is_root() -> bool:
    return os.geteuid() == 0


def postgres_home(data_dir: Path) -> Path:
    """The folder for PostgreSQL's data and sockets.

    PostgreSQL refuses to run as root, so for root it runs as a service user. Where that user cannot
    reach the checkout (one below /root, say), a folder of the system is used: rights to somebody's
    home are not widened for our convenience.
    """
    if not is_root() or _everybody_may_enter(data_dir):
        return data_dir
    return SYSTEM_DIR / _digest(data_dir)


def socket_dir(data_dir: Path) -> Path:
    near = postgres_home(data_dir) / "sockets"
    if len(os.fsencode(near / ".s.PGSQL.5432")) <= LONGEST_SOCKET_PATH:
        return near
    return Path(tempfile.gettempdir()) / f"waymark-{os.geteuid()}-{_digest(data_dir)}"


def database_url(data_dir: Path) -> str:
    return _database_of("waymark_web", data_dir)


def database_owner_url(data_dir: Path) -> str:
    return _database_of("waymark", data_dir)


def _database_of(role: str, data_dir: Path) -> str:
    return f"postgres://{role}@{quote(str(socket_dir(data_dir)), safe='')}/waymark"


def equality_database_url(data_dir: Path) -> str:
    return f"postgres://waymark_equality@{quote(str(socket_dir(data_dir)), safe='')}/waymark"


def redis_url(data_dir: Path) -> str:
    return f"unix://{socket_dir(data_dir)}/redis.sock?db=0"


def make_enterable(folder: Path) -> None:
    """Make the folder; PostgreSQL's service user must be able to pass through it."""
    folder.mkdir(parents=True, exist_ok=True)
    if is_root():
        folder.chmod(folder.stat().st_mode | 0o111)


def _everybody_may_enter(path: Path) -> bool:
    existing = (folder for folder in (path, *path.parents) if folder.exists())
    return all(folder.stat().st_mode & 0o001 for folder in existing)


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
