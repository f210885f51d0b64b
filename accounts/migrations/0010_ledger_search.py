"""Indexes for the auditors' search, newest first: of everything, and of one kind of act."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_retention")]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["happened_at", "id"], name="event_when"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["verb", "happened_at", "id"], name="event_verb"),
        ),
    ]
