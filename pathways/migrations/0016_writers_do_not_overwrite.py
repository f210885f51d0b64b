"""Two authors do not overwrite each other, and what was said of a part outlives it."""

import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pathways", "0015_packages_on_their_way"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="frameworkversion",
            name="framework_version_label_once",
        ),
        migrations.AddField(
            model_name="comment",
            name="part_lineage",
            field=models.UUIDField(
                editable=False, null=True, verbose_name="part that was taken out"
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="part_name",
            field=models.CharField(
                blank=True,
                editable=False,
                max_length=270,
                verbose_name="name of the part that was taken out",
            ),
        ),
        migrations.AddField(
            model_name="crosswalk",
            name="revision",
            field=models.PositiveIntegerField(default=0, verbose_name="changes of the rule"),
        ),
        migrations.AddField(
            model_name="framework",
            name="revision",
            field=models.PositiveIntegerField(default=0, verbose_name="changes of the description"),
        ),
        migrations.AddField(
            model_name="frameworkimport",
            name="rules_lost",
            field=models.JSONField(
                blank=True, default=dict, verbose_name="rules that went with it"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="framework",
            trigger=pgtrigger.compiler.Trigger(
                name="framework_counting_rule_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.counting_rule IS DISTINCT FROM NEW.counting_rule)",
                    declare="DECLARE before text; used boolean;",
                    func="\n        before := coalesce(current_setting('waymark.everywhere', true), '');\n        PERFORM set_config('waymark.everywhere', 'on', true);\n        used := EXISTS (\n            SELECT FROM pathways_frameworkversion version\n             WHERE version.frozen_at IS NOT NULL AND version.framework_id = NEW.id\n        );\n        PERFORM set_config('waymark.everywhere', before, true);\n        IF used THEN\n            RAISE EXCEPTION 'pgtrigger: Cannot change which level counts of a published framework';\n        END IF;\n        RETURN NEW;\n    ",
                    hash="6c7153bf78c651c6c38945c954670b88cac782f6",
                    operation='UPDATE OF "counting_rule"',
                    pgid="pgtrigger_framework_counting_rule_stays_25ddd",
                    table="pathways_framework",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("part_lineage__isnull", True), ("part_name", "")),
                    models.Q(
                        ("competency__isnull", True),
                        ("domain__isnull", True),
                        ("part_lineage__isnull", False),
                        models.Q(("part_name", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="comment_of_a_part_taken_out_names_it",
            ),
        ),
        migrations.AddConstraint(
            model_name="frameworkversion",
            constraint=models.UniqueConstraint(
                models.F("framework"),
                django.db.models.functions.text.Lower("label"),
                name="framework_version_label_once",
            ),
        ),
    ]
