"""Files of results go when their time is over; what was found stays with the place."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0037_walls_that_look_up"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="assessmentresult",
            name="assessment_result_stays",
        ),
        migrations.AlterField(
            model_name="assessmentresult",
            name="file",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="results",
                to="courses.resultfile",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="assessmentresult",
            trigger=pgtrigger.compiler.Trigger(
                name="assessment_result_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."enrolment_id" IS DISTINCT FROM (NEW."enrolment_id") OR OLD."score" IS DISTINCT FROM (NEW."score") OR OLD."judgement" IS DISTINCT FROM (NEW."judgement") OR OLD."assessed_on" IS DISTINCT FROM (NEW."assessed_on") OR OLD."recorded_at" IS DISTINCT FROM (NEW."recorded_at"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="d64d697d7b69e0456258ca1ab7bb1e1a5b05dc81",
                    operation="UPDATE",
                    pgid="pgtrigger_assessment_result_stays_e18c3",
                    table="courses_assessmentresult",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="assessmentresult",
            trigger=pgtrigger.compiler.Trigger(
                name="assessment_result_is_of_no_other_file",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."file_id" IS DISTINCT FROM (NEW."file_id") AND NEW."file_id" IS NOT NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="6a2b87679c082b4eda80b6682406f753cb4a41a4",
                    operation="UPDATE",
                    pgid="pgtrigger_assessment_result_is_of_no_other_file_b6d39",
                    table="courses_assessmentresult",
                    when="BEFORE",
                ),
            ),
        ),
    ]
