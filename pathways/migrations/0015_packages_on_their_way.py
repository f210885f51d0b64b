"""CASE packages are fetched from an address, by a worker, for a draft."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models

from accounts.walls import BuildWall, Parent


class Migration(migrations.Migration):
    dependencies = [
        ("pathways", "0014_done_by_programs"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PackageFetch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("address", models.CharField(max_length=500, verbose_name="address")),
                (
                    "takes_title",
                    models.BooleanField(
                        default=False, verbose_name="the package names the framework"
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                ("started_at", models.DateTimeField(null=True, verbose_name="taken up")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("WAITING", "On its way"),
                            ("FETCHED", "Fetched"),
                            ("FAILED", "Could not be fetched"),
                        ],
                        default="WAITING",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True, max_length=1000, verbose_name="why it could not be fetched"
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "imported",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="pathways.frameworkimport",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fetches",
                        to="pathways.frameworkversion",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["version", "-asked_at"], name="package_fetch_of_version")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "WAITING")),
                        fields=("version",),
                        name="package_fetch_one_on_its_way",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ended_at__isnull", True),
                                ("imported__isnull", True),
                                ("reason", ""),
                                ("state", "WAITING"),
                            ),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("imported__isnull", False),
                                ("reason", ""),
                                ("state", "FETCHED"),
                            ),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("imported__isnull", True),
                                ("state", "FAILED"),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="package_fetch_ends_with_a_copy_or_a_reason",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="packagefetch",
            trigger=pgtrigger.compiler.Trigger(
                name="package_fetch_steps",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{WAITING:FAILED,WAITING:FETCHED}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="bd3c9c58acc4451c41f89046130c5696cfd9a22f",
                    operation="UPDATE",
                    pgid="pgtrigger_package_fetch_steps_a96ca",
                    table="pathways_packagefetch",
                    when="BEFORE",
                ),
            ),
        ),
        BuildWall("pathways_packagefetch", Parent("version_id", "pathways_frameworkversion")),
    ]
