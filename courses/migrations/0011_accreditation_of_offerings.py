"""A body is a row; an offering and a provider can be accredited too, and renewing is work to do."""

from typing import Any

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models
from django.utils.text import slugify

from accounts.models.dated import never_twice
from accounts.walls import (
    ORGANISATIONS,
    AnyOf,
    BuildWall,
    Concerning,
    Organisation,
    Parent,
    RebuildWall,
    Wall,
    Written,
)

LENGTH = 60


def make_bodies(apps: Any, schema_editor: Any) -> None:
    """A row for each name that stood with an accreditation; those that are there are taken."""
    bodies = apps.get_model("courses", "Body").objects
    for row in apps.get_model("courses", "Accreditation").objects.order_by("pk"):
        row.body = bodies.filter(name=row.body_name).first() or bodies.create(
            name=row.body_name, code=_free_code(bodies, row)
        )
        row.save(update_fields=["body"])
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _free_code(bodies: Any, row: Any) -> str:
    code = slugify(row.body_name)[: LENGTH - 9].strip("-") or "body"
    return f"{code}-{row.pk}" if bodies.filter(code=code).exists() else code


def write_names(apps: Any, schema_editor: Any) -> None:
    for row in apps.get_model("courses", "Accreditation").objects.select_related("body"):
        row.body_name = row.body.name
        row.save(update_fields=["body_name"])
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


SHARED = Written("{table}.id = ANY ((SELECT waymark_shared_offerings())::bigint[])")
TAKEN_PART_IN = Written("waymark_took_part_in({table}.id)")
HOSTED = Organisation("host_id", is_shared=True)
TAUGHT = Organisation("provider_id")
ACCREDITS = AnyOf(
    (
        Parent("programme_id", "courses_programme"),
        Parent("offering_id", "courses_offering"),
        Organisation("provider_id", is_shared=True),
        Written(
            "EXISTS (SELECT FROM courses_offering given"
            " WHERE {table}.provider_id IN (given.provider_id, given.host_id))"
        ),
    )
)
_RUN = (
    "EXISTS (SELECT FROM courses_session held JOIN courses_offering run ON run.id = held.offering_id"
    " WHERE held.id = {table}.session_id AND "
)


def places(who_runs: str) -> Wall:
    """The wall of enrolments; ``who_runs`` says whose offering it is."""
    return Wall(
        AnyOf(
            (
                Organisation(),
                Concerning(),
                Written("{table}.session_id = (SELECT waymark_session())"),
                Written(f"{_RUN}{who_runs})"),
            )
        ),
        seen_by_owner=True,
    )


