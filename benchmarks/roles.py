"""As which role of the database the figures are taken.

One connection does it all, so that whatever is made for a figure can be taken back with its
transaction. It logs in as the superuser of the benchmarks' own server and goes on as the
application's role (see ``benchmarks.settings``); what is made for a figure sees every row, and what
is measured opens its own scope.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

APPLICATION = "waymark_web"
BYPASSING = "waymark_bench_bypassing"


@contextmanager
def as_superuser() -> Iterator[None]:
    """For what belongs to the owner: statistics, triggers, roles."""
    with _in_the_role("NONE"):
        yield


@contextmanager
def bypassing_role() -> Iterator[None]:
    """While there is a role with the rights of the application's that no policy holds for."""
    # One is left where the figures were interrupted.
    _execute_as_superuser(f"DROP ROLE IF EXISTS {BYPASSING}")
    _execute_as_superuser(f"CREATE ROLE {BYPASSING} BYPASSRLS IN ROLE {APPLICATION}")
    yield
    _execute_as_superuser(f"DROP ROLE {BYPASSING}")


@contextmanager
def bypassing_walls() -> Iterator[None]:
    with _in_the_role(BYPASSING):
        yield


def _execute_as_superuser(statement: str) -> None:
    with as_superuser(), connection.cursor() as cursor:
        cursor.execute(statement)


@contextmanager
def _in_the_role(role: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {role}")
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {APPLICATION}")
