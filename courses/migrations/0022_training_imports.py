"""Files of the staff record that tell who was trained in what, with a row for each of theirs."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from accounts.walls import BuildWall, Organisation, Parent


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_walls"),
        ("courses", "0021_competitive_applications"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TrainingImport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("file_name", models.CharField(max_length=255, verbose_name="file")),
                ("checksum", models.CharField(max_length=64, verbose_name="SHA-256 of the file")),
                (
                    "content",
                    models.BinaryField(default=bytes, verbose_name="the file until it is read"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("WAITING", "Being read"),
                            ("CHECKED", "Checked, nothing changed yet"),
                            ("APPLYING", "Being applied"),
                            ("APPLIED", "Applied"),
                            ("FAILED", "Could not be read"),
                        ],
                        default="WAITING",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("uploaded_at", models.DateTimeField(verbose_name="uploaded")),
                ("row_count", models.PositiveIntegerField(default=0, verbose_name="rows")),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        max_length=500,
                        verbose_name="why it could not be read or applied",
                    ),
                ),
                ("applied_at", models.DateTimeField(null=True, verbose_name="applied")),
                ("written", models.PositiveIntegerField(default=0, verbose_name="records written")),
                (
                    "applied_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TrainingImportLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("row", models.PositiveIntegerField(verbose_name="row")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("PROBLEM", "To put right"),
                            ("NEW", "New"),
                            ("STRUCK", "Struck out here"),
                            ("KNOWN", "Known already"),
                        ],
                        max_length=7,
                        verbose_name="kind",
                    ),
                ),
                (
                    "problem",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("NO_PERSON", "No assignment number"),
                            ("UNKNOWN_PERSON", "Nobody here has this number"),
                            ("SEVERAL_PEOPLE", "Several people have this number"),
                            ("OTHER_NAME", "Somebody of another name has this number"),
                            ("NO_COMPETENCY", "No competency name"),
                            ("UNKNOWN_COMPETENCY", "Not a competency we know"),
                            ("OTHER_RECORD", "From the staff record of another organisation"),
                            ("NO_DAY", "No first day"),
                            ("NOT_A_DAY", "Not a day"),
                            ("DAY_TO_COME", "A first day that is to come"),
                            ("ENDS_BEFORE", "Ends before it began"),
                            ("CONTRADICTION", "Two columns that contradict each other"),
                            ("SAID_TWICE", "Another row of the file says it ends on another day"),
                        ],
                        max_length=18,
                        verbose_name="problem",
                    ),
                ),
                (
                    "cell",
                    models.CharField(blank=True, max_length=200, verbose_name="what the cell says"),
                ),
                (
                    "number",
                    models.CharField(blank=True, max_length=40, verbose_name="assignment number"),
                ),
                ("completed_on", models.DateField(null=True, verbose_name="completed")),
                (
                    "ends",
                    models.CharField(
                        choices=[
                            ("DAY", "On a day"),
                            ("NEVER", "No expiry"),
                            ("RULES", "As our rules say"),
                        ],
                        default="RULES",
                        max_length=5,
                        verbose_name="ends",
                    ),
                ),
                ("expires_on", models.DateField(null=True, verbose_name="counts until")),
                ("before", models.DateField(null=True, verbose_name="counted until")),
                (
                    "imported",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="courses.trainingimport",
                    ),
                ),
                (
                    "level",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="courses.subjectlevel",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="trainingimport",
            index=models.Index(
                fields=["organisation", "-uploaded_at"], name="training_import_latest"
            ),
        ),
        migrations.AddConstraint(
            model_name="trainingimport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "FAILED"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="training_import_failed_means_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="trainingimport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["APPLYING", "APPLIED"]), _negated=True),
                    ("applied_by__isnull", False),
                    _connector="OR",
                ),
                name="training_import_applied_means_who",
            ),
        ),
        migrations.AddConstraint(
            model_name="trainingimport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("applied_at__isnull", False), ("state", "APPLIED")),
                    models.Q(
                        models.Q(("state", "APPLIED"), _negated=True), ("applied_at__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="training_import_applied_means_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="trainingimport",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "WAITING"), ("content", b""), _connector="OR"),
                name="training_import_keeps_no_file_once_read",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="trainingimport",
            trigger=pgtrigger.compiler.Trigger(
                name="training_import_steps",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{APPLYING:APPLIED,APPLYING:CHECKED,CHECKED:APPLYING,WAITING:CHECKED,WAITING:FAILED}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="4ad22834ace2ba2ea7fb82c24cedb0505eb20cca",
                    operation="UPDATE",
                    pgid="pgtrigger_training_import_steps_dc03b",
                    table="courses_trainingimport",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="trainingimportline",
            index=models.Index(
                fields=["imported", "kind", "row"], name="training_import_line_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="trainingimportline",
            constraint=models.UniqueConstraint(
                fields=("imported", "row", "problem"), name="training_import_line_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="trainingimportline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "PROBLEM"), models.Q(("problem", ""), _negated=True)),
                    models.Q(
                        models.Q(("kind", "PROBLEM"), _negated=True),
                        ("completed_on__isnull", False),
                        ("level__isnull", False),
                        ("person__isnull", False),
                        ("problem", ""),
                    ),
                    _connector="OR",
                ),
                name="training_import_line_is_understood_or_wrong",
            ),
        ),
        migrations.AddConstraint(
            model_name="trainingimportline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ends", "DAY"), ("expires_on__isnull", False)),
                    models.Q(
                        models.Q(("ends", "DAY"), _negated=True), ("expires_on__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="training_import_line_ends_on_a_day",
            ),
        ),
        BuildWall("courses_trainingimport", Organisation()),
        BuildWall("courses_trainingimportline", Parent("imported_id", "courses_trainingimport")),
    ]
