"""What is worth a look in a file that was checked, such as rows that were hidden in it."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0038_results_that_outlive_their_file"),
    ]

    operations = [
        migrations.AddField(
            model_name="resultfile",
            name="remarks",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=500),
                default=list,
                size=None,
                verbose_name="worth a look",
            ),
        ),
        migrations.AddField(
            model_name="trainingimport",
            name="remarks",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=500),
                default=list,
                size=None,
                verbose_name="worth a look",
            ),
        ),
    ]
