"""The migrations and the declarations make the same walls.

Apart from the other tests of walls: those keep a town in an open transaction, and no wall is taken
down while somebody reads behind it.
"""

import pytest
from django.db import connection

from accounts.walls import WALLS
from tests.roles import as_owner
from tests.security.as_built import WALLED, policies


@pytest.mark.django_db(transaction=True)
def test_walls_built_from_the_declarations_are_those_of_the_migrations():
    before = {table: policies(table) for table in WALLED}

    with as_owner(), connection.cursor() as cursor:
        cursor.execute("BEGIN")
        for table in WALLED:
            for statement in (*WALLS[table].undoing(table), *WALLS[table].statements(table)):
                cursor.execute(statement)
        after = {table: policies(table) for table in WALLED}
        cursor.execute("ROLLBACK")

    assert [table for table in WALLED if before[table] != after[table]] == []
