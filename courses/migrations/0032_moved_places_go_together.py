"""A place and the one it was moved from can be removed together; the database stays as it is."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0031_start_when_they_withdrew"),
    ]

    operations = [
        migrations.AlterField(
            model_name="enrolment",
            name="moved_from",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="moved_to",
                to="courses.enrolment",
            ),
        ),
    ]
