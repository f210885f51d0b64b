"""Row-level security of this app."""

from django.db import migrations

from accounts.walls import AnyOf, BuildWall, Organisation, Own, Wall, Written

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


class Migration(migrations.Migration):
    dependencies = [
        ("talent", "0001_initial"),
        ("accounts", "0090_walls"),
    ]

    operations = [
        migrations.RunSQL(FINDABLE, "DROP VIEW talent_findable"),
        BuildWall("talent_talentconsent", Own(("person_id",))),
        BuildWall(
            "talent_talentprofile",
            Wall(
                AnyOf(
                    (
                        Own(("person_id",)),
                        Written("{table}.seen_from && (SELECT waymark_organisations())"),
                    )
                ),
                seen_by_owner=True,
            ),
        ),
        BuildWall("talent_pool", Organisation(is_shared=True)),
        BuildWall(
            "talent_nomination",
            AnyOf(
                (
                    Own(("person_id", "nominated_by_id")),
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
