"""The two roles in the tests: the owner makes and empties the database, tests work without it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.test import TransactionTestCase

_LOGIN = ("USER", "PASSWORD", "HOST", "PORT")


def log_in_as(alias: str) -> None:
    """The connection of the tests logs in as the role of ``alias`` from here on."""
    connection.close()
    connection.settings_dict.update({name: _LOGINS[alias][name] for name in _LOGIN})


_LOGINS = {alias: dict(connections.settings[alias]) for alias in ("default", "owner")}


@contextmanager
def as_owner() -> Iterator[None]:
    log_in_as("owner")
    try:
        yield
    finally:
        log_in_as("default")


@contextmanager
def owners_cursor() -> Iterator[psycopg.Cursor]:
    """A cursor of the owner over a connection of its own, beside those of the test."""
    login, name = _LOGINS["owner"], connection.settings_dict["NAME"]
    with (
        psycopg.connect(
            host=login["HOST"] or None,
            port=login["PORT"] or None,
            user=login["USER"] or None,
            password=login["PASSWORD"] or None,
            dbname=name,
            autocommit=True,
        ) as link,
        link.cursor() as cursor,
    ):
        yield cursor


@contextmanager
def arranging() -> Iterator[None]:
    """What a test arranges is nobody's request: its own connections see every row until a
    request, a task or a command says for whom it works. Programs that a test starts do not."""
    connection_created.connect(_see_everything)
    yield
    connection_created.disconnect(_see_everything)


@contextmanager
def as_in_production() -> Iterator[None]:
    """New connections see nothing until a scope is opened."""
    connection_created.disconnect(_see_everything)
    try:
        yield
    finally:
        connection_created.connect(_see_everything)


def _see_everything(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    if connection.alias == "default":
        with connection.cursor() as cursor:
            cursor.execute("SET waymark.everywhere TO 'on'")


@contextmanager
def emptied_by_the_owner() -> Iterator[None]:
    """After a test with transactions of its own the tables are truncated, which only their owner
    may do."""
    original = TransactionTestCase._fixture_teardown

    def teardown(case: TransactionTestCase) -> None:
        with as_owner():
            with connection.cursor() as cursor:
                cursor.execute("SET waymark.emptying TO 'on'")
            original(case)

    TransactionTestCase._fixture_teardown = teardown
    yield
    TransactionTestCase._fixture_teardown = original


def send_others_away() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user "
            "AND datname = current_database() AND pid <> pg_backend_pid()"
        )
