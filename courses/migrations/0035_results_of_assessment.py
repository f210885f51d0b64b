"""Results that providers bring in for a session, and what it takes of them to complete."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from accounts.walls import ORGANISATIONS, BuildWall, Parent, Written

_RUN_THERE = (
    "EXISTS (SELECT FROM courses_session held"
    " JOIN courses_offering run ON run.id = held.offering_id"
    " WHERE held.id = {table}.session_id"
    f" AND (run.host_id = {ORGANISATIONS} OR run.provider_id = {ORGANISATIONS}))"
)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_walls"),
        ("courses", "0034_subjects_that_end"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AssessmentResult",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "score",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=5,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="result in per cent",
                    ),
                ),
                (
                    "judgement",
                    models.CharField(
                        blank=True,
                        choices=[("PASSED", "Passed"), ("FAILED", "Not passed")],
                        max_length=6,
                        verbose_name="judgement",
                    ),
                ),
                ("assessed_on", models.DateField(null=True, verbose_name="assessed")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded")),
                ("stands", models.BooleanField(default=True, verbose_name="stands")),
                ("struck_at", models.DateTimeField(null=True, verbose_name="taken back")),
            ],
        ),
        migrations.CreateModel(
            name="ResultFile",
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
                    "state",
                    models.CharField(
                        choices=[
                            ("CHECKED", "Checked, nothing changed yet"),
                            ("APPLIED", "Applied"),
                            ("UNDONE", "Undone"),
                        ],
                        default="CHECKED",
                        max_length=7,
                        verbose_name="state",
                    ),
                ),
                ("row_count", models.PositiveIntegerField(verbose_name="rows")),
                ("written", models.PositiveIntegerField(default=0, verbose_name="results written")),
                ("uploaded_at", models.DateTimeField(verbose_name="uploaded")),
                ("applied_at", models.DateTimeField(null=True, verbose_name="applied")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="undone")),
            ],
        ),
        migrations.CreateModel(
            name="ResultLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "score",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=5,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="result in per cent",
                    ),
                ),
                (
                    "judgement",
                    models.CharField(
                        blank=True,
                        choices=[("PASSED", "Passed"), ("FAILED", "Not passed")],
                        max_length=6,
                        verbose_name="judgement",
                    ),
                ),
                ("assessed_on", models.DateField(null=True, verbose_name="assessed")),
                ("row", models.PositiveIntegerField(verbose_name="row")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("PROBLEM", "To put right"),
                            ("NEW", "New"),
                            ("CHANGED", "Changed"),
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
                            ("NO_PERSON", "Nobody is named"),
                            ("NOT_HERE", "Nobody with a place on this session"),
                            ("OTHER_NAME", "Somebody of another name has this place"),
                            ("NOT_A_RESULT", "Not a result from 0 to 100"),
                            ("FRACTION", "A part of 1 instead of a figure in per cent"),
                            ("NOT_A_JUDGEMENT", "Neither passed nor failed"),
                            ("NOT_A_DAY", "Not a day"),
                            ("DAY_TO_COME", "A day that is to come"),
                            ("SAID_TWICE", "Another row says something else of the same person"),
                            ("COMPLETED", "They have completed the course"),
                        ],
                        max_length=15,
                        verbose_name="problem",
                    ),
                ),
                (
                    "cell",
                    models.CharField(blank=True, max_length=200, verbose_name="what the cell says"),
                ),
            ],
        ),
        migrations.AddField(
            model_name="completionrule",
            name="least_result",
            field=models.PositiveSmallIntegerField(
                null=True, verbose_name="least result in per cent"
            ),
        ),
        migrations.AddField(
            model_name="completionrule",
            name="needs_result",
            field=models.BooleanField(
                default=False, verbose_name="there is a result that is good enough"
            ),
        ),
        migrations.AlterField(
            model_name="completionexception",
            name="missing",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("ATTENDANCE", "Attendance"),
                        ("EVALUATION", "Evaluation"),
                        ("RESULT", "Result"),
                    ],
                    max_length=10,
                ),
                size=None,
                verbose_name="what was missing",
            ),
        ),
        migrations.AddConstraint(
            model_name="completionrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("least_result__isnull", True),
                    models.Q(("least_result__lte", 100), ("needs_result", True)),
                    _connector="OR",
                ),
                name="completion_rule_least_result_of_one_that_is_needed",
            ),
        ),
        migrations.AddField(
            model_name="assessmentresult",
            name="enrolment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="results",
                to="courses.enrolment",
            ),
        ),
        migrations.AddField(
            model_name="resultfile",
            name="applied_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="resultfile",
            name="session",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="result_files",
                to="courses.session",
            ),
        ),
        migrations.AddField(
            model_name="resultfile",
            name="undone_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="resultfile",
            name="uploaded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="assessmentresult",
            name="file",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="results",
                to="courses.resultfile",
            ),
        ),
        migrations.AddField(
            model_name="resultline",
            name="before",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="replaced_by",
                to="courses.assessmentresult",
            ),
        ),
        migrations.AddField(
            model_name="resultline",
            name="enrolment",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="result_lines",
                to="courses.enrolment",
            ),
        ),
        migrations.AddField(
            model_name="resultline",
            name="file",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="lines",
                to="courses.resultfile",
            ),
        ),
        migrations.AddIndex(
            model_name="resultfile",
            index=models.Index(fields=["session", "-uploaded_at"], name="result_file_latest"),
        ),
        migrations.AddConstraint(
            model_name="resultfile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("applied_at__isnull", True),
                        ("applied_by__isnull", True),
                        ("state", "CHECKED"),
                    ),
                    models.Q(
                        models.Q(("state", "CHECKED"), _negated=True),
                        ("applied_at__isnull", False),
                        ("applied_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="result_file_applied_means_who_and_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="resultfile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state", "UNDONE"),
                        ("undone_at__isnull", False),
                        ("undone_by__isnull", False),
                    ),
                    models.Q(
                        models.Q(("state", "UNDONE"), _negated=True),
                        ("undone_at__isnull", True),
                        ("undone_by__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="result_file_undone_means_who_and_when",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="resultfile",
            trigger=pgtrigger.compiler.Trigger(
                name="result_file_steps",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{APPLIED:UNDONE,CHECKED:APPLIED}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="b1fe8301bd2fc926c284b0a686eaad1e2d2efbc4",
                    operation="UPDATE",
                    pgid="pgtrigger_result_file_steps_c7df9",
                    table="courses_resultfile",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="assessmentresult",
            constraint=models.UniqueConstraint(
                condition=models.Q(("stands", True)),
                fields=("enrolment",),
                name="assessment_result_one_stands",
            ),
        ),
        migrations.AddConstraint(
            model_name="assessmentresult",
            constraint=models.UniqueConstraint(
                fields=("enrolment", "file"), name="assessment_result_once_per_file"
            ),
        ),
        migrations.AddConstraint(
            model_name="assessmentresult",
            constraint=models.CheckConstraint(
                condition=models.Q(("stands", False), ("struck_at__isnull", True), _connector="OR"),
                name="assessment_result_taken_back_stands_no_more",
            ),
        ),
        migrations.AddConstraint(
            model_name="assessmentresult",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("struck_at__isnull", True),
                    ("struck_at__gte", models.F("recorded_at")),
                    _connector="OR",
                ),
                name="assessment_result_taken_back_later",
            ),
        ),
        migrations.AddConstraint(
            model_name="assessmentresult",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("score__isnull", False),
                    models.Q(("judgement", ""), _negated=True),
                    _connector="OR",
                ),
                name="assessment_result_says_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="assessmentresult",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("score__isnull", True), ("score__range", (0, 100)), _connector="OR"
                ),
                name="assessment_result_in_per_cent",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="assessmentresult",
            trigger=pgtrigger.compiler.Trigger(
                name="assessment_result_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."enrolment_id" IS DISTINCT FROM (NEW."enrolment_id") OR OLD."file_id" IS DISTINCT FROM (NEW."file_id") OR OLD."score" IS DISTINCT FROM (NEW."score") OR OLD."judgement" IS DISTINCT FROM (NEW."judgement") OR OLD."assessed_on" IS DISTINCT FROM (NEW."assessed_on") OR OLD."recorded_at" IS DISTINCT FROM (NEW."recorded_at"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="89da02be62ece30372f4b7e7d8b9e2a74f8b357e",
                    operation="UPDATE",
                    pgid="pgtrigger_assessment_result_stays_e18c3",
                    table="courses_assessmentresult",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="resultline",
            index=models.Index(fields=["file", "kind", "row"], name="result_line_kind"),
        ),
        migrations.AddConstraint(
            model_name="resultline",
            constraint=models.UniqueConstraint(
                fields=("file", "row", "problem"), name="result_line_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="resultline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "PROBLEM"), models.Q(("problem", ""), _negated=True)),
                    models.Q(
                        models.Q(("kind", "PROBLEM"), _negated=True),
                        ("enrolment__isnull", False),
                        ("problem", ""),
                    ),
                    _connector="OR",
                ),
                name="result_line_is_understood_or_wrong",
            ),
        ),
        migrations.AddConstraint(
            model_name="resultline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("before__isnull", False), ("kind", "CHANGED")),
                    models.Q(
                        models.Q(("kind", "CHANGED"), _negated=True), ("before__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="result_line_replaces_where_it_changes",
            ),
        ),
        migrations.AddConstraint(
            model_name="resultline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("score__isnull", False),
                    models.Q(("judgement", ""), _negated=True),
                    ("kind", "PROBLEM"),
                    _connector="OR",
                ),
                name="result_line_says_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="resultline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("score__isnull", True), ("score__range", (0, 100)), _connector="OR"
                ),
                name="result_line_in_per_cent",
            ),
        ),
        BuildWall("courses_resultfile", Written(_RUN_THERE)),
        BuildWall("courses_resultline", Parent("file_id", "courses_resultfile")),
        BuildWall("courses_assessmentresult", Parent("enrolment_id", "courses_enrolment")),
    ]
