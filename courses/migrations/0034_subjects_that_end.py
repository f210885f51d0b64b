"""Subjects of mandatory training that are asked of nobody from a day on."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("courses", "0033_sponsors_of_applicants")]

    operations = [
        migrations.AddField(
            model_name="subject",
            name="ended_on",
            field=models.DateField(blank=True, null=True, verbose_name="asked of nobody from"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='subjectrequirement',
            trigger=pgtrigger.compiler.Trigger(name='subject_requirement_of_a_subject_that_goes_on', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF EXISTS (\n                        SELECT FROM courses_subjectlevel level\n                          JOIN courses_subject subject ON subject.id = level.subject_id\n                         WHERE level.id = NEW.level_id\n                           AND subject.ended_on <= coalesce(NEW.ends_on, 'infinity')) THEN\n                        RAISE EXCEPTION 'The subject has ended.'\n                              USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='37ec19081fdee22bfff61483c00cc8635bd6d4b9', operation='INSERT OR UPDATE OF "level_id", "ends_on"', pgid='pgtrigger_subject_requirement_of_a_subject_that_goes_on_badd9', table='courses_subjectrequirement', when='BEFORE')),
        ),
    ]
