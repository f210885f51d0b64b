"""Row-level security of this app."""

from django.db import migrations

from accounts.walls import AnyOf, BuildWall, Organisation, Own, Parent, Wall, Written

# Words and lists are looked up in an index only where nothing must be judged before them, so the
# search reads this view. It belongs to the owner, who sees the whole table, and asks by itself
# what the wall would ask. A change of the table's columns must make it anew.
FINDABLE = """
CREATE VIEW talent_findable AS
SELECT * FROM talent_talentprofile
 WHERE (SELECT waymark_everywhere())
    OR person_id = (SELECT waymark_person())
    OR seen_from && (SELECT waymark_organisations())
"""
# Of any day: who may read what as long as they sit on it, the first wall says.
SITS_ON = """
CREATE FUNCTION waymark_sits_on(pool bigint) RETURNS boolean LANGUAGE sql
STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM talent_panelmember WHERE pool_id = pool AND person_id = waymark_person())
$$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("talent", "0002_panels"),
        ("accounts", "0011_walls"),
    ]

    operations = [
        migrations.RunSQL(FINDABLE, "DROP VIEW talent_findable"),
        migrations.RunSQL(SITS_ON, "DROP FUNCTION waymark_sits_on(bigint)"),
        BuildWall("talent_talentconsent", Own(("person_id",))),
        BuildWall(
            "talent_talentprofile",
            Wall(
                AnyOf(
                    (
                        Own(("person_id",)),
                        Written("{table}.seen_from && (SELECT waymark_organisations())"),
                        Written(
                            "EXISTS (SELECT FROM talent_nomination put WHERE put.person_id = {table}.person_id AND waymark_sits_on(put.pool_id))"
                        ),
                    )
                ),
                seen_by_owner=True,
            ),
        ),
        BuildWall(
            "talent_pool",
            AnyOf((Organisation(is_shared=True), Written("waymark_sits_on({table}.id)"))),
        ),
        BuildWall(
            "talent_panelmember",
            Wall(
                AnyOf((Own(("person_id",)), Parent("pool_id", "talent_pool"))), seen_by_owner=True
            ),
        ),
        BuildWall(
            "talent_nomination",
            AnyOf(
                (
                    Own(("person_id", "nominated_by_id")),
                    Written("waymark_sits_on({table}.pool_id)"),
                    Written(
                        "EXISTS (SELECT FROM talent_pool held WHERE held.id = {table}.pool_id AND held.organisation_id = ANY ((SELECT waymark_organisations())::bigint[]))"
                    ),
                )
            ),
        ),
        BuildWall(
            "talent_readinessjudgement", AnyOf((Organisation(), Own(("person_id", "judged_by_id"))))
        ),
    ]
