"""Row-level security: the scope that every wall reads, and the walls of this app."""

from django.db import migrations

from accounts.walls import AnyOf, BuildWall, Concerning, Organisation, Own, Parent, Written


def setting(name, returns, value):
    """A function that reads one setting of the scope; what is not set is nothing."""
    return (
        f"CREATE FUNCTION {name}() RETURNS {returns} LANGUAGE sql STABLE PARALLEL SAFE "
        f"AS $$ SELECT {value} $$",
        f"DROP FUNCTION {name}()",
    )


def given(name):
    return f"nullif(current_setting('waymark.{name}', true), '')"


SETTINGS = [
    setting("waymark_everywhere", "boolean", f"coalesce({given('everywhere')}, 'off') = 'on'"),
    setting("waymark_person", "bigint", f"{given('person')}::bigint"),
    setting("waymark_people", "bigint[]", f"string_to_array({given('people')}, ',')::bigint[]"),
    setting("waymark_session", "bigint", f"{given('session')}::bigint"),
    setting(
        "waymark_organisations",
        "bigint[]",
        f"string_to_array({given('organisations')}, ',')::bigint[]",
    ),
    setting("waymark_shared", "bigint[]", f"string_to_array({given('shared')}, ',')::bigint[]"),
]

# Only the owner of a table may gather its statistics; loading a demonstration must, on the way.
GATHER = """
CREATE FUNCTION waymark_gather_statistics(tables regclass[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE one regclass;
BEGIN
    FOREACH one IN ARRAY tables LOOP
        EXECUTE format('ANALYZE %s', one);
    END LOOP;
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_ledger_search"),
    ]

    operations = [migrations.RunSQL(make, unmake) for make, unmake in SETTINGS]
    operations += [
        migrations.RunSQL(GATHER, "DROP FUNCTION waymark_gather_statistics(regclass[])"),
        BuildWall(
            "accounts_unit",
            AnyOf(
                (
                    Organisation(is_shared=True),
                    Written(
                        "EXISTS (SELECT FROM accounts_post held WHERE held.unit_id = {table}.id)"
                    ),
                )
            ),
        ),
        BuildWall(
            "accounts_post",
            AnyOf(
                (
                    Organisation(),
                    Written(
                        "EXISTS (SELECT FROM accounts_assignment held WHERE held.post_id = {table}.id)"
                    ),
                )
            ),
        ),
        BuildWall("accounts_assignment", AnyOf((Organisation(), Concerning()))),
        BuildWall("accounts_boardseat", AnyOf((Organisation(), Concerning()))),
        BuildWall(
            "accounts_reportingline",
            AnyOf(
                (Concerning(), Own(("manager_id",)), Parent("assignment_id", "accounts_assignment"))
            ),
        ),
        BuildWall("accounts_rolegrant", AnyOf((Organisation(is_shared=True), Own(("person_id",))))),
        BuildWall(
            "accounts_delegation", AnyOf((Organisation(), Own(("manager_id", "delegate_id"))))
        ),
        BuildWall("accounts_apiclient", Organisation()),
        BuildWall("accounts_apiclientsecret", Parent("client_id", "accounts_apiclient")),
        BuildWall(
            "accounts_event",
            AnyOf(
                (
                    Organisation(),
                    Own(("by_person_id", "subject_id")),
                    Written(
                        "EXISTS (SELECT FROM accounts_apiclient c WHERE c.id = {table}.by_client_id)"
                    ),
                )
            ),
        ),
        BuildWall("accounts_eventtext", Parent("event_id", "accounts_event")),
        BuildWall(
            "accounts_emergencyaccess", AnyOf((Organisation(), Own(("person_id", "subject_id"))))
        ),
        BuildWall("accounts_retentionrule", Organisation(or_national=True)),
        BuildWall("accounts_legalhold", AnyOf((Organisation(), Own(("set_by_id",))))),
        BuildWall("accounts_retentionrun", Organisation()),
        BuildWall("accounts_retentioncount", Parent("run_id", "accounts_retentionrun")),
    ]
