"""Two authors do not overwrite each other, and what was said of a part outlives it."""

from itertools import count

import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from django.core.management.base import CommandError
from django.db import migrations, models

from accounts.actors import SystemJob
from accounts.scope import run_as

LONGEST_LABEL = 30
_TELLS_LABELS_APART = SystemJob("tell_labels_apart", organisation_ids=None)


def tell_labels_apart(apps, schema_editor):
    """Editions of a framework could have labels that differ only by case."""
    versions = apps.get_model("pathways", "FrameworkVersion").objects
    with run_as(_TELLS_LABELS_APART):
        looks = versions.annotate(look=django.db.models.functions.text.Lower("label"))
        rows = looks.values_list("framework_id", "look", "pk", "label", "frozen_at")
        for pk, label in labels_anew(list(rows)).items():
            versions.filter(pk=pk).update(label=label)


def labels_anew(rows):
    """Edition -> its new label: of two that look the same a later draft gives way.

    ``rows``: framework, how the label looks, edition, label, since when it is frozen. What is
    frozen cannot be renamed, so two of those are refused.
    """
    taken = {(framework, look) for framework, look, *_rest in rows}
    first, fresh = {}, {}
    for framework, look, pk, label, frozen_at in sorted(
        rows, key=lambda row: (row[4] is None, row[2])
    ):
        keeper, other = first.setdefault((framework, look), (pk, label))
        if keeper == pk:
            continue
        if frozen_at is not None:
            raise CommandError(
                f"Two published editions of framework {framework} have labels that differ only by "
                f"case: “{other}” and “{label}” (edition {pk}). Their labels cannot change any "
                "more. Decide with the authors which of them is to be taken out, then migrate "
                "again."
            )
        fresh[pk] = next(one for one in _numbered(label) if (framework, one.lower()) not in taken)
        taken.add((framework, fresh[pk].lower()))
    return fresh


def _numbered(label):
    for number in count(2):
        end = f" ({number})"
        yield label[: LONGEST_LABEL - len(end)].rstrip() + end


class Migration(migrations.Migration):
    dependencies = [
        ("pathways", "0015_packages_on_their_way"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="frameworkversion",
            name="framework_version_label_once",
        ),
        migrations.RunPython(tell_labels_apart, migrations.RunPython.noop),
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
