"""Row-level security of this app."""

from django.db import migrations

from accounts.walls import AnyOf, BuildWall, Concerning, Member, Organisation, Own, Parent, Written


class Migration(migrations.Migration):
    dependencies = [
        ("appraisals", "0001_initial"),
        ("accounts", "0011_walls"),
    ]

    operations = [
        BuildWall("appraisals_cycle", Organisation(is_shared=True)),
        BuildWall(
            "appraisals_appraisal",
            AnyOf(
                (
                    Concerning("subject_id"),
                    Own(("appraiser_id",)),
                    Written(
                        "EXISTS (SELECT FROM appraisals_cycle round WHERE round.id = {table}.cycle_id AND round.organisation_id = ANY ((SELECT waymark_organisations())::bigint[]))"
                    ),
                )
            ),
        ),
        BuildWall("appraisals_draft", Parent("appraisal_id", "appraisals_appraisal")),
        BuildWall(
            "appraisals_objective",
            AnyOf((Concerning(), Parent("appraisal_id", "appraisals_appraisal"))),
        ),
        BuildWall("appraisals_snapshot", Parent("appraisal_id", "appraisals_appraisal")),
        BuildWall("appraisals_developmentplan", Member()),
        BuildWall("appraisals_planaction", Parent("plan_id", "appraisals_developmentplan")),
    ]
