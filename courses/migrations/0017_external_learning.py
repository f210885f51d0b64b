"""Courses that people took elsewhere, beside the claim by which they are checked."""

import django.db.models.deletion
from django.db import migrations, models

from accounts.walls import BuildWall, Parent


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0016_seats_kept_for_organisations"),
        ("pathways", "0018_editions_that_go_on"),
    ]

    operations = [
        migrations.CreateModel(
            name="ExternalLearning",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("started_on", models.DateField(verbose_name="began")),
                ("hours", models.PositiveSmallIntegerField(verbose_name="hours")),
                (
                    "claim",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="pathways.priorlearningclaim",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("hours__range", (1, 5000))),
                        name="external_learning_took_some_hours",
                    )
                ]
            },
        ),
        BuildWall("courses_externallearning", Parent("claim_id", "pathways_priorlearningclaim")),
    ]
