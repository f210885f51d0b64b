"""Row-level security of this app."""

from django.db import migrations

from accounts.walls import BuildWall, Own


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0001_initial"),
        ("accounts", "0011_walls"),
    ]

    operations = [
        BuildWall("jobs_job", Own(("owner_id",))),
        BuildWall("jobs_document", Own(("owner_id",))),
    ]
