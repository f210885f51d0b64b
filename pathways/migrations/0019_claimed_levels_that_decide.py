"""Checks that come to yes or no also where something is empty."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pathways", "0018_editions_that_go_on"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="claimedlevel",
            name="claimed_level_accepted_means_a_level",
        ),
        migrations.AddConstraint(
            model_name="claimedlevel",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("accepted", True),
                        ("accepted__isnull", False),
                        ("accepted_rank__isnull", False),
                        ("accepted_rank__range", (1, 7)),
                    ),
                    models.Q(
                        models.Q(("accepted__isnull", True), ("accepted", False), _connector="OR"),
                        ("accepted_rank__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="claimed_level_accepted_means_a_level",
            ),
        ),
    ]
