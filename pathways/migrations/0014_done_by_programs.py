"""Programs of the organisation that owns a framework write it as its authors do."""

import django.db.models.deletion
from django.conf import settings
from django.core.management.base import CommandError
from django.db import migrations, models

from accounts.actors import SystemJob
from accounts.scope import run_as

BY_PROGRAMS = (
    ("Comment", "author_client"),
    ("Comment", "resolved_by_client"),
    ("Crosswalk", "confirmed_by_client"),
    ("FrameworkImport", "uploaded_by_client"),
    ("FrameworkImport", "applied_by_client"),
    ("FrameworkImport", "undone_by_client"),
    ("Review", "asked_by_client"),
)
_LOOKS_FOR_PROGRAMS = SystemJob("look_for_what_programs_did", organisation_ids=None)


def refuse_once_programs_wrote(apps, schema_editor):
    """Going back would leave rows that nobody wrote, and who did would be lost."""
    with run_as(_LOOKS_FOR_PROGRAMS):
        counts = {
            f"{model}.{column}": apps.get_model("pathways", model)
            .objects.filter(**{f"{column}__isnull": False})
            .count()
            for model, column in BY_PROGRAMS
        }
    found = ", ".join(f"{name}: {number}" for name, number in counts.items() if number)
    if found:
        raise CommandError(
            "Programs have written frameworks, which the tables could not say any more "
            f"({found}). Restore a copy from before the upgrade instead of migrating back."
        )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_walls"),
        ("pathways", "0013_a_flatter_wall_of_frameworks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="comment",
            name="comment_resolved_means_who_and_when",
        ),
        migrations.RemoveConstraint(
            model_name="crosswalk",
            name="crosswalk_confirmed_means_who_and_when",
        ),
        migrations.RemoveConstraint(
            model_name="frameworkimport",
            name="framework_import_applied_means_who_and_when",
        ),
        migrations.RemoveConstraint(
            model_name="frameworkimport",
            name="framework_import_undone_means_who_and_when",
        ),
        migrations.AddField(
            model_name="comment",
            name="author_client",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.apiclient",
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="resolved_by_client",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.apiclient",
            ),
        ),
        migrations.AddField(
            model_name="crosswalk",
            name="confirmed_by_client",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.apiclient",
            ),
        ),
        migrations.AddField(
            model_name="frameworkimport",
            name="applied_by_client",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.apiclient",
            ),
        ),
        migrations.AddField(
            model_name="frameworkimport",
            name="undone_by_client",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.apiclient",
            ),
        ),
        migrations.AddField(
            model_name="frameworkimport",
            name="uploaded_by_client",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.apiclient",
            ),
        ),
        migrations.AddField(
            model_name="review",
            name="asked_by_client",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.apiclient",
            ),
        ),
        migrations.AlterField(
            model_name="comment",
            name="author",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="frameworkimport",
            name="uploaded_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="review",
            name="asked_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("resolved_at__isnull", True),
                        ("resolved_by__isnull", True),
                        ("resolved_by_client__isnull", True),
                    ),
                    models.Q(
                        ("resolved_at__isnull", False),
                        models.Q(
                            models.Q(
                                ("resolved_by__isnull", False), ("resolved_by_client__isnull", True)
                            ),
                            models.Q(
                                ("resolved_by__isnull", True), ("resolved_by_client__isnull", False)
                            ),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="comment_resolved_means_who_and_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("author__isnull", False), ("author_client__isnull", True)),
                    models.Q(("author__isnull", True), ("author_client__isnull", False)),
                    _connector="OR",
                ),
                name="comment_written_by_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="crosswalk",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("confirmed_at__isnull", True),
                        ("confirmed_by__isnull", True),
                        ("confirmed_by_client__isnull", True),
                    ),
                    models.Q(
                        ("confirmed_at__isnull", False),
                        models.Q(
                            models.Q(
                                ("confirmed_by__isnull", False),
                                ("confirmed_by_client__isnull", True),
                            ),
                            models.Q(
                                ("confirmed_by__isnull", True),
                                ("confirmed_by_client__isnull", False),
                            ),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="crosswalk_confirmed_means_who_and_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="frameworkimport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("applied_at__isnull", True),
                        ("state__in", ["CHECKED", "REFUSED"]),
                        ("applied_by__isnull", True),
                        ("applied_by_client__isnull", True),
                    ),
                    models.Q(
                        ("applied_at__isnull", False),
                        ("state__in", ["APPLIED", "UNDONE"]),
                        ("version__isnull", False),
                        models.Q(
                            models.Q(
                                ("applied_by__isnull", False), ("applied_by_client__isnull", True)
                            ),
                            models.Q(
                                ("applied_by__isnull", True), ("applied_by_client__isnull", False)
                            ),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="framework_import_applied_means_who_and_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="frameworkimport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state", "UNDONE"),
                        ("undone_at__isnull", False),
                        models.Q(
                            models.Q(
                                ("undone_by__isnull", False), ("undone_by_client__isnull", True)
                            ),
                            models.Q(
                                ("undone_by__isnull", True), ("undone_by_client__isnull", False)
                            ),
                            _connector="OR",
                        ),
                    ),
                    models.Q(
                        models.Q(("state", "UNDONE"), _negated=True),
                        ("undone_at__isnull", True),
                        ("undone_by__isnull", True),
                        ("undone_by_client__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="framework_import_undone_means_who_and_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="frameworkimport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("uploaded_by__isnull", False), ("uploaded_by_client__isnull", True)),
                    models.Q(("uploaded_by__isnull", True), ("uploaded_by_client__isnull", False)),
                    _connector="OR",
                ),
                name="framework_import_uploaded_by_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("asked_by__isnull", False), ("asked_by_client__isnull", True)),
                    models.Q(("asked_by__isnull", True), ("asked_by_client__isnull", False)),
                    _connector="OR",
                ),
                name="review_asked_by_one",
            ),
        ),
        # The last here is the first when going back: it refuses before anything is changed.
        migrations.RunPython(migrations.RunPython.noop, refuse_once_programs_wrote),
    ]
