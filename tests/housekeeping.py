"""What the planner believes of the tests' tables.

A test takes back what it writes, so a vacuum finds every table empty, and from then on the planner
expects one row wherever a test has hundreds: some statements then take minutes. So there is no
vacuum by itself, which leaves the planner with what it assumes of a table it knows nothing of; and
where many dead rows were left, one by hand that forgets what it has found. Where PostgreSQL cannot
forget, dead rows stay.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from tests.roles import owners_cursor

# Looking through fewer dead rows than these costs a test next to nothing.
_MANY = 5_000
# PostgreSQL 18 and later can forget.
_CAN_FORGET = 180_000
_EVERY_TABLE = "SELECT relname FROM pg_stat_user_tables WHERE schemaname = 'public'"


class Housekeeping:
    """``is_under_way`` while there is a database to keep, whose server can forget."""

    is_under_way = False

    @contextmanager
    def without_vacuums(self) -> Iterator[None]:
        with owners_cursor() as cursor:
            tables = _names(cursor, _EVERY_TABLE)
            for table in tables:
                off = sql.SQL("ALTER TABLE {} SET (autovacuum_enabled = false)")
                cursor.execute(off.format(sql.Identifier(table)))
            self.is_under_way = cursor.connection.info.server_version >= _CAN_FORGET
            if self.is_under_way:
                _forget(cursor, tables)
        yield
        self.is_under_way = False

    def clean_up(self) -> None:
        """Called between modules, when nothing that was written is still to be taken back."""
        if not self.is_under_way:
            return
        with owners_cursor() as cursor:
            crowded = _names(cursor, f"{_EVERY_TABLE} AND n_dead_tup > %s", _MANY)
            for table in crowded:
                cursor.execute(sql.SQL("VACUUM {}").format(sql.Identifier(table)))
            _forget(cursor, crowded)


def _names(cursor: psycopg.Cursor, statement: str, *parameters: object) -> list[str]:
    cursor.execute(statement, parameters)
    return [str(name) for (name,) in cursor.fetchall()]


def _forget(cursor: psycopg.Cursor, tables: list[str]) -> None:
    for table in tables:
        cursor.execute("SELECT pg_clear_relation_stats('public', %s)", [table])
