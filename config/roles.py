"""What the application's role may do, granted by the owner after every migration.

The application reads and writes rows. It owns nothing, so it can neither switch row-level security
off nor change a table, and the ledger takes additions only.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

# Rows are added here and never changed; a trigger says so too, but a trigger can be passed over.
APPEND_ONLY = ("accounts_event",)
# What only migrations write.
READ_ONLY = ("django_migrations",)

_GRANTS = """
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
ALTER DEFAULT PRIVILEGES IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role};
"""


_LOGIN = ("USER", "PASSWORD", "HOST", "PORT", "NAME")


@contextmanager
def as_owner(using: str) -> Iterator[None]:
    """The connection ``using`` logs in as the owner of the tables meanwhile.

    Not another connection: what a migration does in Python asks for the usual one.
    """
    connection, owner = connections[using], connections["owner"].settings_dict
    kept = {name: connection.settings_dict[name] for name in _LOGIN}
    _log_in(connection, {name: owner[name] for name in _LOGIN})
    try:
        yield
    finally:
        _log_in(connection, kept)


def _log_in(connection: BaseDatabaseWrapper, login: dict[str, Any]) -> None:
    if login.items() <= connection.settings_dict.items():
        return
    connection.close()
    if connection.settings_dict["OPTIONS"].get("pool"):
        connection.close_pool()  # type: ignore[attr-defined] # PostgreSQL's
    connection.settings_dict.update(login)


def grant_to_application(using: str) -> None:
    """Give the role named in DATABASE_URL its rights, as the owner; the same again changes
    nothing. Where one role does everything, there is nothing to give."""
    role = settings.APPLICATION_ROLE
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT current_user = %s, to_regrole(%s) IS NOT NULL", [role, role])
        is_owner, exists = cursor.fetchone()
        if not exists or is_owner:
            return
        quoted = connections[using].ops.quote_name(role)
        cursor.execute(_GRANTS.format(role=quoted))
        for table in _there_are(connections[using], APPEND_ONLY):
            cursor.execute(f"REVOKE UPDATE, DELETE ON {table} FROM {quoted}")
        for table in _there_are(connections[using], READ_ONLY):
            cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON {table} FROM {quoted}")


def _there_are(connection: BaseDatabaseWrapper, tables: tuple[str, ...]) -> list[str]:
    present = set(connection.introspection.table_names())
    return [table for table in tables if table in present]
