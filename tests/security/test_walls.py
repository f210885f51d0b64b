"""Every table has a wall or says why it needs none, and the database has what is declared."""

import pytest
from django.apps import apps
from django.db import connection

from accounts.walls import WALLS, Open
from config.roles import APPEND_ONLY
from tests.architecture.source import APPS
from tests.security.as_built import WALLED, answers, policies

pytestmark = pytest.mark.django_db

OURS = {
    model._meta.db_table
    for model in apps.get_models(include_auto_created=True)
    if model._meta.app_label in APPS
}


def test_every_table_in_the_database_has_a_wall_or_a_reason():
    tables = {
        name
        for (name,) in answers(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('r', 'p')"
        )
    }

    undeclared = sorted((tables | OURS) - set(WALLS))

    assert undeclared == [], (
        "Declare each in the app's walls.py, and add BuildWall(table, kind) to its migration"
    )


def test_what_is_declared_names_tables_that_are_there():
    assert (
        sorted(table for table in WALLS if answers("SELECT to_regclass(%s)", table)[0][0] is None)
        == []
    )


def test_no_table_of_ours_with_an_organisation_is_open_without_being_listed_here():
    """Adding one here needs a reason that holds for rows of other organisations too."""
    keyed = {
        model._meta.db_table
        for model in apps.get_models()
        if model._meta.db_table in OURS
        and any(
            getattr(field, "related_model", None) is apps.get_model("accounts.Organisation")
            and field.concrete
            for field in model._meta.get_fields()
        )
    }

    opened = sorted(table for table in keyed if isinstance(WALLS[table], Open))

    assert opened == [
        "accounts_organisationparent",
        "accounts_organisationsignin",
        "accounts_organisationsuccession",
        "accounts_staffidentity",
        "courses_issuer",
    ]


@pytest.mark.parametrize("table", WALLED)
def test_the_database_has_the_wall_that_is_declared(table):
    as_built = policies(table)
    wall = WALLS[table]

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass",
            [table],
        )
        switched_on = cursor.fetchone()

    assert switched_on == (True, True)
    assert set(as_built) == {f"{table}_wall", *([f"{table}_owner"] if wall.seen_by_owner else [])}
    assert as_built[f"{table}_wall"][:2] == ["ALL", ["public"]]


def test_the_application_s_role_has_no_powers():
    role = answers(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles"
        " WHERE rolname = current_user"
    )
    owned = answers("SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = current_user")
    makes = answers("SELECT has_schema_privilege(current_user, 'public', 'CREATE')")

    assert role == [(False, False, False, False)]
    assert owned == []
    assert makes == [(False,)]


def test_the_application_s_role_truncates_nothing_and_only_adds_to_the_ledger():
    truncates = answers(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind = 'r' AND has_table_privilege(oid, 'TRUNCATE')"
    )
    changes = [
        (table, right)
        for table in APPEND_ONLY
        for right in ("UPDATE", "DELETE")
        if answers("SELECT has_table_privilege(%s, %s)", table, right) == [(True,)]
    ]

    assert (truncates, changes) == ([], [])


@pytest.mark.parametrize("table", WALLED)
def test_without_a_scope_no_row_is_there(town, table):
    [(rows,)] = answers(f"SELECT count(*) FROM {table}")  # noqa: S608
    assert (rows == 0) == (table in EMPTY_HERE)

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL waymark.everywhere TO ''")
    counted = answers(f"SELECT count(*) FROM {table}")  # noqa: S608
    answers("SELECT set_config('waymark.everywhere', 'on', true)")

    assert counted == [(0,)]


# Tables of which the town has no row.
EMPTY_HERE = {
    "accounts_boardseat",
    "accounts_retentioncount",
    "accounts_retentionrun",
    "accounts_unit",
    "appraisals_snapshot",
    "courses_offeringshare",
    "notifications_digest",
    "pathways_aspiration",
    "talent_readinessjudgement",
}