HOSTS = f"run.host_id = {ORGANISATIONS}"
HOSTS_OR_TEACHES = f"({HOSTS} OR run.provider_id = {ORGANISATIONS})"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_walls"),
        ("courses", "0010_certificates"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint("accreditation", "accreditation_once_per_body"),
        migrations.RenameField("accreditation", "body", "body_name"),
        # Undone, the name is empty until the rows of bodies have been read back into it.
        migrations.AlterField(
            "accreditation",
            "body_name",
            models.CharField(default="", max_length=160, verbose_name="accrediting body"),
        ),
        migrations.AddField(
            "accreditation",
            "body",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="courses.body",
            ),
        ),
        migrations.RunPython(make_bodies, write_names),
        migrations.AlterField(
            "accreditation",
            "body",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="courses.body"
            ),
        ),
        migrations.RemoveField("accreditation", "body_name"),
        migrations.AddConstraint(
            "accreditation", never_twice("accreditation_once_per_body", "programme", "body")
        ),
        migrations.AddField(
            model_name="accreditation",
            name="credit_scheme",
            field=models.CharField(blank=True, max_length=60, verbose_name="credit scheme"),
        ),
        migrations.AddField(
            model_name="accreditation",
            name="credits",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="credits"),
        ),
        migrations.AddField(
            model_name="accreditation",
            name="offering",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="accreditations",
                to="courses.offering",
            ),
        ),
        migrations.AddField(
            model_name="accreditation",
            name="provider",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AlterField(
            model_name="accreditation",
            name="programme",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="accreditations",
                to="courses.programme",
            ),
        ),
        migrations.AddIndex(
            model_name="accreditation",
            index=models.Index(fields=["ends_on"], name="accreditation_ending"),
        ),
        migrations.AddConstraint(
            model_name="accreditation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("offering__isnull", True),
                        ("programme__isnull", False),
                        ("provider__isnull", True),
                    ),
                    models.Q(
                        ("offering__isnull", False),
                        ("programme__isnull", True),
                        ("provider__isnull", True),
                    ),
                    models.Q(
                        ("offering__isnull", True),
                        ("programme__isnull", True),
                        ("provider__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="accreditation_of_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="accreditation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("credits__isnull", True),
                    models.Q(("credit_scheme", ""), _negated=True),
                    _connector="OR",
                ),
                name="accreditation_credits_have_a_scheme",
            ),
        ),
        migrations.AddConstraint(
            model_name="accreditation",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("offering", "="),
                    ("body", "="),
                    (
                        models.Func(
                            models.F("starts_on"),
                            models.F("ends_on"),
                            django.contrib.postgres.fields.ranges.RangeBoundary(
                                inclusive_lower=True, inclusive_upper=True
                            ),
                            function="DATERANGE",
                            output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="accreditation_of_offering_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="accreditation",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("provider", "="),
                    ("body", "="),
                    (
                        models.Func(
                            models.F("starts_on"),
                            models.F("ends_on"),
                            django.contrib.postgres.fields.ranges.RangeBoundary(
                                inclusive_lower=True, inclusive_upper=True
                            ),
                            function="DATERANGE",
                            output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="accreditation_of_provider_once",
            ),
        ),
        migrations.CreateModel(
            name="AccreditationRenewal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PREPARING", "Being prepared"),
                            ("SUBMITTED", "Sent to the body"),
                            ("GRANTED", "Granted"),
                            ("REFUSED", "Refused by the body"),
                            ("LET_GO", "Not renewed"),
                        ],
                        default="PREPARING",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("due_on", models.DateField(verbose_name="to be sent by")),
                ("started_at", models.DateTimeField(verbose_name="started")),
                ("settled_at", models.DateTimeField(null=True, verbose_name="settled")),
            ],
        ),
        migrations.AddField(
            model_name="accreditationrenewal",
            name="accreditation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="renewals",
                to="courses.accreditation",
            ),
        ),
        migrations.AddField(
            model_name="accreditationrenewal",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="accreditationrenewal",
            name="successor",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="renewal_of",
                to="courses.accreditation",
            ),
        ),
        migrations.AddField(
            model_name="accreditationrenewal",
            name="worked_on_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="accreditationrenewal",
            index=models.Index(
                condition=models.Q(("state__in", ("PREPARING", "SUBMITTED"))),
                fields=["due_on"],
                name="renewal_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="accreditationrenewal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("PREPARING", "SUBMITTED"))),
                fields=("accreditation",),
                name="renewal_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="accreditationrenewal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "GRANTED"), ("successor__isnull", False)),
                    models.Q(
                        models.Q(("state", "GRANTED"), _negated=True), ("successor__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="renewal_granted_means_a_successor",
            ),
        ),
        migrations.AddConstraint(
            model_name="accreditationrenewal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("settled_at__isnull", True), ("state__in", ("PREPARING", "SUBMITTED"))
                    ),
                    models.Q(
                        models.Q(("state__in", ("PREPARING", "SUBMITTED")), _negated=True),
                        ("settled_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="renewal_settled_means_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="accreditationrenewal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("successor__isnull", True),
                    models.Q(("successor", models.F("accreditation")), _negated=True),
                    _connector="OR",
                ),
                name="renewal_is_not_its_own_successor",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="accreditationrenewal",
            trigger=pgtrigger.compiler.Trigger(
                name="renewal_steps",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{PREPARING:LET_GO,PREPARING:SUBMITTED,SUBMITTED:GRANTED,SUBMITTED:LET_GO,SUBMITTED:PREPARING,SUBMITTED:REFUSED}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="59b63fb96dce9a4aa7cbd780965ed135ddc35da7",
                    operation="UPDATE",
                    pgid="pgtrigger_renewal_steps_650f0",
                    table="courses_accreditationrenewal",
                    when="BEFORE",
                ),
            ),
        ),
        BuildWall("courses_accreditation", ACCREDITS),
        BuildWall("courses_accreditationrenewal", Organisation()),
        RebuildWall(
            "courses_offering",
            AnyOf((HOSTED, TAUGHT, SHARED, TAKEN_PART_IN)),
            before=AnyOf((HOSTED, SHARED, TAKEN_PART_IN)),
        ),
        RebuildWall("courses_enrolment", places(HOSTS_OR_TEACHES), before=places(HOSTS)),
    ]
