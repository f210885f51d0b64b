"""What only the doctor looks at: the things around the system, each with what mends it."""

import ctypes
import smtplib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from django.conf import settings
from django.core import mail
from django.db import connection
from kombu import Connection
from kombu.exceptions import OperationalError
from packaging.requirements import Requirement

from config import places
from config.readiness import OK, Finding

OLDEST_POSTGRES = 150_000
PANGO = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
# The letters PDFs are set in, and those for names in scripts that these do not have.
FONTS = {"LiberationSans-Regular.*": "fonts-liberation", "DejaVuSans.*": "fonts-dejavu-core"}
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")


def packages() -> Finding:
    """Compare what is installed with the pins of production."""
    wrong = sorted(_wrong_packages())
    if wrong:
        remedy = "Run `pip install --require-hashes -r requirements.txt`."
        return Finding("packages", f"not as pinned: {', '.join(wrong)}", remedy)
    return Finding("packages", OK)


def _wrong_packages() -> Iterator[str]:
    for line in (places.BASE_DIR / "requirements.txt").read_text().splitlines():
        if line[:1].isalnum() and "==" in line:
            wanted = Requirement(line.rstrip(" \\"))
            # Some are for other systems and other Pythons than this one.
            if wanted.marker is None or wanted.marker.evaluate():
                try:
                    if version(wanted.name) not in wanted.specifier:
                        yield wanted.name
                except PackageNotFoundError:
                    yield wanted.name


def postgres_version() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("show server_version_num")
        found = int(cursor.fetchone()[0])
    if found < OLDEST_POSTGRES:
        remedy = "Use PostgreSQL 15 or newer."
        return Finding("postgresql version", f"{found // 10_000} is too old", remedy)
    return Finding("postgresql version", OK)


def compiled_plans() -> Finding:
    """Just-in-time compiling must be off.

    The walls make statements long, and PostgreSQL takes their cost for a lot of work: it would
    spend more time on compiling one than on answering it.
    """
    with connection.cursor() as cursor:
        cursor.execute("show jit")
        found = cursor.fetchone()[0]
    if found != "off":
        remedy = "As the owner of the database type: ALTER DATABASE waymark SET jit = off;"
        return Finding("postgresql compiling", "is on, so that pages are slow", remedy)
    return Finding("postgresql compiling", OK)


_EQUALITY = """
SELECT has_table_privilege(c.oid, 'SELECT') AND NOT pg_has_role(c.relowner, 'USAGE')
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = 'equality' AND c.relname = 'record'
"""


def equality_data() -> Finding:
    """A role that serves and owns no table must not read all equality data by a right of its own.

    That it owns none is examined for all tables together.
    """
    with connection.cursor() as cursor:
        cursor.execute(_EQUALITY)
        found = cursor.fetchone()
    if found and found[0]:
        remedy = (
            "Take the role that DATABASE_URL names out of waymark_equality, and its rights away: "
            "docs/guides/equality-keys.md."
        )
        return Finding("equality data", "can be read in bulk by the role that serves", remedy)
    return Finding("equality data", OK)


def broker() -> Finding:
    """Open the connection that the worker uses, which is not the one of the cache."""
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    try:
        with Connection(settings.CELERY_BROKER_URL, transport_options=options) as link:
            link.ensure_connection(max_retries=1, timeout=3)
    except (OperationalError, OSError):
        return Finding("broker", "does not answer", "Start Redis, or correct REDIS_URL.")
    return Finding("broker", OK)


def text_layout() -> Finding:
    """Pango lays out the text of PDFs; it comes from the system, not from a package of Python."""
    missing = [package for library, package in PANGO.items() if not _opens(library)]
    if missing:
        remedy = f"Run `sudo apt-get install {' '.join(missing)}`."
        return Finding("pango", "is not installed", remedy)
    return Finding("pango", OK)


def _opens(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def fonts() -> Finding:
    folders = [Path(folder).expanduser() for folder in FONT_FOLDERS]
    missing = [
        package
        for file, package in FONTS.items()
        if not any(next(folder.rglob(file), None) for folder in folders)
    ]
    if not missing:
        return Finding("fonts", OK)
    remedy = f"Run `sudo apt-get install {' '.join(missing)}`."
    return Finding("fonts", "fonts are missing, so PDFs and names in them lack letters", remedy)


def mail_server() -> Finding:
    try:
        with mail.get_connection():
            pass
    except (OSError, smtplib.SMTPException, ImportError) as error:
        remedy = "Correct EMAIL_URL, or start the mail server it names."
        return Finding("mail", f"cannot be sent ({error.__class__.__name__})", remedy)
    return Finding("mail", OK)


def documents() -> Finding:
    folder = Path(settings.MEDIA_ROOT)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".doctor"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError:
        remedy = f"Let the user that runs Waymark write to {folder}, or change DATA_DIR."
        return Finding("documents", "cannot be written", remedy)
    return Finding("documents", OK)
