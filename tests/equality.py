"""The roles of equality data, as a database that is well set up has them, and answers to give."""

from collections.abc import Iterable
from urllib.parse import quote

import psycopg
from django.db import connection, connections
from psycopg import sql

from accounts.equality import apart, grants
from accounts.equality.cipher import Answer, Answers, ring, sealed
from accounts.models import Attribute

PASSWORD = "equality"
# Stands for the role that serves, where one role still owns everything.
PROBE = "waymark_probe"

ETHNIC, DISABILITY = Attribute.ETHNIC_CATEGORY, Attribute.DISABILITY
WHITE_BRITISH, CHINESE = Answer("ETHNIC CATEGORY", "A"), Answer("ETHNIC CATEGORY", "R")
DISABLED, NOT_DISABLED = Answer("WDES DISABILITY", "Y"), Answer("WDES DISABILITY", "N")


def prepare_roles() -> None:
    """Make the roles that are missing, and give them their rights as ``migrate`` does."""
    owner = "owner" if "owner" in connections else "default"
    with psycopg.connect(superuser(), autocommit=True) as link:
        for role in (grants.EQUALITY_ROLE, PROBE):
            _make(link, role)
        name = "SELECT tableowner FROM pg_tables WHERE schemaname = 'equality'"
        owns = link.execute(name).fetchone()[0]
        for role, to in ((grants.EQUALITY_ROLE, owns), (PROBE, connection.settings_dict["USER"])):
            link.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(role), sql.Identifier(to)))
    for role in {PROBE, connection.settings_dict["USER"]}:
        grants.give(owner, application=role)


def _make(link: psycopg.Connection, role: str) -> None:
    statement = sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD {}")
    try:
        link.execute(statement.format(sql.Identifier(role), sql.Literal(PASSWORD)))
    except psycopg.errors.DuplicateObject:
        return


def address(role: str, password: str = PASSWORD) -> str:
    """The tests' database, for ``role``."""
    place = connection.settings_dict
    host = quote(str(place["HOST"] or ""), safe="")
    where = f"{host}:{place['PORT']}" if place["PORT"] else host
    return f"postgres://{role}:{password}@{where}/{place['NAME']}"


def superuser() -> str:
    """Whoever may make roles: the role of the tests, or the one that made the embedded server."""
    own = connection.settings_dict
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = session_user")
        is_super = cursor.fetchone()[0]
    return address(own["USER"], own["PASSWORD"]) if is_super else address("postgres")


def application() -> str:
    """The address of a role that serves: the tests' own, unless that one owns the tables."""
    own = connection.settings_dict
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(current_user, 'equality.record', 'SELECT')")
        owns = cursor.fetchone()[0]
    return address(PROBE) if owns else address(own["USER"], own["PASSWORD"])


def write_rows(person_ids: Iterable[int], answers: Answers) -> None:
    """Many rows at once, each encrypted for its person under the newest key."""
    rows = [
        (person_id, ring().key_id, *sealed(answers, person_id=person_id).values())
        for person_id in person_ids
    ]
    columns = sql.SQL(", ").join([sql.Identifier("person_id"), sql.Identifier("key_id")])
    statement = sql.SQL("COPY equality.record ({}, {}) FROM STDIN").format(columns, apart.COLUMNS)
    with apart.connected() as link, link.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def all_rows() -> dict[int, tuple]:
    """person -> what lies there, as the role of equality data sees it."""
    with apart.connected() as link:
        rows = link.execute("SELECT * FROM equality.record").fetchall()
    return {row[0]: row[1:] for row in rows}
