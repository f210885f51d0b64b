"""The walls as the catalogue of the database has them."""

from django.db import connection

from accounts.walls import WALLS, Wall

WALLED = sorted(table for table, wall in WALLS.items() if isinstance(wall, Wall))


def answers(statement, *params):
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall()


def policies(table):
    rows = answers(
        "SELECT policyname, cmd, roles, qual, with_check FROM pg_policies"
        " WHERE schemaname = 'public' AND tablename = %s",
        table,
    )
    return {
        name: rest for name, *rest in ((row[0], row[1], list(row[2]), *row[3:]) for row in rows)
    }
