"""The database of the figures: made once, and again when its tables or its people are others."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from accounts.models import Person
from benchmarks.roles import as_superuser

PEOPLE = 20_000


def prepare() -> None:
    """Make the demonstration with 20,000 people unless it is there."""
    _create_if_missing()
    if _is_behind() or Person.objects.count() != PEOPLE:
        connection.close()
        _manage("migrate", "--no-input", "--verbosity", "0")
        _manage("seed_demo", "--people", str(PEOPLE), "--seed", "42", "--wipe")
    with as_superuser(), connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _manage(*arguments: str) -> None:
    """A command as it runs in production: as the application's role and as the owner."""
    subprocess.run(  # noqa: S603 - our own command, with nothing from outside
        [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments],
        env=os.environ | addresses() | {"DJANGO_SETTINGS_MODULE": "config.settings"},
        check=True,
    )


def addresses() -> dict[str, str]:
    """Where other processes find the database that this one is connected to, by each role."""
    names = ("DATABASE_URL", "DATABASE_OWNER_URL", "EQUALITY_DATABASE_URL")
    here = f"/{connection.settings_dict['NAME']}"
    found = {name: os.environ[name] for name in names if os.environ.get(name)}
    return {name: urlsplit(url)._replace(path=here).geturl() for name, url in found.items()}


def _create_if_missing() -> None:
    with psycopg.connect(**_address(), dbname="postgres", autocommit=True) as server:
        name = settings.DATABASES["default"]["NAME"]
        known = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if known is None:
            server.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(name),
                    sql.Identifier(settings.DATABASES["owner"]["USER"]),
                )
            )


def _is_behind() -> bool:
    # Of a release before there were two roles, the application's may read nothing yet.
    with as_superuser():
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@contextmanager
def in_a_copy() -> Iterator[None]:
    """Let every statement go to a copy of the database, and drop it at the end."""
    original = str(settings.DATABASES["default"]["NAME"])
    copy = f"{original}_copy"
    connections.close_all()
    with psycopg.connect(**_address(), dbname="postgres", autocommit=True) as server:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(copy))
        server.execute(drop)
        server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(copy), sql.Identifier(original)
            )
        )
        connection.settings_dict["NAME"] = copy
        try:
            yield
        finally:
            connections.close_all()
            connection.settings_dict["NAME"] = original
            server.execute(drop)


def _address() -> dict[str, Any]:
    known = connection.get_connection_params()
    return {name: known[name] for name in ("host", "port", "user", "password") if name in known}
