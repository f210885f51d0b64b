"""The database of the figures: made once, and again when its tables or its people are others."""

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from accounts.models import Person

PEOPLE = 20_000


def prepare() -> None:
    """Make the demonstration with 20,000 people unless it is there."""
    _create_if_missing()
    if _is_behind() or Person.objects.count() != PEOPLE:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("seed_demo", people=PEOPLE, seed=42, wipe=True)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _create_if_missing() -> None:
    fields = connection.get_connection_params()
    address = {
        name: fields[name] for name in ("host", "port", "user", "password") if name in fields
    }
    with psycopg.connect(**address, dbname="postgres", autocommit=True) as server:
        name = settings.DATABASES["default"]["NAME"]
        known = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if known is None:
            server.execute(
                psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name))
            )


def _is_behind() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
