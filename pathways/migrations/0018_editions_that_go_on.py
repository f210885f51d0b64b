"""An edition that was to end before another goes on if that one is retired before it begins."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pathways", "0017_requests_that_programs_count")]

    operations = [
        migrations.AddField(
            model_name="frameworkversion",
            name="ended_for",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="pathways.frameworkversion",
            ),
        ),
    ]
